#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Line and branch coverage by room, of each test by itself.

  tests/coverage/coverage.py [--most N] [--keep] [FILE.bats...]        (make coverage)

Builds build/coverage, runs every unit test and, as root, the .bats files named (default: those with the
tag fast), each with counters of its own. Prints a table by room, then the N=25 largest functions that
nothing reached. build/coverage/reached.json has, for tests/mutants, which tests reach which line:
{file: {line: [test]}}. --keep: those of an earlier run count as they are, only what is missing is run.
Status 1 when a test failed, but for those that judge the program's own calls. Not counted: what a process did that was killed, and what runs in a root of
its own, where the counters cannot be left.
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / "build/coverage"
RUNS = BUILD / "runs"
ROOMS = ["installer", "monitor", "repair", "faults", "connector", "packages", "kernels", "host", "accounts",
         "selinux", "kmod-build", "lib"]
UNIT_LIMIT, BATS_LIMIT = 300, 1800  # seconds
# Files with a test that judges the program's own calls or its build, and so meets the counters.
JUDGES_CALLS = {"50-cli", "42-ebpf", "test_fault_scan_restarts"}


def build():
    BUILD.mkdir(parents=True, exist_ok=True)
    dump = BUILD / "exit_dump.o"
    subprocess.run(["gcc", "-O2", "-c", "-o", dump, TOP / "tests/coverage/exit_dump.c"], check=True)
    subprocess.run(["make", "-s", f"-j{os.cpu_count()}", "BUILD=build/coverage", "SAN=--coverage", "CFLAGS=-O0 -g",
                    f"LDFLAGS=-Wl,--wrap=_exit {dump}", "all", "unit-tests", "test-programs"],
                   check=True, cwd=TOP, stdout=subprocess.DEVNULL)


def tests_of(files):
    """Name and command of each test."""
    for source in sorted((TOP / "tests/unit").glob("test_*.c")):
        yield source.stem, ["timeout", str(UNIT_LIMIT), BUILD / "tests" / source.stem]
    for file in files:
        yield pathlib.Path(file).stem, ["timeout", "-k", "10", str(BATS_LIMIT), "unshare", "-m", "--propagation",
                                        "private", "bats", "--tap", file]


def run(name, command):
    """Leaves the counters in RUNS/name; whether the test passed."""
    where = RUNS / name
    shutil.rmtree(where, ignore_errors=True)
    where.mkdir(parents=True)
    where.chmod(0o1777)  # tests take other identities, too
    env = dict(os.environ, GCOV_PREFIX=str(where), SECEP_BUILD=str(BUILD), SECEP_TEST_MOUNTS="private",
               CMOCKA_MESSAGE_OUTPUT="TAP", LC_ALL="C.UTF-8",
               SECEP_COUNTED="1")  # who measures time measures the counters, too
    with open(where / "log", "wb") as log:
        status = subprocess.run(command, cwd=TOP, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log).returncode
    (where / "status").write_text(f"{status}\n")
    return status == 0


def counters(name):
    """gcov's records of what the test reached."""
    data = sorted((RUNS / name).rglob("*.gcda"))
    for file in data:  # gcov looks for the notes beside the counters
        notes = pathlib.Path("/") / file.relative_to(RUNS / name).with_suffix(".gcno")
        beside = file.with_suffix(".gcno")
        if notes.exists() and not beside.exists():
            beside.symlink_to(notes)
    yield from gcov(data)


def gcov(data):
    if not data:
        return
    said = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", *data], cwd=TOP,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    for line in said.splitlines():
        yield from json.loads(line)["files"]


def never_loaded(sums):
    """Of the files that no test so much as linked, each line counts as missed."""
    notes = [f for f in sorted((BUILD / "obj").rglob("*.gcno"))
             if f.relative_to(BUILD / "obj").parts[0] in ROOMS and not any(
                 str(f.relative_to(BUILD / "obj").with_suffix(e)) in sums for e in (".c", ".cc"))]
    yield from gcov(notes)


class Sum:
    """Counts of one source file."""

    def __init__(self):
        self.lines = collections.defaultdict(int)
        self.branches = collections.defaultdict(int)  # (line, index): taken
        self.functions = {}  # name: [first line, last line, calls]

    def add(self, record):
        for line in record["lines"]:
            self.lines[line["line_number"]] += line["count"]
            for i, branch in enumerate(line["branches"]):
                self.branches[line["line_number"], i] += branch["count"]
        for function in record["functions"]:
            at = self.functions.setdefault(function["name"], [function["start_line"], function["end_line"], 0])
            at[2] += function["execution_count"]


def room_of(file):
    path = pathlib.Path(file)
    if path.is_absolute():
        path = path.relative_to(TOP) if path.is_relative_to(TOP) else path
    return str(path), path.parts[0]


def gather(names):
    sums = collections.defaultdict(Sum)
    reached = collections.defaultdict(lambda: collections.defaultdict(list))
    for name in names:
        for record in counters(name):
            file, room = room_of(record["file"])
            if room not in ROOMS:
                continue
            sums[file].add(record)
            for line in record["lines"]:
                if line["count"] and name not in reached[file][line["line_number"]]:
                    reached[file][line["line_number"]].append(name)
    for record in list(never_loaded(sums)):
        file, room = room_of(record["file"])
        if room in ROOMS:
            sums[file].add(record)
    return sums, reached


def share(part, whole):
    return f"{100 * part / whole:5.1f}" if whole else "    -"


def print_table(sums):
    print(f"{'room':12} {'files':>5} {'lines':>6} {'reached':>7} {'%':>5} {'branches':>8} {'taken':>7} {'%':>5}")
    total = [0] * 5
    for room in ROOMS:
        mine = [s for file, s in sums.items() if file.startswith(room + "/")]
        row = [len(mine), sum(len(s.lines) for s in mine), sum(1 for s in mine for c in s.lines.values() if c),
               sum(len(s.branches) for s in mine), sum(1 for s in mine for c in s.branches.values() if c)]
        total = [a + b for a, b in zip(total, row)]
        print_row(room, row)
    print_row("all", total)


def print_row(room, row):
    files, lines, reached, branches, taken = row
    print(f"{room:12} {files:5} {lines:6} {reached:7} {share(reached, lines)} {branches:8} {taken:7} {share(taken, branches)}")


def print_unreached(sums, most):
    missed = sorted(((at[1] - at[0] + 1, file, at[0], name) for file, s in sums.items()
                     for name, at in s.functions.items() if not at[2]), reverse=True)
    print(f"\n{len(missed)} functions that nothing reached" + (", the largest:" if missed else ""))
    for lines, file, at, name in missed[:most]:
        print(f"{lines:5} lines  {file}:{at} {name}()")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--most", type=int, default=25)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    if not options.files and os.getuid() == 0:
        options.files = [str(f) for f in sorted((TOP / "tests/bats").glob("*.bats")) if "_tags=fast" in f.read_text()]
    build()
    names, failed = [], []
    for name, command in tests_of(options.files):
        names.append(name)
        kept = RUNS / name / "status"
        if not (options.keep and kept.exists() and kept.read_text() == "0\n" or run(name, command)):
            expected = name in JUDGES_CALLS
            failed += [] if expected else [name]
            print(f"failed{' (it judges calls)' if expected else ''}: {name} ({RUNS / name / 'log'})", file=sys.stderr)
    sums, reached = gather(names)
    (BUILD / "reached.json").write_text(json.dumps(reached))
    print_table(sums)
    print_unreached(sums, options.most)
    print(f"{len(names)} tests ran, {len(failed)} failed")
    return 1 if failed or not sums else 0


if __name__ == "__main__":
    sys.exit(main())
