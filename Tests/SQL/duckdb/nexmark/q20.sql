SELECT
    auction, bidder, price, channel, url, b.customTime AS bid_time, b.extra AS bid_extra, itemName,
    description, initialBid, reserve, a.customTime AS auction_time, expires, seller, category,
    a.extra AS auction_extra
FROM bid AS b JOIN auction AS a ON auction = id
WHERE category = 10
