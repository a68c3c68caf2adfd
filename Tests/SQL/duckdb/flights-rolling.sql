WITH expanded AS (
    SELECT *, CAST(time_hour - to_hours(h) AS TIMESTAMP_MS) AS window_start
    FROM flights, range(6) AS hours(h)
)
SELECT
    window_start,
    CAST(window_start + INTERVAL 6 HOUR AS TIMESTAMP_MS) AS window_end,
    origin,
    COUNT(dep_time) AS departures,
    AVG(CAST(dep_delay AS DOUBLE)) AS mean_delay,
    MIN(dep_delay) AS least_delay,
    MAX(dep_delay) AS max_delay
FROM expanded
GROUP BY window_start, origin
