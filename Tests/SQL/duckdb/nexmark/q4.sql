WITH tops AS (
    SELECT category, MAX(price) AS top_price
    FROM auction AS a JOIN bid AS b ON a.id = b.auction
    WHERE b.customTime >= a.customTime AND b.customTime <= a.expires
    GROUP BY a.id, category
)
SELECT category, CAST(SUM(top_price) AS BIGINT) // COUNT(*) AS average_price
FROM tops
GROUP BY category
