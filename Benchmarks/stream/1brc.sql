-- The benchmark `1brc`, the one billion row challenge: the lowest, mean and highest temperature of each station.

SET 'execution.runtime-mode' = 'batch';

CREATE TABLE measurements (
    station STRING,
    temp DECIMAL(3, 1)
) WITH (
    'connector' = 'filesystem',
    'path' = '../../data/1brc/measurements.csv',
    'format' = 'csv',
    'csv.field-delimiter' = ';'
);

CREATE TABLE stations (
    station STRING,
    lowest DECIMAL(3, 1),
    mean DECIMAL(10, 1),
    highest DECIMAL(3, 1)
) WITH (
    'connector' = 'blackhole'
);

INSERT INTO stations
SELECT station, MIN(temp), CAST(ROUND(AVG(temp), 1) AS DECIMAL(10, 1)), MAX(temp)
FROM measurements
GROUP BY station;
