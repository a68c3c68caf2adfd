SELECT *
FROM bid
QUALIFY row_number() OVER (PARTITION BY bidder, auction ORDER BY customTime DESC) = 1
