WITH expanded AS (
    SELECT auction, time_bucket(INTERVAL 2 SECOND, customTime) - to_seconds(2 * k) AS window_start
    FROM bid, range(5) AS slides(k)
),
counted AS (
    SELECT auction, window_start, COUNT(*) AS num
    FROM expanded
    GROUP BY ALL
)
SELECT
    auction,
    num,
    CAST(window_start AS TIMESTAMP_MS) AS window_start,
    CAST(window_start + INTERVAL 10 SECOND AS TIMESTAMP_MS) AS window_end
FROM counted
QUALIFY num = MAX(num) OVER (PARTITION BY window_start)
