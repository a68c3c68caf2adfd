-- The mean is rounded in whole tenths, half away from zero: DuckDB's AVG of a decimal is a DOUBLE, which is not exact.
WITH sums AS (
    SELECT
        station,
        MIN(temp) AS lowest,
        CAST(SUM(temp) * 10 AS BIGINT) AS tenths,
        COUNT(*) AS n,
        MAX(temp) AS highest
    FROM measurements
    GROUP BY station
)
SELECT
    station,
    lowest,
    CAST(SIGN(tenths) * ((2 * ABS(tenths) + n) // (2 * n)) / 10 AS DECIMAL(10, 1)) AS mean,
    highest
FROM sums
