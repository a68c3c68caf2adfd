-- Nexmark q13: bids with what a side table knows of them.

SET 'execution.runtime-mode' = 'batch';

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

CREATE TABLE side_input (
    side_key BIGINT,
    side_value STRING
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../data/nexmark/side_input.csv',
    'format' = 'csv'
);

CREATE TABLE q13 (
    auction BIGINT,
    bidder BIGINT,
    price BIGINT,
    customTime TIMESTAMP(3),
    side_value STRING
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q13',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q13
SELECT b.auction, b.bidder, b.price, b.customTime, s.side_value
FROM (
    SELECT auction, bidder, price, customTime, MOD(auction, 10000) AS side_key
    FROM bid
) AS b
JOIN side_input AS s ON b.side_key = s.side_key;
