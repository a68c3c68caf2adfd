#!/usr/bin/env python3
"""The benchmark `tumbling` on DuckDB: one line of JSON a run.

    peer_duckdb.py --input FILE --case CASE [--threads N] [--runs N] [--output FILE]

CASE is `scan` (CSV to columns, every value read), `csv`, `memory` or `parquet` (the whole query from there).
FILE is ticks.csv or ticks.parquet, as `cutover stream gen` and `cutover stream bench tumbling` make them; `memory` takes
either and loads it before the clock starts. One run more than asked for comes first and is not reported.
`--output FILE` writes the groups of the last run as headerless CSV, for comparing.

Each line: {"peer":"duckdb","version",…,"case","threads","run","seconds","rows_in","rows_out","check"}. `check` is
[rows, groups, sum of sums, sum of minima, sum of maxima]: prices are multiples of 0.25, so engines agree exactly.
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

QUERY = """
SELECT
    time_bucket(INTERVAL 1 MINUTE, ts) AS window_start,
    symbol,
    COUNT(*) AS trades,
    SUM(price) AS total,
    AVG(price) AS mean,
    MIN(price) AS least,
    MAX(price) AS most
FROM {source}
GROUP BY ALL
"""
# Reading every value of every column, without keeping them.
SCAN = "SELECT COUNT(*), MAX(ts), MAX(symbol), MAX(price), MAX(quantity) FROM {source}"
CHECK = "SELECT CAST(SUM(trades) AS BIGINT), COUNT(*), SUM(total), SUM(least), SUM(most) FROM answer"


def import_duckdb():
    try:
        import duckdb
    except ModuleNotFoundError:
        install = subprocess.run(
            [ROOT / "scripts" / "install-peers", "duckdb"], stdout=subprocess.PIPE, text=True
        )
        if install.returncode:
            sys.exit(install.returncode)
        sys.path.insert(0, install.stdout.strip())
        import duckdb
    return duckdb


def source(path):
    text = "'" + str(path).replace("'", "''") + "'"
    if path.suffix == ".parquet":
        return f"read_parquet({text})"
    return (
        f"read_csv({text}, header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = "
        "{'ts': 'TIMESTAMP', 'symbol': 'VARCHAR', 'price': 'DOUBLE', 'quantity': 'BIGINT'})"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--input", type=pathlib.Path, required=True)
    parser.add_argument("--case", choices=["scan", "csv", "memory", "parquet"], required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--output", type=pathlib.Path)
    options = parser.parse_args()
    if options.case != "memory" and (options.input.suffix == ".parquet") != (options.case == "parquet"):
        parser.error(f"the case {options.case} does not read {options.input.name}")
    duckdb = import_duckdb()
    connection = duckdb.connect(config={"threads": options.threads, "preserve_insertion_order": False})
    table = source(options.input)
    if options.case == "memory":
        connection.execute(f"CREATE TABLE ticks AS SELECT * FROM {table}")
        table = "ticks"
    for run in range(options.runs + 1):
        line = measure(connection, options, table)
        if run:
            print(json.dumps({"peer": "duckdb", "version": duckdb.__version__, "run": run, **line}), flush=True)
    if options.output and options.case != "scan":
        path = "'" + str(options.output).replace("'", "''") + "'"
        connection.execute(f"COPY answer TO {path} (FORMAT csv, HEADER false)")
    return 0


def measure(connection, options, table):
    start = time.perf_counter()
    if options.case == "scan":
        check = connection.execute(SCAN.format(source=table)).fetchone()
        seconds = time.perf_counter() - start
        check, rows_in, rows_out = [check[0], *map(str, check[1:])], check[0], 1
    else:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE answer AS {QUERY.format(source=table)}")
        seconds = time.perf_counter() - start
        check = connection.execute(CHECK).fetchone()
        rows_in, rows_out = check[0], check[1]
    return {
        "case": options.case,
        "threads": options.threads,
        "seconds": round(seconds, 6),
        "rows_in": rows_in,
        "rows_out": rows_out,
        "check": list(check),
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    sys.exit(main())
