WITH pauses AS (
    SELECT
        tailnum, dep_delay, distance, time_hour,
        time_hour - lag(time_hour) OVER (PARTITION BY tailnum ORDER BY time_hour) > INTERVAL 8 HOUR AS is_new
    FROM flights
    WHERE tailnum IS NOT NULL
),
numbered AS (
    SELECT
        *,
        COUNT(*) FILTER (is_new) OVER (PARTITION BY tailnum ORDER BY time_hour) AS rotation
    FROM pauses
)
SELECT
    tailnum,
    MIN(time_hour) AS window_start,
    CAST(MAX(time_hour) + INTERVAL 8 HOUR AS TIMESTAMP_MS) AS window_end,
    COUNT(*) AS legs,
    CAST(SUM(distance) AS BIGINT) AS miles,
    MAX(dep_delay) AS max_delay
FROM numbered
GROUP BY tailnum, rotation
HAVING COUNT(*) > 1
