-- How the weather at the origin delays departures: flights joined with the weather of their hour.

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

CREATE TABLE weather (
    origin STRING,
    `year` INT,
    `month` INT,
    `day` INT,
    `hour` INT,
    temp DOUBLE,
    dewp DOUBLE,
    humid DOUBLE,
    wind_dir INT,
    wind_speed DOUBLE,
    wind_gust DOUBLE,
    precip DOUBLE,
    pressure DOUBLE,
    visib DOUBLE,
    time_hour TIMESTAMP(3)
) WITH (
    'connector' = 'filesystem',
    'path' = '../../data/flights/weather.csv',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

CREATE TABLE by_weather (
    origin STRING,
    sight STRING,
    rain BOOLEAN,
    flights BIGINT,
    cancelled BIGINT,
    mean_delay DOUBLE,
    late_share DOUBLE
) WITH (
    'connector' = 'filesystem',
    'path' = '../../out/flights-weather',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO by_weather
SELECT
    origin,
    sight,
    rain,
    COUNT(*) AS flights,
    COUNT(*) FILTER (WHERE dep_time IS NULL) AS cancelled,
    AVG(CAST(dep_delay AS DOUBLE)) AS mean_delay,
    AVG(CASE WHEN dep_delay > 15 THEN 1e0 WHEN dep_delay <= 15 THEN 0e0 END) AS late_share
FROM (
    SELECT
        f.origin,
        f.dep_time,
        f.dep_delay,
        CASE WHEN w.visib < 2 THEN 'fog' WHEN w.visib < 10 THEN 'haze' ELSE 'clear' END AS sight,
        w.precip > 0 AS rain
    FROM flights AS f
    JOIN weather AS w ON f.origin = w.origin AND f.time_hour = w.time_hour
)
GROUP BY origin, sight, rain;
