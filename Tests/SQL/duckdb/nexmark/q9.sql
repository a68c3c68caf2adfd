SELECT
    a.id AS id, itemName, description, initialBid, reserve, a.customTime AS customTime, expires, seller,
    category, a.extra AS extra, auction, bidder, price, b.customTime AS bid_time, b.extra AS bid_extra
FROM auction AS a JOIN bid AS b ON a.id = auction
WHERE b.customTime >= a.customTime AND b.customTime <= expires
QUALIFY row_number() OVER (PARTITION BY a.id ORDER BY price DESC, b.customTime) = 1
