-- Nexmark q7: the highest bids of each ten seconds.

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

CREATE TABLE q7 (
    auction BIGINT,
    price BIGINT,
    bidder BIGINT,
    customTime TIMESTAMP(3),
    extra STRING
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q7',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q7
SELECT b.auction, b.price, b.bidder, b.customTime, b.extra
FROM (
    SELECT auction, price, bidder, customTime, extra, window_start, window_end
    FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(customTime), INTERVAL '10' SECOND))
) AS b
JOIN (
    SELECT MAX(price) AS top_price, window_start, window_end
    FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(customTime), INTERVAL '10' SECOND))
    GROUP BY window_start, window_end
) AS m
    ON b.window_start = m.window_start AND b.window_end = m.window_end AND b.price = m.top_price;
