-- The flights of 2013 as `cutover stream gen flights` writes them; variable `data` is the data folder.
CREATE MACRO flights_file(name) AS TABLE
SELECT *
FROM read_csv(
    getvariable('data') || '/flights/' || name,
    columns = {
        'year': 'INTEGER', 'month': 'INTEGER', 'day': 'INTEGER', 'dep_time': 'INTEGER',
        'sched_dep_time': 'INTEGER', 'dep_delay': 'INTEGER', 'arr_time': 'INTEGER',
        'sched_arr_time': 'INTEGER', 'arr_delay': 'INTEGER', 'carrier': 'VARCHAR', 'flight': 'INTEGER',
        'tailnum': 'VARCHAR', 'origin': 'VARCHAR', 'dest': 'VARCHAR', 'air_time': 'INTEGER',
        'distance': 'INTEGER', 'hour': 'INTEGER', 'minute': 'INTEGER', 'time_hour': 'TIMESTAMP_MS'
    },
    header = false, auto_detect = false, delim = ',', nullstr = 'NA'
);
CREATE VIEW flights AS FROM flights_file('flights.csv');
CREATE VIEW weather AS
SELECT *
FROM read_csv(
    getvariable('data') || '/flights/weather.csv',
    columns = {
        'origin': 'VARCHAR', 'year': 'INTEGER', 'month': 'INTEGER', 'day': 'INTEGER', 'hour': 'INTEGER',
        'temp': 'DOUBLE', 'dewp': 'DOUBLE', 'humid': 'DOUBLE', 'wind_dir': 'INTEGER',
        'wind_speed': 'DOUBLE', 'wind_gust': 'DOUBLE', 'precip': 'DOUBLE', 'pressure': 'DOUBLE',
        'visib': 'DOUBLE', 'time_hour': 'TIMESTAMP_MS'
    },
    header = false, auto_detect = false, delim = ',', nullstr = 'NA'
);
