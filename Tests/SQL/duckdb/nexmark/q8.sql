SELECT DISTINCT
    p.id AS id,
    name,
    CAST(time_bucket(INTERVAL 10 SECOND, p.customTime) AS TIMESTAMP_MS) AS window_start
FROM person AS p JOIN auction AS a
    ON p.id = seller
    AND time_bucket(INTERVAL 10 SECOND, p.customTime) = time_bucket(INTERVAL 10 SECOND, a.customTime)
