-- The case `scan` of the benchmark `tumbling`: CSV to columns, every value read, next to nothing computed.

CREATE TABLE ticks (
    ts TIMESTAMP(3),
    symbol STRING,
    price DOUBLE,
    quantity BIGINT
) WITH (
    'connector' = 'filesystem',
    'path' = '../../data/ticks/ticks.csv',
    'format' = 'csv'
);

CREATE TABLE seen (
    trades BIGINT,
    ts TIMESTAMP(3),
    symbol STRING,
    price DOUBLE,
    quantity BIGINT
) WITH (
    'connector' = 'blackhole'
);

INSERT INTO seen
SELECT COUNT(*), MAX(ts), MAX(symbol), MAX(price), MAX(quantity)
FROM ticks;
