-- Flights that arrived more than two hours late, and how much of the delay they made up in the air.

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

CREATE TABLE delayed (
    time_hour TIMESTAMP(3),
    flight_name STRING,
    route STRING,
    dep_delay INT,
    arr_delay INT,
    made_up INT,
    miles_per_hour DOUBLE
) WITH (
    'connector' = 'filesystem',
    'path' = '../../out/flights-delayed',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO delayed
SELECT
    time_hour,
    carrier || '-' || CAST(flight AS STRING) AS flight_name,
    CONCAT_WS(':', origin, dest) AS route,
    dep_delay,
    arr_delay,
    dep_delay - arr_delay AS made_up,
    distance * 60e0 / air_time AS miles_per_hour
FROM flights
WHERE arr_delay > 120 AND dest NOT IN ('HNL', 'ANC');
