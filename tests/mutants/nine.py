#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""nine.py [PATCH...]: make mutants-nine, as root.

Each patch of tests/mutants/nine changes one line of one fault and says in its first line which scenarios of
scenarios.bats it makes fail ("fails: fault 5"): exactly these. Before all of them the scenarios pass. A
patch that does not apply any more, or that changes more than a line, is a failure. Status 1 where one is."""
import os
import pathlib
import re
import subprocess
import sys

import tree

HERE = pathlib.Path(__file__).resolve().parent
SCENARIOS = "tests/mutants/scenarios.bats"
LIMIT = 1200  # seconds for the nine


def patched(patch):
    """The file and its new text; None where the patch does not apply."""
    text = patch.read_text()
    file = re.search(r"^\+\+\+ b/(\S+)$", text, re.MULTILINE).group(1)
    changes = re.findall(r"^([+-])(?![+-]{2} )", text, re.MULTILINE)
    if changes != ["-", "+"]:
        return None
    said = subprocess.run(["patch", "-s", "-p1", "-F0", "-o", "-", "-i", patch], cwd=tree.TREE, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return (file, said.stdout) if said.returncode == 0 else None


def try_patch(patch):
    """What is wrong, None: the scenarios that should fail, and no other."""
    wanted = re.match(r"fails: (.*)", patch.read_text()).group(1).split(", ")
    change = patched(patch)
    if not change:
        return "does not apply, or is not one line"
    with tree.Changed(*change):
        if not tree.make("all", "build/tests/faultlab"):
            return "does not build"
        passed, failed, planned, said = tree.bats(SCENARIOS, LIMIT)
    if planned != len(passed) + len(failed):
        return f"{planned} scenarios, {len(passed)} passed, {len(failed)} failed\n{said}"
    if failed != wanted:
        return f"{', '.join(failed) or 'nothing'} failed, and {', '.join(wanted)} should\n{said if set(failed) - set(wanted) else ''}"
    return None


def main():
    patches = [pathlib.Path(p).resolve() for p in sys.argv[1:]] or sorted((HERE / "nine").glob("*.patch"))
    tree.prepare("all", "test-programs")
    passed, failed, planned, said = tree.bats(SCENARIOS, LIMIT)
    if failed or planned != len(passed):
        print(f"the scenarios do not pass as they are\n{said}")
        return 1
    print(f"{len(passed)} scenarios pass", flush=True)
    wrong = 0
    for patch in patches:
        problem = try_patch(patch)
        wrong += problem is not None
        print(f"{'ok' if problem is None else 'not ok':6} {patch.stem}{': ' + problem if problem else ''}", flush=True)
    print(f"{len(patches)} mutations, {len(patches) - wrong} made exactly the scenarios fail that should, {wrong} did not")
    return 1 if wrong or not patches else 0


if __name__ == "__main__":
    if os.getuid() != 0:
        sys.exit("nine.py: run as root (the scenarios make roots of their own)")
    sys.exit(main())
