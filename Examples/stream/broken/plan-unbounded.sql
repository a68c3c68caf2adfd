-- Expected: PLAN_UNBOUNDED. Batch mode needs an end of input.

CREATE TABLE ticks (
    symbol STRING,
    price DOUBLE
) WITH (
    'connector' = 'datagen',
    'fields.symbol.length' = '1'
);

SET 'execution.runtime-mode' = 'batch';

SELECT symbol, price FROM ticks;
