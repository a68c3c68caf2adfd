-- Nexmark q0: every bid passes through.

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

CREATE TABLE q0 (
    auction BIGINT,
    bidder BIGINT,
    price BIGINT,
    customTime TIMESTAMP(3),
    extra STRING
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q0',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q0
SELECT auction, bidder, price, customTime, extra
FROM bid;
