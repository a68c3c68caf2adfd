SELECT auction, price, bidder, customTime, extra
FROM bid
QUALIFY price = MAX(price) OVER (PARTITION BY time_bucket(INTERVAL 10 SECOND, customTime))
