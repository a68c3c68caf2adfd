SELECT
    origin,
    CASE WHEN visib < 2 THEN 'fog' WHEN visib < 10 THEN 'haze' ELSE 'clear' END AS sight,
    precip > 0 AS rain,
    COUNT(*) AS flights,
    COUNT(*) - COUNT(dep_time) AS cancelled,
    AVG(CAST(dep_delay AS DOUBLE)) AS mean_delay,
    COUNT(*) FILTER (dep_delay > 15) / NULLIF(COUNT(dep_delay), 0) AS late_share
FROM flights JOIN weather USING (origin, time_hour)
GROUP BY ALL
