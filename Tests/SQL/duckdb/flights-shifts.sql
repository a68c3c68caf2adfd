WITH pauses AS (
    SELECT
        carrier, origin, dep_delay, time_hour,
        time_hour - lag(time_hour) OVER (PARTITION BY carrier, origin ORDER BY time_hour) > INTERVAL 90 MINUTE AS is_new
    FROM flights
    WHERE dep_time IS NOT NULL
),
numbered AS (
    SELECT
        *,
        COUNT(*) FILTER (is_new) OVER (PARTITION BY carrier, origin ORDER BY time_hour) AS shift
    FROM pauses
)
SELECT
    carrier,
    origin,
    MIN(time_hour) AS window_start,
    CAST(MAX(time_hour) + INTERVAL 90 MINUTE AS TIMESTAMP_MS) AS window_end,
    COUNT(*) AS departures,
    MAX(dep_delay) AS max_delay
FROM numbered
GROUP BY carrier, origin, shift
HAVING COUNT(*) > 1
