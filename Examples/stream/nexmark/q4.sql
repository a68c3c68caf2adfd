-- Nexmark q4: each category's average of the auctions' highest valid bids.

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

CREATE TABLE q4 (
    category BIGINT,
    average_price BIGINT
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q4',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q4
SELECT category, AVG(top_price) AS average_price
FROM (
    SELECT a.id, a.category, MAX(b.price) AS top_price
    FROM auction AS a, bid AS b
    WHERE a.id = b.auction AND b.customTime BETWEEN a.customTime AND a.expires
    GROUP BY a.id, a.category
)
GROUP BY category;
