-- Expected: PARSE_TOKEN. No token begins with this character.

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

SELECT carrier FROM flights WHERE dep_delay # 15;
