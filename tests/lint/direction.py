#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Includes and calls against the order of the rooms, and circles of files.

  tests/lint/direction.py [BUILD]      (default build; its archives are read with nm)

An include is judged by its text, a call by the symbols of the built objects. Rooms on one rank do
not know each other. A circle of files within a room is a fault unless the header of one of them
has a line "Circle: why".
"""
import collections
import os
import re
import subprocess
import sys

RANKS = [
    ["installer", "monitor"],
    ["repair"],
    ["faults"],
    ["connector"],
    ["packages"],
    ["kernels", "host", "accounts", "selinux", "kmod-build"],
    ["lib"],
]
RANK = {room: i for i, rooms in enumerate(RANKS) for room in rooms}


def room_of(path):
    return path.split("/", 1)[0]


def against(user, used):
    a, b = room_of(user), room_of(used)
    return a in RANK and b in RANK and a != b and RANK[b] <= RANK[a]


def sources():
    out = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard",
                          "*.c", "*.h", "*.cc"], stdout=subprocess.PIPE, check=True)
    for path in out.stdout.decode().split():
        if room_of(path) in RANK and os.path.exists(path):
            yield path


def includes(complaints):
    for path in sources():
        with open(path, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                m = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
                if m and against(path, m.group(1)):
                    complaints.append("%s:%d: includes %s, a room above or beside it"
                                      % (path, number, m.group(1)))


def symbols(build):
    """{object: (defined, wanted)} of every room, plug-in objects included."""
    found = {}
    for room in RANK:
        top = os.path.join(build, "obj", room)
        for folder, _, names in os.walk(top):
            for name in names:
                if not name.endswith(".o"):
                    continue
                path = os.path.join(folder, name)
                base = os.path.relpath(path, os.path.join(build, "obj"))[:-2]
                if not (os.path.exists(base + ".c") or os.path.exists(base + ".cc")):
                    continue  # left over from a file that was moved
                out = subprocess.run(["nm", "-g", path], stdout=subprocess.PIPE, check=True)
                defined, wanted = set(), set()
                for line in out.stdout.decode().splitlines():
                    kind, symbol = line.split()[-2:]
                    (wanted if kind in "Uwv" else defined).add(symbol)
                found[base] = (defined, wanted)
    return found


def calls(build, complaints):
    found = symbols(build)
    owner = {s: o for o, (defined, _) in found.items() for s in defined if not s.startswith("_")}
    graph = collections.defaultdict(set)
    for obj, (_, wanted) in found.items():
        for symbol in wanted:
            target = owner.get(symbol)
            if target is None or target == obj:
                continue
            if against(obj, target):
                complaints.append("%s: uses %s of %s, a room above or beside it"
                                  % (obj, symbol, target))
            elif room_of(obj) == room_of(target):
                graph[obj].add(target)
    return found, graph


def circles(objects, graph):
    """Tarjan's strongly connected components of more than one file."""
    index, low, stack, on, out, counter = {}, {}, [], set(), [], [0]

    def visit(v):
        index[v] = low[v] = counter[0]
        counter[0] += 1
        stack.append(v)
        on.add(v)
        for w in graph[v]:
            if w not in index:
                visit(w)
                low[v] = min(low[v], low[w])
            elif w in on:
                low[v] = min(low[v], index[w])
        if low[v] == index[v]:
            part = []
            while not part or part[-1] != v:
                part.append(stack.pop())
                on.discard(part[-1])
            if len(part) > 1:
                out.append(sorted(part))

    for v in sorted(objects):
        if v not in index:
            visit(v)
    return out


def explained(part):
    for base in part:
        header = base + ".h"
        if os.path.exists(header):
            with open(header, encoding="utf-8") as f:
                if "Circle:" in f.read():
                    return True
    return False


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    complaints = []
    includes(complaints)
    found, graph = calls(build, complaints)
    if not found:
        complaints.append("%s: nothing is built there, so no call was looked at" % build)
    for part in circles(found, graph):
        if not explained(part):
            complaints.append("a circle of files: %s" % ", ".join(part))
    for line in complaints:
        print(line)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
