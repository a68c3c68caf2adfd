SELECT
    CAST(date_trunc('day', time_hour) AS TIMESTAMP_MS) AS window_start,
    origin,
    COUNT(*) AS flights,
    COUNT(*) - COUNT(dep_time) AS cancelled,
    CAST(SUM(distance) AS BIGINT) AS miles,
    COUNT(DISTINCT tailnum) AS aircraft
FROM flights
GROUP BY ALL
