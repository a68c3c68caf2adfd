SELECT
    channel,
    strftime(customTime, '%Y-%m-%d') AS bid_day,
    MAX(strftime(customTime, '%H:%M')) AS last_minute,
    COUNT(*) AS total_bids,
    COUNT(*) FILTER (price < 10000) AS rank1_bids,
    COUNT(*) FILTER (price BETWEEN 10000 AND 999999) AS rank2_bids,
    COUNT(*) FILTER (price > 999999) AS rank3_bids,
    COUNT(DISTINCT bidder) AS total_bidders,
    COUNT(DISTINCT bidder) FILTER (price < 10000) AS rank1_bidders,
    COUNT(DISTINCT bidder) FILTER (price BETWEEN 10000 AND 999999) AS rank2_bidders,
    COUNT(DISTINCT bidder) FILTER (price > 999999) AS rank3_bidders,
    COUNT(DISTINCT auction) AS total_auctions,
    COUNT(DISTINCT auction) FILTER (price < 10000) AS rank1_auctions,
    COUNT(DISTINCT auction) FILTER (price BETWEEN 10000 AND 999999) AS rank2_auctions,
    COUNT(DISTINCT auction) FILTER (price > 999999) AS rank3_auctions
FROM bid
GROUP BY channel, bid_day
