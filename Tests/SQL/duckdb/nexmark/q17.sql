SELECT
    auction,
    strftime(customTime, '%Y-%m-%d') AS bid_day,
    COUNT(*) AS total_bids,
    COUNT(*) FILTER (price < 10000) AS rank1_bids,
    COUNT(*) FILTER (price BETWEEN 10000 AND 999999) AS rank2_bids,
    COUNT(*) FILTER (price > 999999) AS rank3_bids,
    MIN(price) AS min_price,
    MAX(price) AS max_price,
    CAST(SUM(price) AS BIGINT) // COUNT(*) AS avg_price,
    CAST(SUM(price) AS BIGINT) AS sum_price
FROM bid
GROUP BY auction, bid_day
