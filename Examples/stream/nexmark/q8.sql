-- Nexmark q8: people who joined and began to sell within the same ten seconds.

CREATE TABLE person (
    id BIGINT,
    name STRING,
    emailAddress STRING,
    creditCard STRING,
    city STRING,
    state STRING,
    customTime TIMESTAMP(3),
    extra STRING,
    WATERMARK FOR customTime AS customTime - INTERVAL '4' SECOND
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../data/nexmark/person.csv',
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

CREATE TABLE q8 (
    id BIGINT,
    name STRING,
    window_start TIMESTAMP(3)
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q8',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q8
SELECT p.id, p.name, p.window_start
FROM (
    SELECT id, name, window_start, window_end
    FROM TABLE(TUMBLE(TABLE person, DESCRIPTOR(customTime), INTERVAL '10' SECOND))
    GROUP BY id, name, window_start, window_end
) AS p
JOIN (
    SELECT seller, window_start, window_end
    FROM TABLE(TUMBLE(TABLE auction, DESCRIPTOR(customTime), INTERVAL '10' SECOND))
    GROUP BY seller, window_start, window_end
) AS a
    ON p.id = a.seller AND p.window_start = a.window_start AND p.window_end = a.window_end;
