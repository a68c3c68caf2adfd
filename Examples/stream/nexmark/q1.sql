-- Nexmark q1: prices in another currency.

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

CREATE TABLE q1 (
    auction BIGINT,
    bidder BIGINT,
    price DECIMAL(24, 3),
    customTime TIMESTAMP(3),
    extra STRING
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q1',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q1
SELECT auction, bidder, 0.908 * price AS price, customTime, extra
FROM bid;
