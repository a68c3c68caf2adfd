-- Expected: BIND_AMBIGUOUS. Both sides of the join have the column.

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

SELECT carrier FROM flights AS a JOIN flights AS b ON a.origin = b.origin;
