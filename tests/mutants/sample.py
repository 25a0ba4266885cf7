#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""sample.py [--seed N] [--count N] [--at FILE:LINE] [ROOM...]: make mutants, after make coverage.

COUNT=40 mutations of the rooms (faults, repair, monitor), drawn by the seed printed, each of a line that the
tests of build/coverage/reached.json reach; each is built, and the tests that reach its line run, unit tests
first. One that no test notices is a survivor: it stands in tests/mutants/survivors with why it may, or it is
a failure. --at: all mutations of a line. Status 1 where a survivor is not explained."""
import argparse
import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import time

import mutate
import tree

HERE = pathlib.Path(__file__).resolve().parent
REACHED = tree.TOP / "build/coverage/reached.json"
LIMITS = {"unit": 120, "bats": 900}  # seconds
PATIENCE = 5  # a mutation that hangs a test was noticed: so many times its own time, and 20 s


def kind_of(test):
    return "unit" if (tree.TOP / f"tests/unit/{test}.c").exists() else "bats"


class Tests:
    """The tests by name: how long each takes where nothing is changed, None where it does not pass."""

    def __init__(self):
        self.took = {}

    def run(self, name, limit):
        if kind_of(name) == "bats":
            passed, failed, planned, _ = tree.bats(f"tests/bats/{name}.bats", int(limit))
            return bool(passed) and not failed and planned is not None
        return subprocess.run(["timeout", "-k", "5", str(int(limit)), f"build/tests/{name}"], cwd=tree.TREE, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def passes_unchanged(self, name):
        if name not in self.took:
            begun = time.monotonic()
            ok = self.run(name, LIMITS[kind_of(name)])
            self.took[name] = time.monotonic() - begun if ok else None
        return self.took[name] is not None

    def notices(self, name):
        return not self.run(name, min(LIMITS[kind_of(name)], PATIENCE * self.took[name] + 20))


def candidates(reached, rooms):
    """File, line number, new line, tests; and the number of lines nothing reaches is coverage's to tell."""
    for file in sorted(reached):
        if file.split("/")[0] not in rooms or not file.endswith(".c"):
            continue
        lines = (tree.TOP / file).read_text().splitlines()
        for number, tests in sorted(reached[file].items(), key=lambda x: int(x[0])):
            if int(number) <= len(lines):
                for new in mutate.of_line(lines[int(number) - 1]):
                    yield file, int(number), new, tests


def explained():
    """survivors: FILE | OLD LINE | NEW LINE | WHY."""
    known = {}
    for line in (HERE / "survivors").read_text().splitlines():
        if line and not line.startswith("#"):
            file, old, new, why = (part.strip() for part in line.split(" | ", 3))
            known[file, old, new] = why
    return known


def goals(tests):
    programs = [f"build/tests/{t}" for t in tests if kind_of(t) == "unit"]
    return programs + (["all", "test-programs"] if len(programs) < len(tests) else [])


def judge(tests, file, number, new, reaching):
    """killed by TEST, does not build, survived, or no test to ask."""
    order = sorted((t for t in reaching if tests.passes_unchanged(t)), key=lambda t: (kind_of(t), tests.took[t]))
    if not order:
        return "nobody to ask"
    lines = (tree.TOP / file).read_text().splitlines()
    lines[number - 1] = new
    with tree.Changed(file, "\n".join(lines) + "\n"):
        for part in [t for t in order if kind_of(t) == "unit"], [t for t in order if kind_of(t) == "bats"]:
            if part and not tree.make(*goals(part)):
                return "does not build"
            for test in part:
                if tests.notices(test):
                    return f"killed by {test}"
    # the next one begins with what is built as it was
    return "survived"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--at")
    parser.add_argument("rooms", nargs="*", default=["faults", "repair", "monitor"])
    options = parser.parse_args()
    if not REACHED.exists():
        sys.exit("sample.py: run make coverage first")
    found = list(candidates(json.loads(REACHED.read_text()), options.rooms or ["faults", "repair", "monitor"]))
    if options.at:
        drawn = [c for c in found if f"{c[0]}:{c[1]}" == options.at]
    else:
        drawn = random.Random(options.seed).sample(found, min(options.count, len(found)))
    print(f"seed {options.seed}: {len(drawn)} of {len(found)} mutations", flush=True)
    tree.prepare("all", "unit-tests", "test-programs")
    tests, known, counts, bad = Tests(), explained(), collections.Counter(), 0
    for file, number, new, reaching in drawn:
        verdict = judge(tests, file, number, new, reaching)
        old = (tree.TOP / file).read_text().splitlines()[number - 1]
        counts[verdict.split(" by ")[0]] += 1
        if verdict == "survived":
            why = known.get((file, old.strip(), new.strip()))
            bad += why is None
            verdict += f": {why}" if why else ", not explained"
        print(f"{file}:{number}: {verdict}\n    - {old.strip()}\n    + {new.strip()}", flush=True)
    print(", ".join(f"{n} {what}" for what, n in sorted(counts.items())) + f"; {bad} survivors not explained")
    return 1 if bad or not counts["killed"] and not options.at else 0


if __name__ == "__main__":
    if os.getuid() != 0:
        sys.exit("sample.py: run as root (the tests make roots of their own)")
    sys.exit(main())
