#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kinds.py PAGE: each test that PAGE (tests/kinds.md) names is there, and each kind has two members of ours
("+") at least. Prints what is not; 1 where there is something."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
OWN = 2


def missing(file, name):
    path = TOP / file
    if not path.is_file():
        return f"there is no {file}"
    text = path.read_text()
    found = f'@test "{name}' in text if file.endswith(".bats") else re.search(rf"\b{re.escape(name)}\(void \*\*", text)
    return None if found else f"{file} has no test {name}"


page = pathlib.Path(sys.argv[1]).read_text()
wrong = [w for w in (missing(*m) for m in re.findall(r"`((?:bats|unit)/[^`: ]+): ([^`]*)`", page)) if w]
for section in re.split(r"^## ", page, flags=re.M)[1:]:
    rows = [row for row in section.splitlines() if row.startswith("| ") and not row.startswith("| condition")]
    wrong += [f"{section.split()[0]}: no test in {row}" for row in rows if "`" not in row.rsplit("|", 2)[1]]
    if sum(row.startswith("| + ") for row in rows) < OWN:
        wrong.append(f"{section.split()[0]}: fewer than {OWN} members of our own")
print("\n".join(wrong)) if wrong else None
sys.exit(1 if wrong else 0)
