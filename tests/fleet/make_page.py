#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make_page.py ANSIBLE HOSTS FILE: the report's page with HOSTS hosts, mixed by a fixed seed.

Host 0 is hostile in every text; host 1 answered with no fault at all, which is not clear; host 2 did
not answer."""
import random
import sys

sys.path.insert(0, sys.argv[1] + "/plugins/modules")
import secep_report  # noqa: E402

SLUGS = {5: "scan-user", 6: "scan-restarts", 7: "scan-start", 8: "file-monitor", 9: "network-monitor",
         11: "kernel-headers", 16: "kernel-compat", 18: "event-overload", 19: "selinux-policy"}
CAUSES = {5: "group-missing", 6: "crash-loop", 7: "disk-low", 8: "module-stale", 9: "headers-wrong", 11: "headers-missing",
          16: "kernel-too-new", 18: "busy-verified", 19: "module-missing"}
VERDICTS = ["ok"] * 40 + ["fault", "blocked", "could-not-tell", "not-applicable", "not-asked"]
MARKUP = "</script><img src=x onerror=\"document.title='taken'\"><b>bold</b>"
NOW = 1795368400
chance = random.Random(7)


def fault(number, slug, n):
    verdict, hostile = ("blocked" if n == 0 else chance.choice(VERDICTS)), n == 0
    bad = verdict in ("fault", "blocked")
    return dict(id=number, slug=slug, verdict=verdict, cause=(MARKUP if hostile else CAUSES[number]) if bad else None,
                why=MARKUP if hostile else "a sentence about " + slug, evidence=[dict(what="/etc/passwd", found=MARKUP if hostile else "absent", expected="a line")],
                notes=[], next_boot=MARKUP if hostile else "6.18.0-1-amd64" if number == 16 and n % 50 == 3 else None,
                do=dict(kind="command", text=MARKUP if hostile else "secep-repair --fault %d --offline DIR" % number) if verdict == "blocked" else None, steps=[])


def host(n):
    if n == 2:
        return dict(host="host0002", secep=None, error=MARKUP)
    faults = [] if n == 1 else [fault(i, s, n) for i, s in SLUGS.items()]
    return dict(host=MARKUP if n == 0 else "host%04d" % n, error=None,
                secep=dict(faults=faults, kernel=MARKUP if n == 0 else "6.1.0-%d-amd64" % (50 + n % 6), runs=[dict(run="r", time=NOW - 86400 * (n % 28), exit=0, steps=[])]))


with open(sys.argv[1] + "/playbooks/files/report.html", encoding="utf-8") as page, open(sys.argv[3], "w", encoding="utf-8") as out:
    secep_report.write_page(out, page.read(), (host(n) for n in range(int(sys.argv[2]))), NOW)
