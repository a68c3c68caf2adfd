-- Nexmark q20: bids in category 10 with their auctions.

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

CREATE TABLE q20 (
    auction BIGINT,
    bidder BIGINT,
    price BIGINT,
    channel STRING,
    url STRING,
    bid_time TIMESTAMP(3),
    bid_extra STRING,
    itemName STRING,
    description STRING,
    initialBid BIGINT,
    reserve BIGINT,
    auction_time TIMESTAMP(3),
    expires TIMESTAMP(3),
    seller BIGINT,
    category BIGINT,
    auction_extra STRING
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q20',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q20
SELECT
    b.auction, b.bidder, b.price, b.channel, b.url, b.customTime, b.extra,
    a.itemName, a.description, a.initialBid, a.reserve, a.customTime, a.expires, a.seller, a.category, a.extra
FROM bid AS b
JOIN auction AS a ON b.auction = a.id
WHERE a.category = 10;
