-- Nexmark q2: bids on some auctions.

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

CREATE TABLE q2 (
    auction BIGINT,
    price BIGINT
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q2',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q2
SELECT auction, price
FROM bid
WHERE MOD(auction, 123) = 0;
