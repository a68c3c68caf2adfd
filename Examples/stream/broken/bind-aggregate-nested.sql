-- Expected: BIND_AGGREGATE_NESTED. An aggregate of an aggregate needs a query between them.

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

SELECT MAX(SUM(distance)) AS most FROM flights GROUP BY origin;
