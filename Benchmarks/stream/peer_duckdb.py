#!/usr/bin/env python3
"""The stream benchmarks on DuckDB: one line of JSON a run.

    peer_duckdb.py --input FILE --case CASE [--threads N] [--runs N] [--output FILE]
    peer_duckdb.py --input DIR --case script --tables FILE --query FILE [--threads N] [--runs N] [--output FILE]

The first form is the benchmark `tumbling`. CASE is `scan` (CSV to columns, every value read), `csv`, `memory` or
`parquet` (the whole query from there). FILE is ticks.csv or ticks.parquet, as `cutover stream gen` and `cutover stream
bench tumbling` make them; `memory` takes either and loads it before the clock starts.

The second form answers any query: `--tables` declares tables over the files that lie in DIR, which such files call
`getvariable('data') || '/SUITE/…'`, and `--query` is one SELECT. Its answer goes into a temporary table.

One run more than asked for comes first and is not reported. `--output FILE` writes the rows of the last run as
headerless CSV, NULL as \\N, for comparing.

Each line: {"peer":"duckdb","version",…,"case","threads","run","seconds","rows_out"}; those of `tumbling` also have
"rows_in" and "check": [rows, groups, sum of sums, sum of minima, sum of maxima]. Prices are multiples of 0.25, so
engines agree exactly.
"""

import argparse
import json
import pathlib
import re
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
SCAN = """
SELECT COUNT(*) AS trades, MAX(ts) AS ts, MAX(symbol) AS symbol, MAX(price) AS price, MAX(quantity) AS quantity
FROM {source}
"""
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
    parser.add_argument("--case", choices=["scan", "csv", "memory", "parquet", "script"], required=True)
    parser.add_argument("--tables", type=pathlib.Path)
    parser.add_argument("--query", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--output", type=pathlib.Path)
    options = parser.parse_args()
    if (options.case == "script") != (options.tables is not None and options.query is not None):
        parser.error("--tables and --query belong to the case script")
    if options.case in ("scan", "csv", "parquet") and (options.input.suffix == ".parquet") != (options.case == "parquet"):
        parser.error(f"the case {options.case} does not read {options.input.name}")
    duckdb = import_duckdb()
    connection = duckdb.connect(config={"threads": options.threads, "preserve_insertion_order": False})
    query = prepare(connection, options)
    for run in range(options.runs + 1):
        line = measure(connection, options, query)
        if run:
            print(json.dumps({"peer": "duckdb", "version": duckdb.__version__, "run": run, **line}), flush=True)
    if options.output:
        path = "'" + str(options.output).replace("'", "''") + "'"
        connection.execute(f"COPY answer TO {path} (FORMAT csv, HEADER false, NULLSTR '\\N')")
    return 0


def prepare(connection, options):
    """Declares or loads the tables; gives the query."""
    if options.case == "script":
        # The files lie in one folder, whatever the suite's folder is called.
        tables = re.sub(r"(getvariable\('data'\) \|\| ')/\w+/", r"\1/", options.tables.read_text())
        connection.execute("SET VARIABLE data = '" + str(options.input.resolve()).replace("'", "''") + "'")
        connection.execute(tables)
        return options.query.read_text().rstrip().removesuffix(";")
    table = source(options.input)
    if options.case == "memory":
        connection.execute(f"CREATE TABLE ticks AS SELECT * FROM {table}")
        table = "ticks"
    return (SCAN if options.case == "scan" else QUERY).format(source=table)


def measure(connection, options, query):
    start = time.perf_counter()
    connection.execute(f"CREATE OR REPLACE TEMP TABLE answer AS {query}")
    line = {
        "case": options.case,
        "threads": options.threads,
        "seconds": round(time.perf_counter() - start, 6),
        "rows_out": connection.execute("SELECT COUNT(*) FROM answer").fetchone()[0],
    }
    if options.case == "scan":
        found = connection.execute("FROM answer").fetchone()
        line |= {"rows_in": found[0], "check": [found[0], *map(str, found[1:])]}
    elif options.case != "script":
        found = connection.execute(CHECK).fetchone()
        line |= {"rows_in": found[0], "check": list(found)}
    return {**line, "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


if __name__ == "__main__":
    sys.exit(main())
