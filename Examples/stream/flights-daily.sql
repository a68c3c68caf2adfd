-- Flights per origin and day (UTC), with the distance that they covered.

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

CREATE TABLE daily (
    window_start TIMESTAMP(3),
    origin STRING,
    flights BIGINT,
    cancelled BIGINT,
    miles BIGINT,
    aircraft BIGINT
) WITH (
    'connector' = 'filesystem',
    'path' = '../../out/flights-daily',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO daily
SELECT
    window_start,
    origin,
    COUNT(*) AS flights,
    COUNT(*) FILTER (WHERE dep_time IS NULL) AS cancelled,
    SUM(CAST(distance AS BIGINT)) AS miles,
    COUNT(DISTINCT tailnum) AS aircraft
FROM TABLE(TUMBLE(TABLE flights, DESCRIPTOR(time_hour), INTERVAL '1' DAY))
GROUP BY origin, window_start, window_end;
