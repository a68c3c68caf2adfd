#!/usr/bin/env python3
"""Answers an example script's question with DuckDB, and compares a run's output with the answer.

    oracle.py NAME [--data DIR] [--output FILE]     writes the answer as headerless CSV (NULL is NA)
    oracle.py NAME [--data DIR] --compare FOLDER…   compares it with the CSV files of each sink's folder

NAME is an example's name under Examples/stream without the suffix (flights-hourly, nexmark/q5); its query
is duckdb/NAME.sql, its tables are in duckdb/tables-flights.sql or duckdb/tables-nexmark.sql. DIR is the data
folder (default data), which holds flights/ and nexmark/. A comparison prints one JSON object a folder; the exit
status is 0 for equal multisets of rows (DOUBLE within 1e-9 relative), 1 for different ones, 2 for wrong use.

DuckDB comes from `scripts/install-peers duckdb`, or from wherever Python finds it.
"""

import argparse
import collections
import json
import math
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def import_duckdb():
    # The folder duckdb beside this file would pass for the module.
    sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != HERE]
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


def quoted(text):
    return "'" + str(text).replace("'", "''") + "'"


def answer(duckdb, name, data, threads):
    """A connection that holds the answer as table `answer`."""
    connection = duckdb.connect(config={"threads": threads})
    connection.execute(f"SET VARIABLE data = {quoted(data)}")
    tables = "tables-nexmark.sql" if name.startswith("nexmark/") else "tables-flights.sql"
    connection.execute((HERE / "duckdb" / tables).read_text())
    query = (HERE / "duckdb" / f"{name}.sql").read_text().rstrip().removesuffix(";")
    connection.execute(f"CREATE TABLE answer AS {query}")
    return connection


def read_result(connection, folder):
    """The sink's rows as table `result`, with the answer's types."""
    files = [folder] if folder.is_file() else visible_files(folder)
    types = connection.execute("DESCRIBE answer").fetchall()
    columns = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind, *_ in types)
    if not any(file.stat().st_size for file in files):
        connection.execute("CREATE OR REPLACE TABLE result AS SELECT * FROM answer LIMIT 0")
        return
    paths = "[" + ", ".join(quoted(file) for file in files) + "]"
    connection.execute(
        f"CREATE OR REPLACE TABLE result AS SELECT * FROM read_csv({paths}, columns = {{{columns}}}, header = false,"
        " auto_detect = false, nullstr = 'NA', quote = '\"', escape = '\"', delim = ',')"
    )


def visible_files(folder):
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file() and not any(part[0] in "._" for part in file.relative_to(folder).parts)
    )


def compare(connection):
    """Counts of equal, missing, surplus and differing rows, with up to five examples of each."""
    expected = connection.execute("SELECT * FROM answer").fetchall()
    actual = connection.execute("SELECT * FROM result").fetchall()
    rest = collections.Counter(expected)
    rest.subtract(actual)
    missing = sorted((row for row, count in rest.items() for _ in range(count)), key=order)
    extra = sorted((row for row, count in rest.items() for _ in range(-count)), key=order)
    missing, extra = without_close(missing, extra)
    return {
        "expected": len(expected),
        "actual": len(actual),
        "matched": len(expected) - len(missing),
        "missing": len(missing),
        "extra": len(extra),
        "examples": {
            "missing": [printable(row) for row in missing[:5]],
            "extra": [printable(row) for row in extra[:5]],
        },
    }


def order(row):
    """Exact columns first, so that rows which differ by rounding only stand at the same place."""
    exact = [(value is not None, str(value)) for value in row if not isinstance(value, float)]
    return exact, [value for value in row if isinstance(value, float)]


def without_close(missing, extra):
    """Takes out pairs of rows that are equal but for rounding."""
    by_exact = collections.defaultdict(list)
    for row in extra:
        by_exact[str(order(row)[0])].append(row)
    left = []
    for row in missing:
        candidates = by_exact[str(order(row)[0])]
        match = next((other for other in candidates if is_close(row, other)), None)
        if match is None:
            left.append(row)
        else:
            candidates.remove(match)
    return left, [row for rows in by_exact.values() for row in rows]


def is_close(left, right):
    return all(
        math.isclose(a, b, rel_tol=1e-9) or (math.isnan(a) and math.isnan(b))
        if isinstance(a, float) and isinstance(b, float)
        else a == b
        for a, b in zip(left, right, strict=True)
    )


def printable(row):
    return [value if isinstance(value, (int, float, bool, type(None))) else str(value) for value in row]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "data")
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("--compare", type=pathlib.Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    if not (HERE / "duckdb" / f"{options.name}.sql").is_file():
        parser.error(f"there is no query for {options.name}")
    connection = answer(import_duckdb(), options.name, options.data.resolve(), options.threads)
    if options.output:
        connection.execute(
            f"COPY answer TO {quoted(options.output)} (FORMAT csv, HEADER false, NULLSTR 'NA')"
        )
    if options.compare is None:
        rows = connection.execute("SELECT COUNT(*) FROM answer").fetchone()[0]
        print(json.dumps({"name": options.name, "expected": rows}))
        return 0
    status = 0
    for folder in options.compare:
        read_result(connection, folder)
        report = compare(connection)
        print(json.dumps({"name": options.name, "folder": str(folder), **report}))
        if report["missing"] or report["extra"]:
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
