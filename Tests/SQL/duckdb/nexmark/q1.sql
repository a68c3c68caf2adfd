SELECT auction, bidder, CAST(0.908 * CAST(price AS DECIMAL(19, 0)) AS DECIMAL(24, 3)) AS price, customTime, extra
FROM bid
