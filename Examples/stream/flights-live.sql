-- Flights hour by hour for each origin and destination, from reports that come up to half an hour out of order and,
-- one in a thousand, hours late: the job that `cutover demo` moves from one engine to the other while it runs.
-- The input comes from:
--     cutover stream gen flights --out data --disorder 30m --late 0.1%

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
    scheduled AS TIMESTAMPADD(MINUTE, `minute`, time_hour),
    WATERMARK FOR scheduled AS scheduled - INTERVAL '30' MINUTE
) WITH (
    'connector' = 'filesystem',
    'path' = '../../data/flights/flights-disordered.csv',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

CREATE TABLE hourly (
    window_start TIMESTAMP(3),
    window_end TIMESTAMP(3),
    origin STRING,
    dest STRING,
    flights BIGINT,
    departures BIGINT,
    mean_delay DOUBLE,
    max_delay INT,
    late_share DOUBLE
) WITH (
    'connector' = 'filesystem',
    'path' = '../../out/flights-live',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO hourly
SELECT
    window_start,
    window_end,
    origin,
    dest,
    COUNT(*) AS flights,
    COUNT(dep_time) AS departures,
    AVG(CAST(dep_delay AS DOUBLE)) AS mean_delay,
    MAX(dep_delay) AS max_delay,
    AVG(CASE WHEN dep_delay > 15 THEN 1e0 WHEN dep_delay <= 15 THEN 0e0 END) AS late_share
FROM TABLE(TUMBLE(TABLE flights, DESCRIPTOR(scheduled), INTERVAL '1' HOUR))
GROUP BY origin, dest, window_start, window_end;
