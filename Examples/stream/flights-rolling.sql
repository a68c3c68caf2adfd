-- The last six hours at each origin, once an hour.

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

CREATE TABLE rolling (
    window_start TIMESTAMP(3),
    window_end TIMESTAMP(3),
    origin STRING,
    departures BIGINT,
    mean_delay DOUBLE,
    least_delay INT,
    max_delay INT
) WITH (
    'connector' = 'filesystem',
    'path' = '../../out/flights-rolling',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO rolling
SELECT
    window_start,
    window_end,
    origin,
    COUNT(dep_time) AS departures,
    AVG(CAST(dep_delay AS DOUBLE)) AS mean_delay,
    MIN(dep_delay) AS least_delay,
    MAX(dep_delay) AS max_delay
FROM TABLE(HOP(TABLE flights, DESCRIPTOR(time_hour), INTERVAL '1' HOUR, INTERVAL '6' HOUR))
GROUP BY origin, window_start, window_end;
