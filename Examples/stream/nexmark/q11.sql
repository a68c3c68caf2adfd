-- Nexmark q11: bids of each bidder between pauses of ten seconds.

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

CREATE TABLE q11 (
    bidder BIGINT,
    bids BIGINT,
    window_start TIMESTAMP(3),
    window_end TIMESTAMP(3)
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q11',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q11
SELECT bidder, COUNT(*) AS bids, window_start, window_end
FROM TABLE(SESSION(TABLE bid PARTITION BY bidder, DESCRIPTOR(customTime), INTERVAL '10' SECOND))
GROUP BY bidder, window_start, window_end;
