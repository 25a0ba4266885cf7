#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""claims.py [README.md SECURITY.md]: each row of README's table of claims names a command that is there ("make X" a
goal, "bats N" one file of that number, a unit test or a lint), each row of SECURITY.md's first table a test that make check-all runs,
and every test file SECURITY.md names exists and asserts something (a tool of the tests: exists). A line for each that does not."""
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]


def rows(text, heading):
    """The rows of the first table below HEADING, as cells."""
    part = text.split(heading, 1)[1] if heading in text else ""
    table = re.search(r"(?:^\|.*\n)+", part, re.MULTILINE)
    for line in table.group().splitlines()[2:] if table else []:
        yield [cell.strip() for cell in line.strip("|").split(" | ")]


def goals():
    said = subprocess.run(["make", "-qpRr", "SHELL=/bin/false", ":"], cwd=TOP, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False).stdout
    return set(re.findall(r"^([a-z][a-z-]*):", said, re.MULTILINE))


def bats_file(name):
    """NUMBER, or NUMBER-WORDS as far as it goes."""
    found = sorted((TOP / "tests/bats").glob(f"{name}*.bats" if "-" in name else f"{name}-*.bats"))
    return found[0] if len(found) == 1 else None


def program(word):
    """A unit test, or a lint."""
    name = word.rpartition("/")[2]
    if word.startswith("build/tests/test_"):
        return any((TOP / "tests" / room / f"{name.removeprefix(cut)}.c").exists()
                   for room, cut in (("unit", ""), ("differential", "test_")))
    lints = subprocess.run(["tests/lint/run.sh", "--list"], cwd=TOP, text=True, stdout=subprocess.PIPE, check=True).stdout
    return word.startswith("tests/lint/run.sh ") and word.split()[1] in lints.split()


def readme(text, known):
    claims = list(rows(text, "## What is claimed"))
    if not claims:
        yield "README.md: no table of claims"
    for cells in claims:
        claim, command = cells[0], cells[-1]
        words = re.findall(r"`([^`]+)`", command)
        if not words or len(cells) < 2:
            yield f"README.md: {claim}: no command"
        for word in words:
            kind, _, rest = word.partition(" ")
            if kind == "make" and rest.split()[0] not in known:
                yield f"README.md: {claim}: there is no goal {rest}"
            elif kind != "make" and not program(word) and not bats_file(rest if kind == "bats" else word):
                yield f"README.md: {claim}: `{word}` is not one file of tests/bats"


def asserts(path):
    pattern = {".c": r"assert_|LLVMFuzzerTestOneInput", ".bats": r"@test", ".sh": r"\w", ".bash": r"\w"}.get(path.suffix)
    return path.exists() and ("tools" in path.parts or pattern and re.search(pattern, path.read_text()))


def test_file(word):
    if word.startswith("tests/"):
        return TOP / word
    return TOP / "tests/bats" / word


def security(text):
    for word in sorted(set(re.findall(r"`(tests/[\w./-]+\.\w+|\w[\w-]*\.bats)`", text))):
        if not asserts(test_file(word)):
            yield f"SECURITY.md: {word} is not there, or tests nothing"
    table = list(rows(text, "## Who is not trusted"))
    if not table:
        yield "SECURITY.md: no table of who is not trusted"
    for cells in table:
        named = re.findall(r"`([^`]+)`", cells[-1])
        if not [n for n in named if n.startswith(("tests/unit/", "tests/bats/"))]:
            yield f"SECURITY.md: {cells[0]}: no test that make check-all runs"


def main():
    texts = [pathlib.Path(p).read_text() for p in sys.argv[1:]] or [(TOP / n).read_text() for n in ("README.md", "SECURITY.md")]
    wrong = list(readme(texts[0], goals())) + list(security(texts[1]))
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
