-- How long each airline departs from an origin without a pause of an hour: sessions over a view, whose rows keep
-- their event time.

CREATE TABLE flights (
    `year` INT,
    `month` INT,
    `day` INT,
    dep_time INT,
    sched_dep_time INT,
    dep_delay INT,
    arr_time INT,
    sched_arr_time INT,
    arr_delay INT,
    carrier STRING,
    flight INT,
    tailnum STRING,
    origin STRING,
    dest STRING,
    air_time INT,
    distance INT,
    `hour` INT,
    `minute` INT,
    time_hour TIMESTAMP(3),
    WATERMARK FOR time_hour AS time_hour
) WITH (
    'connector' = 'filesystem',
    'path' = '../../data/flights/flights.csv',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

CREATE TEMPORARY VIEW departed AS
SELECT carrier, origin, dep_delay, time_hour
FROM flights
WHERE dep_time IS NOT NULL;

CREATE TABLE shifts (
    carrier STRING,
    origin STRING,
    window_start TIMESTAMP(3),
    window_end TIMESTAMP(3),
    departures BIGINT,
    max_delay INT
) WITH (
    'connector' = 'filesystem',
    'path' = '../../out/flights-shifts',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO shifts
SELECT
    carrier,
    origin,
    window_start,
    window_end,
    COUNT(*) AS departures,
    MAX(dep_delay) AS max_delay
FROM TABLE(SESSION(TABLE departed PARTITION BY (carrier, origin), DESCRIPTOR(time_hour), INTERVAL '90' MINUTE))
GROUP BY carrier, origin, window_start, window_end
HAVING COUNT(*) > 1;
