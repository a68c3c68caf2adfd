-- Nexmark q3: who sells in category 10 in three states.

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

CREATE TABLE q3 (
    name STRING,
    city STRING,
    state STRING,
    id BIGINT
) WITH (
    'connector' = 'filesystem',
    'path' = '../../../out/nexmark/q3',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

INSERT INTO q3
SELECT p.name, p.city, p.state, a.id
FROM auction AS a
JOIN person AS p ON a.seller = p.id
WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA');
