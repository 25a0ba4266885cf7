#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""compare.py [--seed S] [--only I] [--keep] N PROGRAM: the oracle beside secep-repair over N random roots."""
import argparse
import collections
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

import damage_connector
import damage_kernel
import damage_user
import oracle
import policies
import state
from judge_kernel import PROBED

GROUPS = (damage_user.KINDS, damage_connector.KINDS, damage_kernel.KINDS, damage_kernel.SELINUX)
RANK = {"fault": 1, "could-not-tell": 3, "blocked": 4}
ORDER = (1, 3, 4, 0)
ROOM_BYTES = 3 << 30
LIMIT_SECONDS = 60


def work_folder():
    """In memory where that has room: less free than fault 7 asks for would be seen in every root."""
    for top in ("/dev/shm", tempfile.gettempdir()):
        try:
            st = os.statvfs(top)
        except OSError:
            continue
        if st.f_bavail * st.f_frsize > ROOM_BYTES:
            return tempfile.mkdtemp(prefix="secep-oracle.", dir=top)
    return tempfile.mkdtemp(prefix="secep-oracle.")


def make(root, seed, number, made):
    """State NUMBER of SEED: the same root each time, whatever came before it."""
    rng = random.Random(f"{seed}/{number}")
    s = state.State(root, rng, made, PROBED)
    state.healthy(s)
    for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 3, 4])):
        s.log.append(rng.choice(rng.choice(GROUPS))(s))
    return s


def ask(program, root, release, *more):
    done = subprocess.run([program, "--root", root, "--kernel", release, "--all", "--json", *more], capture_output=True, text=True,
                          timeout=LIMIT_SECONDS, check=False, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"})
    return done


def shape(report, status):
    """What holds of every report, whatever the state."""
    for f in report["faults"]:
        wants = f["verdict"] in ("fault", "blocked")
        if wants != bool(f["cause"]):
            yield f["id"], f"verdict {f['verdict']} with cause {f['cause']}", "0.5"
        if f["verdict"] == "blocked" and not (f["do"] or {}).get("text"):
            yield f["id"], "blocked, and nothing says what to do", "0.5"
    ranks = {RANK.get(f["verdict"], 0) for f in report["faults"]}
    want = next(r for r in ORDER if r in ranks | {0})
    if status != want or report["exit"] != want:
        yield 0, f"exit status {status} (and {report['exit']} in the report), not {want}", "0.2"


def judged(report, answers):
    for f in report["faults"]:
        answer = answers[f["id"]]
        if not answer.permits(f["verdict"], f["cause"]):
            cause = f" ({f['cause']})" if f["cause"] else ""
            found = f"{f['verdict']}{cause}: {f['why']}\n      the oracle: {oracle.words(answer)}"
            yield f["id"], found, answer.rules


def modes(report, other):
    """A look and a proof, fault by fault."""
    proved = {f["id"]: f for f in other["faults"]}
    for f in report["faults"]:
        p = proved[f["id"]]
        if "not-asked" not in (f["verdict"], p["verdict"]) and (f["verdict"], f["cause"]) != (p["verdict"], p["cause"]):
            yield f["id"], f"a look says {f['verdict']} ({f['cause']}): {f['why']}\n      a proof {p['verdict']} ({p['cause']}): {p['why']}", "0.4"


def one_state(program, root, s, prove):
    """The disagreements of one root, and the report."""
    answers = oracle.judge(root, {"kernel": s.release})
    done = ask(program, root, s.release, "--check")
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return [(0, f"no report, exit status {done.returncode}: {done.stderr.strip()}", "0.1")], None
    found = list(judged(report, answers)) + list(shape(report, done.returncode))
    if prove:
        more = ask(program, root, s.release, "--check", "--prove")
        found += modes(report, json.loads(more.stdout))
    return found, report


def say(number, s, found, text):
    print(f"state {number}: {'; '.join(s.log)}")
    for fault, what, rules in found:
        print(f"  {fault}: {what}")
        for rule in [rules] if isinstance(rules, str) else rules:
            print(f"      {rule} {text[rule]}")


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("count", type=int)
    p.add_argument("program")
    p.add_argument("--seed", default=str(int(time.time())))
    p.add_argument("--only", type=int, help="this state alone, and keep its root")
    p.add_argument("--prove", action="store_true", help="ask in depth, too, and compare the two depths")
    args = p.parse_args()
    work = work_folder()
    made, refused = policies.compile_all(os.path.join(work, "policies"))
    for line in refused:
        print("a policy this machine's secilc does not take:", line)
    text, bad, verdicts = oracle.sentences(), 0, collections.Counter()
    begun, limit = time.monotonic(), [args.only] if args.only is not None else range(args.count)
    for number in limit:
        root = os.path.join(work, "root")
        s = make(root, args.seed, number, made)
        found, report = one_state(args.program, root, s, args.prove)
        for f in report["faults"] if report else []:
            verdicts[f"{f['id']} {f['verdict']}" + (f" {f['cause']}" if f["cause"] else "")] += 1
        if found:
            bad += 1
            say(number, s, found, text)
        if args.only is None:
            shutil.rmtree(root)
    seconds = time.monotonic() - begun
    if args.only is None:
        shutil.rmtree(work)
    else:
        print("the root is", work + "/root")
    if os.environ.get("SECEP_ORACLE_VERBOSE"):
        for what, n in sorted(verdicts.items(), key=lambda v: (int(v[0].split()[0]), v[0])):
            print(f"{n:6}  {what}")
    print(f"oracle: seed {args.seed}, {len(limit)} states, {bad} with a disagreement, {len(verdicts)} different answers seen, {seconds:.1f} s")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
