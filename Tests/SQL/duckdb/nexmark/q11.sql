WITH pauses AS (
    SELECT
        bidder,
        customTime,
        customTime - lag(customTime) OVER (PARTITION BY bidder ORDER BY customTime) > INTERVAL 10 SECOND AS is_new
    FROM bid
),
numbered AS (
    SELECT *, COUNT(*) FILTER (is_new) OVER (PARTITION BY bidder ORDER BY customTime) AS session
    FROM pauses
)
SELECT
    bidder,
    COUNT(*) AS bids,
    MIN(customTime) AS window_start,
    CAST(MAX(customTime) + INTERVAL 10 SECOND AS TIMESTAMP_MS) AS window_end
FROM numbered
GROUP BY bidder, session
