#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""compare.py NAME DIR: do the answers of the modes about one fault, as modes_ask() of modes.bash left
them in DIR, contradict one another? Prints a row of the table, and below it each contradiction. 1 where
there is one."""
import json
import pathlib
import sys

HOLDS, FREE, OPEN, UNKNOWN = "holds", "free", "open", "unknown"
CLASSES = {"fault": HOLDS, "blocked": HOLDS, "ok": FREE, "not-applicable": FREE, "not-asked": OPEN, "could-not-tell": UNKNOWN}
STATUS = {"fault": 1, "blocked": 4, "ok": 0, "not-applicable": 0, "not-asked": 3, "could-not-tell": 3}
# What a deeper mode may say more exactly: of the cause on the left, with the word of a package system, a build
# or a signature library.
SHARPER = {
    "headers-missing": {"package-gone", "package-hidden", "key-not-accepted", "repository-unreachable", "packages-locked"},
    "signatures-invalid": {"signatures-recurring"},
    "signatures-unloadable": {"signatures-recurring", "signatures-invalid"},
    "module-missing": {"source-unsuitable"},
}
SHORT = {"not-applicable": "n/a", "could-not-tell": "unknown"}


class Answer:
    def __init__(self, folder, mode):
        self.mode = mode
        self.status = int((folder / f"{mode}.status").read_text())
        self.report = json.loads((folder / f"{mode}.json").read_text())
        self.fault = self.report["faults"][0]
        self.verdict = self.fault["verdict"]
        self.cause = self.fault.get("cause")
        self.kind = CLASSES[self.verdict]
        self.steps = [s["kind"] for s in self.fault.get("steps", [])]
        self.closing = [s["kind"] for s in self.report.get("closing", [])]

    def __str__(self):
        return SHORT.get(self.verdict, self.verdict) + (f" {self.cause}" if self.cause else "")


def agree(first, then):
    """What is wrong with THEN, asked after FIRST of an unchanged system."""
    if first.kind == OPEN:  # only a proof can know, and nothing may be known in its place
        return None
    if first.kind != then.kind:
        return f"{first.mode} says {first}, {then.mode} says {then}"
    if first.kind == HOLDS and first.cause != then.cause and then.cause not in SHARPER.get(first.cause, ()):
        return f"{first.mode} has cause {first.cause}, {then.mode} has {then.cause}"
    if (first.verdict, then.verdict) == ("blocked", "fault"):
        return f"{first.mode} says that only a person ends it, {then.mode} that it can be repaired"
    return None


def repaired(plan, did, look, proof):
    """The repair beside its plan, and what is said after it."""
    wrong = []
    before = did.fault.get("before") or did.fault
    if CLASSES[before["verdict"]] != plan.kind:
        wrong.append(f"--plan says {plan}, the repair found {before['verdict']}")
    if did.steps != plan.steps[: len(did.steps)] or (did.verdict == "ok" and did.steps != plan.steps):
        wrong.append(f"planned {plan.steps}, done {did.steps}")
    if plan.kind == FREE and did.report["changed"]:
        wrong.append("nothing was to be done, and something was changed")
    if plan.verdict == "blocked" and did.verdict != "blocked":
        wrong.append(f"--plan says that only a person ends it, the repair ended with {did}")
    if did.kind == FREE:
        wrong += [f"repaired, and {a.mode} says {a}" for a in (look, proof) if a.kind not in (FREE, OPEN)]
    if did.kind == HOLDS:
        wrong += [f"the repair left {did}, and {a.mode} says {a}" for a in (look, proof) if a.kind not in (HOLDS, OPEN)]
    return wrong


def main():
    name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    modes = [Answer(folder, m) for m in ("check", "prove", "plan", "repair", "check-after", "prove-after")]
    check, prove, plan, repair, look, proof = modes
    wrong = [w for w in (agree(check, prove), agree(check, plan), agree(prove, plan)) if w]
    wrong += repaired(plan, repair, look, proof)
    wrong += [f"{m.mode} says {m} and ends with {m.status}" for m in modes if m.status != STATUS[m.verdict]]
    wrong += [f"{m.mode}: blocked, and no do line" for m in modes if m.verdict == "blocked" and not (m.fault.get("do") or {}).get("text")]
    print(f"{name:38.38} {str(check):30} {str(prove):30} {str(plan):30} {str(repair):30} {look}")
    for w in wrong:
        print(f"    CONTRADICTION: {w}")
    return 1 if wrong else 0


sys.exit(main())
