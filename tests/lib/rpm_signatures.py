#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The signatures of a .rpm, as no rpmsign would put them.

rpm_signatures.py header FILE             what a signature covers, to standard output
rpm_signatures.py put FILE [TAG=SIG...]   its entries 267 (DSA) and 268 (RSA) replaced by these, in order
"""
import struct
import sys

LEAD, INTRO, ENTRY, BIN = 96, 16, 16, 7


def header(data, at):
    """Where the header at AT has its entries, its store and its end."""
    entries, store = struct.unpack(">II", data[at + 8:at + 16])
    begin = at + INTRO + entries * ENTRY
    return [struct.unpack(">4I", data[i:i + ENTRY]) for i in range(at + INTRO, begin, ENTRY)], data[begin:begin + store], begin + store


def main(what, path, *wanted):
    data = open(path, "rb").read()
    entries, store, end = header(data, LEAD)
    rest = data[LEAD + (end - LEAD + 7 & ~7):]
    if what == "header":
        sys.stdout.buffer.write(rest[:header(rest, 0)[2]])
        return
    entries = [e for e in entries if e[0] not in (267, 268)]
    for tag, name in (w.split("=", 1) for w in wanted):
        signature = open(name, "rb").read()
        entries.append((int(tag), BIN, len(store), len(signature)))
        store += signature
    made = data[LEAD:LEAD + 8] + struct.pack(">II", len(entries), len(store)) + b"".join(struct.pack(">4I", *e) for e in entries) + store
    with open(path, "wb") as out:
        out.write(data[:LEAD] + made + bytes(-len(made) % 8) + rest)


main(*sys.argv[1:])
