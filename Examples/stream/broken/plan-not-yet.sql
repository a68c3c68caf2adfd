-- Expected: PLAN_NOT_YET. Grouping sets come later.

CREATE TABLE flights (
    carrier STRING,
    origin STRING,
    dep_delay INT,
    distance INT,
    time_hour TIMESTAMP(3),
    WATERMARK FOR time_hour AS time_hour
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../data/flights/flights.csv',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

SELECT origin, carrier, COUNT(*) AS flights FROM flights GROUP BY ROLLUP (origin, carrier);
