#!/usr/bin/env python3
"""The benchmark `tumbling` on Apache Flink: one line of JSON a run.

    peer_flink.py --input ticks.csv [--parallelism N] [--runs N] [--output DIR]

Runs tumbling.sql inside one Java process, one run more than asked for; the first one warms up and is not reported.
`seconds` is the job's time, from submission to its end, without the start of Java. With --output DIR one further run
writes the groups there as CSV, and its line has `check` as in peer_duckdb.py; the others write nowhere.

Each line: {"peer":"flink","version","case":"csv","parallelism","run","seconds"}.
"""

import argparse
import csv
import json
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SINK = "'connector' = 'blackhole'"


def statements(options):
    """tumbling.sql's three statements, with the input's path."""
    text = re.sub(r"--[^\n]*", "", (HERE / "tumbling.sql").read_text())
    path = str(options.input.resolve()).replace("'", "''")
    text = re.sub(r"'path' = '[^']*'", lambda _: f"'path' = '{path}'", text)
    return [statement.strip() for statement in text.split(";") if statement.strip()]


def script(options, folder):
    """The statements as a script: the query as often as wanted, then once into files."""
    ticks, minutes, insert = statements(options)
    texts = [ticks, minutes] + [insert] * (options.runs + 1)
    if options.output:
        path = str(options.output.resolve()).replace("'", "''")
        sink = f"'connector' = 'filesystem', 'format' = 'csv', 'path' = '{path}'"
        texts.append(minutes.replace("TABLE minutes", "TABLE kept").replace(SINK, sink))
        texts.append(insert.replace("INTO minutes", "INTO kept"))
        shutil.rmtree(options.output, ignore_errors=True)
    file = pathlib.Path(folder) / "tumbling.sql"
    file.write_text(";\n".join(texts))
    return file


def check(folder):
    rows = groups = 0
    total = least = most = 0.0
    for file in folder.iterdir():
        if file.name[0] in "._":
            continue
        with file.open(newline="") as lines:
            for fields in csv.reader(lines):
                groups += 1
                rows += int(fields[2])
                total += float(fields[3])
                least += float(fields[5])
                most += float(fields[6])
    return [rows, groups, total, least, most]


def main():
    import tempfile

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--input", type=pathlib.Path, required=True)
    parser.add_argument("--parallelism", type=int, default=1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--output", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [ROOT / "scripts" / "flink" / "run", script(options, folder), "--parallelism", str(options.parallelism)]
        finished = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in finished.stdout.splitlines()]
    if finished.returncode:
        print(json.dumps(lines[-1] if lines else {"error": "Flink did not start"}), file=sys.stderr)
        return finished.returncode
    inserts = [line for line in lines if line["kind"] == "INSERT"]
    for run, line in enumerate(inserts[1 : options.runs + 1], start=1):
        report = {"peer": "flink", "version": "2.3.0", "case": "csv", "parallelism": options.parallelism, "run": run}
        print(json.dumps({**report, "seconds": line["ms"] / 1000}))
    if options.output:
        print(json.dumps({"peer": "flink", "version": "2.3.0", "case": "check", "check": check(options.output)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
