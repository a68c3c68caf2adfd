-- Nexmark q14: a calculation, and how often a letter occurs.

CREATE TABLE bid (
    auction BIGINT,
    bidder BIGINT,
    price BIGINT,
    channel STRING,
    url STRING,
    customTime TIMESTAMP(3),
    extra STRING,
    WATERMARK FOR customTime AS customTime - INTERVAL '4' SECOND
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../data/nexmark/bid.csv',
    'format' = 'csv'
);

CREATE TABLE q14 (
    auction BIGINT,
    bidder BIGINT,
    price DECIMAL(24, 3),
    bid_time_type STRING,
    customTime TIMESTAMP(3),
    extra STRING,
    c_count INT
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q14',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q14
SELECT
    auction,
    bidder,
    0.908 * price AS price,
    CASE
        WHEN HOUR(customTime) >= 8 AND HOUR(customTime) <= 18 THEN 'dayTime'
        WHEN HOUR(customTime) <= 6 OR HOUR(customTime) >= 20 THEN 'nightTime'
        ELSE 'otherTime'
    END AS bid_time_type,
    customTime,
    extra,
    CHAR_LENGTH(extra) - CHAR_LENGTH(REPLACE(extra, 'c', '')) AS c_count
FROM bid
WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000;
