-- Loads the table of the benchmark `tumbling` into memory, for its case `memory`.

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

SELECT ts, symbol, price, quantity FROM ticks;
