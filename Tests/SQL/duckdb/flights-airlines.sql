SELECT
    origin,
    row_number() OVER (PARTITION BY origin ORDER BY AVG(CAST(dep_delay AS DOUBLE)), carrier) AS place,
    carrier,
    COUNT(dep_time) AS departures,
    AVG(CAST(dep_delay AS DOUBLE)) AS mean_delay
FROM flights
GROUP BY origin, carrier
QUALIFY place <= 3
