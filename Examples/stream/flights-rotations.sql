-- What an aircraft does between two pauses of more than eight hours: how often it left New York, how far
-- it flew and how late it was at the worst.

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

CREATE TEMPORARY VIEW known_aircraft AS
SELECT tailnum, dep_delay, distance, time_hour
FROM flights
WHERE tailnum IS NOT NULL;

CREATE TABLE rotations (
    tailnum STRING,
    window_start TIMESTAMP(3),
    window_end TIMESTAMP(3),
    legs BIGINT,
    miles BIGINT,
    max_delay INT
) WITH (
    'connector' = 'filesystem',
    'path' = '../../out/flights-rotations',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO rotations
SELECT
    tailnum,
    window_start,
    window_end,
    COUNT(*) AS legs,
    SUM(CAST(distance AS BIGINT)) AS miles,
    MAX(dep_delay) AS max_delay
FROM TABLE(SESSION(TABLE known_aircraft PARTITION BY tailnum, DESCRIPTOR(time_hour), INTERVAL '8' HOUR))
GROUP BY tailnum, window_start, window_end
HAVING COUNT(*) > 1;
