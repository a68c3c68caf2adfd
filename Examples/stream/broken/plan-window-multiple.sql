-- Expected: PLAN_WINDOW_MULTIPLE. The size is no multiple of the slide; in HOP the slide comes first.

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
FROM TABLE(HOP(TABLE flights, DESCRIPTOR(time_hour), INTERVAL '2' HOUR, INTERVAL '5' HOUR))
GROUP BY window_start, window_end;
