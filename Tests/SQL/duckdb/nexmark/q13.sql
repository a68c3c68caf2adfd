SELECT auction, bidder, price, customTime, side_value
FROM bid JOIN side_input ON auction % 10000 = side_key
