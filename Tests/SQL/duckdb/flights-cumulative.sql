WITH expanded AS (
    SELECT
        *,
        date_trunc('day', time_hour) AS midnight,
        date_trunc('day', time_hour) + to_hours(3 * step) AS window_end
    FROM flights, range(1, 9) AS steps(step)
)
SELECT
    CAST(midnight AS TIMESTAMP_MS) AS window_start,
    CAST(window_end AS TIMESTAMP_MS) AS window_end,
    carrier,
    COUNT(dep_time) AS departures,
    CAST(SUM(dep_delay) AS BIGINT) AS delay_minutes
FROM expanded
WHERE time_hour < window_end
GROUP BY ALL
