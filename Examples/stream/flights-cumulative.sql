-- Each carrier's day so far, every three hours: departures and minutes of delay since midnight (UTC).

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

CREATE TABLE cumulative (
    window_start TIMESTAMP(3),
    window_end TIMESTAMP(3),
    carrier STRING,
    departures BIGINT,
    delay_minutes BIGINT
) WITH (
    'connector' = 'filesystem',
    'path' = '../../out/flights-cumulative',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO cumulative
SELECT
    window_start,
    window_end,
    carrier,
    COUNT(dep_time) AS departures,
    SUM(CAST(dep_delay AS BIGINT)) AS delay_minutes
FROM TABLE(CUMULATE(TABLE flights, DESCRIPTOR(time_hour), INTERVAL '3' HOUR, INTERVAL '1' DAY))
GROUP BY carrier, window_start, window_end;
