#!/usr/bin/env python3
"""The stream benchmarks on Apache Flink: one line of JSON a run.

    peer_flink.py --input ticks.csv [--parallelism N] [--runs N] [--output DIR]
    peer_flink.py --script SCRIPT.sql [--parallelism N] [--runs N] [--output DIR]

The first form is the benchmark `tumbling`: tumbling.sql with that input. The second form takes any script with one
INSERT INTO a table whose connector is blackhole. The statements run inside one Java process, the INSERT once more than
asked for; the first run warms up and is not reported. `seconds` is the job's time, from submission to its end, without
the start of Java. With --output DIR one further run writes the rows there as CSV, NULL as \\N; the others write nowhere.

Each line: {"peer":"flink","version","case","parallelism","run","seconds"}. With --output the last line has
"case":"check" and "rows_out"; that of `tumbling` also has `check` as in peer_duckdb.py.
"""

import argparse
import csv
import importlib.machinery
import importlib.util
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RUN = ROOT / "scripts" / "flink" / "run"
SINK = re.compile(r"'connector'\s*=\s*'blackhole'")
CREATE = re.compile(r"(CREATE\s+(?:TEMPORARY\s+)?TABLE\s+)`?(\w+)`?", re.I)
INSERT = re.compile(r"(INSERT\s+INTO\s+)`?(\w+)`?", re.I)


def split(text):
    """The script's statements, as scripts/flink/run sees them."""
    loader = importlib.machinery.SourceFileLoader("flink_run", str(RUN))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("flink_run", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module.statements(text)


def statements(options):
    """What declares, the table that is written, and the INSERT."""
    if options.script:
        texts = split(options.script.read_text())
    else:
        path = quoted(options.input.resolve())
        text = (HERE / "tumbling.sql").read_text()
        texts = split(re.sub(r"'path' = '[^']*'", lambda _: f"'path' = {path}", text))
    inserts = [text for text in texts if INSERT.match(text)]
    sinks = [text for text in texts if CREATE.match(text) and SINK.search(text)]
    if len(inserts) != 1 or len(sinks) != 1:
        sys.exit("peer_flink.py: the script needs one INSERT and one table with the connector blackhole")
    return [text for text in texts if text not in inserts], sinks[0], inserts[0]


def quoted(path):
    return "'" + str(path).replace("'", "''") + "'"


def script(options, folder):
    """The statements as a script: the query as often as wanted, then once into files."""
    declarations, sink, insert = statements(options)
    texts = declarations + [insert] * (options.runs + 1)
    if options.output:
        files = (
            f"'connector' = 'filesystem', 'format' = 'csv', 'csv.null-literal' = '\\N', "
            f"'path' = {quoted(options.output.resolve())}"
        )
        texts.append(CREATE.sub(lambda _: "CREATE TABLE kept", SINK.sub(lambda _: files, sink), count=1))
        texts.append(INSERT.sub(lambda _: "INSERT INTO kept", insert, count=1))
        shutil.rmtree(options.output, ignore_errors=True)
    file = pathlib.Path(folder) / "script.sql"
    file.write_text(";\n".join(texts))
    return file


def check(folder, is_tumbling):
    rows = groups = 0
    total = least = most = 0.0
    for file in folder.iterdir():
        if file.name[0] in "._":
            continue
        with file.open(newline="") as lines:
            for fields in csv.reader(lines):
                groups += 1
                if is_tumbling:
                    rows += int(fields[2])
                    total += float(fields[3])
                    least += float(fields[5])
                    most += float(fields[6])
    report = {"peer": "flink", "version": "2.3.0", "case": "check", "rows_out": groups}
    return {**report, "check": [rows, groups, total, least, most]} if is_tumbling else report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--input", type=pathlib.Path)
    what.add_argument("--script", type=pathlib.Path)
    parser.add_argument("--parallelism", type=int, default=1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--output", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # Flink's own default; a watermark after every row, which comparisons need, costs it several times as much.
        interval = ["--set", "pipeline.auto-watermark-interval=200 ms"]
        command = [RUN, script(options, folder), "--parallelism", str(options.parallelism), *interval]
        finished = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in finished.stdout.splitlines()]
    if finished.returncode:
        print(json.dumps(lines[-1] if lines else {"error": "Flink did not start"}), file=sys.stderr)
        return finished.returncode
    inserts = [line for line in lines if line["kind"] == "INSERT"]
    case = "script" if options.script else "csv"
    for run, line in enumerate(inserts[1 : options.runs + 1], start=1):
        report = {"peer": "flink", "version": "2.3.0", "case": case, "parallelism": options.parallelism, "run": run}
        print(json.dumps({**report, "seconds": line["ms"] / 1000}))
    if options.output:
        print(json.dumps(check(options.output, not options.script)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
