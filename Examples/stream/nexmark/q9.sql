-- Nexmark q9: the winning bid of each auction.

SET 'execution.runtime-mode' = 'batch';

CREATE TABLE auction (
    id BIGINT,
    itemName STRING,
    description STRING,
    initialBid BIGINT,
    reserve BIGINT,
    customTime TIMESTAMP(3),
    expires TIMESTAMP(3),
    seller BIGINT,
    category BIGINT,
    extra STRING,
    WATERMARK FOR customTime AS customTime - INTERVAL '4' SECOND
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../data/nexmark/auction.csv',
    'format' = 'csv'
);

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

CREATE TABLE q9 (
    id BIGINT,
    itemName STRING,
    description STRING,
    initialBid BIGINT,
    reserve BIGINT,
    customTime TIMESTAMP(3),
    expires TIMESTAMP(3),
    seller BIGINT,
    category BIGINT,
    extra STRING,
    auction BIGINT,
    bidder BIGINT,
    price BIGINT,
    bid_time TIMESTAMP(3),
    bid_extra STRING
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q9',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q9
SELECT
    id, itemName, description, initialBid, reserve, customTime, expires, seller, category, extra,
    auction, bidder, price, bid_time, bid_extra
FROM (
    SELECT
        a.id, a.itemName, a.description, a.initialBid, a.reserve, a.customTime, a.expires, a.seller, a.category, a.extra,
        b.auction, b.bidder, b.price, b.customTime AS bid_time, b.extra AS bid_extra,
        ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.customTime) AS place
    FROM auction AS a, bid AS b
    WHERE a.id = b.auction AND b.customTime BETWEEN a.customTime AND a.expires
)
WHERE place = 1;
