-- Nexmark q18: a bidder's last bid on an auction.

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

CREATE TABLE q18 (
    auction BIGINT,
    bidder BIGINT,
    price BIGINT,
    channel STRING,
    url STRING,
    customTime TIMESTAMP(3),
    extra STRING
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q18',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q18
SELECT auction, bidder, price, channel, url, customTime, extra
FROM (
    SELECT
        auction, bidder, price, channel, url, customTime, extra,
        ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY customTime DESC) AS place
    FROM bid
)
WHERE place = 1;
