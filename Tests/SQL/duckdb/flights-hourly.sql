SELECT
    time_hour AS window_start,
    CAST(time_hour + INTERVAL 1 HOUR AS TIMESTAMP_MS) AS window_end,
    origin,
    dest,
    COUNT(dep_time) AS departures,
    AVG(CAST(dep_delay AS DOUBLE)) AS mean_delay,
    MAX(dep_delay) AS max_delay,
    COUNT(*) FILTER (dep_delay > 15) / NULLIF(COUNT(dep_delay), 0) AS late_share
FROM flights
GROUP BY time_hour, origin, dest
