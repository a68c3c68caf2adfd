-- The measurements as `cutover stream gen 1brc` writes them; variable `data` is the data folder.
CREATE VIEW measurements AS
SELECT *
FROM read_csv(
    getvariable('data') || '/1brc/measurements.csv',
    columns = {'station': 'VARCHAR', 'temp': 'DECIMAL(3, 1)'},
    header = false, auto_detect = false, delim = ';'
);
