-- Expected: PLAN_WINDOW_TIME. The window is over a column that is no time attribute.

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

SELECT window_start, COUNT(*) AS flights
FROM TABLE(TUMBLE(TABLE flights, DESCRIPTOR(distance), INTERVAL '1' HOUR))
GROUP BY window_start, window_end;
