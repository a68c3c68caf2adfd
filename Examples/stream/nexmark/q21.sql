-- Nexmark q21: a channel's number, known or out of the address.

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

CREATE TABLE q21 (
    auction BIGINT,
    bidder BIGINT,
    price BIGINT,
    channel STRING,
    channel_id STRING
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q21',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q21
SELECT
    auction,
    bidder,
    price,
    channel,
    CASE
        WHEN LOWER(channel) = 'apple' THEN '0'
        WHEN LOWER(channel) = 'google' THEN '1'
        WHEN LOWER(channel) = 'facebook' THEN '2'
        WHEN LOWER(channel) = 'baidu' THEN '3'
        ELSE REGEXP_EXTRACT(url, '(&|^)channel_id=([^&]*)', 2)
    END AS channel_id
FROM bid
WHERE REGEXP_EXTRACT(url, '(&|^)channel_id=([^&]*)', 2) IS NOT NULL
    OR LOWER(channel) IN ('apple', 'google', 'facebook', 'baidu');
