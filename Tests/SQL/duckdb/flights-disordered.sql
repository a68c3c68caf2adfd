-- A row is late when the watermark of the rows before it has reached the end of its quarter, but for one
-- millisecond. The file's order is the order of arrival.
WITH arrivals AS (
    SELECT
        origin,
        dep_time,
        time_hour + to_minutes(CAST("minute" AS BIGINT)) AS scheduled,
        row_number() OVER () AS arrival
    FROM flights_file('flights-disordered.csv')
),
marked AS (
    SELECT
        *,
        time_bucket(INTERVAL 15 MINUTE, scheduled) AS window_start,
        MAX(scheduled - INTERVAL 30 MINUTE) OVER (
            ORDER BY arrival ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS watermark
    FROM arrivals
)
SELECT
    CAST(window_start AS TIMESTAMP_MS) AS window_start,
    origin,
    COUNT(*) AS flights,
    COUNT(dep_time) AS departures
FROM marked
WHERE watermark IS NULL OR watermark < window_start + INTERVAL 15 MINUTE - INTERVAL 1 MILLISECOND
GROUP BY ALL
