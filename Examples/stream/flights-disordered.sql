-- Departures per quarter of an hour of schedule, over reports that arrive up to half an hour after each other and,
-- one in a thousand, hours late. The input comes from:
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

CREATE TABLE by_quarter (
    window_start TIMESTAMP(3),
    origin STRING,
    flights BIGINT,
    departures BIGINT
) WITH (
    'connector' = 'filesystem',
    'path' = '../../out/flights-disordered',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO by_quarter
SELECT
    window_start,
    origin,
    COUNT(*) AS flights,
    COUNT(dep_time) AS departures
FROM TABLE(TUMBLE(TABLE flights, DESCRIPTOR(scheduled), INTERVAL '15' MINUTE))
GROUP BY origin, window_start, window_end;
