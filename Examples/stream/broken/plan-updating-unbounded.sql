-- Expected: PLAN_UPDATING_UNBOUNDED. The generator never ends, so neither does the group.

CREATE TABLE ticks (
    symbol STRING,
    price DOUBLE
) WITH (
    'connector' = 'datagen',
    'fields.symbol.length' = '1'
);

SELECT symbol, MAX(price) AS top FROM ticks GROUP BY symbol;
