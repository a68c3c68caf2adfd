-- Expected: TYPE_SINK. A BIGINT does not fit the INT column of the sink.

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

CREATE TABLE counts (origin STRING, flights INT) WITH ('connector' = 'blackhole');

INSERT INTO counts
SELECT origin, COUNT(*) FROM flights GROUP BY origin;
