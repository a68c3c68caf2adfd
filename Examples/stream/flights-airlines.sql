-- The three airlines of each origin whose departures were most punctual on average.

SET 'execution.runtime-mode' = 'batch';

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
    time_hour TIMESTAMP(3)
) WITH (
    'connector' = 'filesystem',
    'path' = '../../data/flights/flights.csv',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

CREATE TABLE airlines (
    origin STRING,
    place BIGINT,
    carrier STRING,
    departures BIGINT,
    mean_delay DOUBLE
) WITH (
    'connector' = 'filesystem',
    'path' = '../../out/flights-airlines',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO airlines
SELECT origin, place, carrier, departures, mean_delay
FROM (
    SELECT
        origin,
        carrier,
        departures,
        mean_delay,
        ROW_NUMBER() OVER (PARTITION BY origin ORDER BY mean_delay, carrier) AS place
    FROM (
        SELECT
            origin,
            carrier,
            COUNT(dep_time) AS departures,
            AVG(CAST(dep_delay AS DOUBLE)) AS mean_delay
        FROM flights
        GROUP BY origin, carrier
    )
)
WHERE place <= 3;
