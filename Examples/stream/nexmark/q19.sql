-- Nexmark q19: the ten highest bids of each auction; of equal ones the earlier.

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

CREATE TABLE q19 (
    auction BIGINT,
    bidder BIGINT,
    price BIGINT,
    channel STRING,
    url STRING,
    customTime TIMESTAMP(3),
    extra STRING,
    place BIGINT
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q19',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q19
SELECT auction, bidder, price, channel, url, customTime, extra, place
FROM (
    SELECT
        auction, bidder, price, channel, url, customTime, extra,
        ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC, customTime) AS place
    FROM bid
)
WHERE place <= 10;
