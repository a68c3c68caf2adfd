SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price DESC, customTime) AS place
FROM bid
QUALIFY place <= 10
