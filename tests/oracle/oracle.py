#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""oracle.py ROOT --kernel RELEASE: the answers that tests/oracle/conditions.md permits, a line a fault."""
import argparse
import os
import re

import judge_connector
import judge_kernel
import judge_selinux
import judge_user
from tree import Tree

JUDGES = (judge_user, judge_connector, judge_kernel, judge_selinux)
HERE = os.path.dirname(os.path.abspath(__file__))


def judge(root, state):
    tree, answers = Tree(root), {}
    for j in JUDGES:
        answers.update(j.judge(tree, state))
    return answers


def sentences():
    with open(os.path.join(HERE, "conditions.md"), encoding="utf-8") as f:
        return dict(re.findall(r"^- ([0-9G]+\.[0-9]+) (.*)$", f.read(), re.M))


def words(answer):
    return ", ".join(sorted(v + (f" ({c})" if c else "") for v, c in answer.allowed))


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("root")
    p.add_argument("--kernel", required=True)
    args = p.parse_args()
    text = sentences()
    for fault, answer in sorted(judge(args.root, {"kernel": args.kernel}).items()):
        print(f"{fault:3}  {words(answer)}")
        for rule in answer.rules:
            print(f"       {rule} {text[rule]}")


if __name__ == "__main__":
    main()
