-- Nexmark's tables as `cutover stream gen nexmark` writes them; variable `data` is the data folder.
CREATE VIEW person AS
SELECT *
FROM read_csv(
    getvariable('data') || '/nexmark/person.csv',
    columns = {'id': 'BIGINT', 'name': 'VARCHAR', 'emailAddress': 'VARCHAR', 'creditCard': 'VARCHAR', 'city': 'VARCHAR', 'state': 'VARCHAR', 'customTime': 'TIMESTAMP_MS', 'extra': 'VARCHAR'},
    header = false, auto_detect = false, delim = ','
);
CREATE VIEW auction AS
SELECT *
FROM read_csv(
    getvariable('data') || '/nexmark/auction.csv',
    columns = {'id': 'BIGINT', 'itemName': 'VARCHAR', 'description': 'VARCHAR', 'initialBid': 'BIGINT', 'reserve': 'BIGINT', 'customTime': 'TIMESTAMP_MS', 'expires': 'TIMESTAMP_MS', 'seller': 'BIGINT', 'category': 'BIGINT', 'extra': 'VARCHAR'},
    header = false, auto_detect = false, delim = ','
);
CREATE VIEW bid AS
SELECT *
FROM read_csv(
    getvariable('data') || '/nexmark/bid.csv',
    columns = {'auction': 'BIGINT', 'bidder': 'BIGINT', 'price': 'BIGINT', 'channel': 'VARCHAR', 'url': 'VARCHAR', 'customTime': 'TIMESTAMP_MS', 'extra': 'VARCHAR'},
    header = false, auto_detect = false, delim = ','
);
CREATE VIEW side_input AS
SELECT *
FROM read_csv(
    getvariable('data') || '/nexmark/side_input.csv',
    columns = {'side_key': 'BIGINT', 'side_value': 'VARCHAR'},
    header = false, auto_detect = false, delim = ','
);
