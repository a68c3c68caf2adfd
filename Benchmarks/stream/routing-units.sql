-- The benchmark `routing`: trades of each symbol and second, so that about every other row gives a window.
-- Its input is ticks.csv, sorted by time.

CREATE TABLE ticks (
    ts TIMESTAMP(3),
    symbol STRING,
    price DOUBLE,
    quantity BIGINT,
    -- Ten trades share a millisecond: a watermark of ts itself would call nine of a second's last ten late.
    WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
) WITH (
    'connector' = 'filesystem',
    'path' = '../../data/ticks/ticks.csv',
    'format' = 'csv'
);

CREATE TABLE seconds (
    window_start TIMESTAMP(3),
    symbol STRING,
    trades BIGINT,
    total DOUBLE,
    least DOUBLE,
    most DOUBLE
) WITH (
    'connector' = 'blackhole'
);

INSERT INTO seconds
SELECT
    window_start,
    symbol,
    COUNT(*) AS trades,
    SUM(price) AS total,
    MIN(price) AS least,
    MAX(price) AS most
FROM TABLE(TUMBLE(TABLE ticks, DESCRIPTOR(ts), INTERVAL '1' SECOND))
GROUP BY symbol, window_start, window_end;
