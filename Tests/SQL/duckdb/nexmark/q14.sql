SELECT
    auction,
    bidder,
    CAST(0.908 * CAST(price AS DECIMAL(19, 0)) AS DECIMAL(24, 3)) AS price,
    CASE
        WHEN hour(customTime) BETWEEN 8 AND 18 THEN 'dayTime'
        WHEN hour(customTime) IN (7, 19) THEN 'otherTime'
        ELSE 'nightTime'
    END AS bid_time_type,
    customTime,
    extra,
    len(regexp_extract_all(extra, 'c')) AS c_count
FROM bid
WHERE 908 * price > 1000000000 AND 908 * price < 50000000000
