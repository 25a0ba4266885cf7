# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults 8, 9, 11 and 16: the monitors and what they need of the kernel."""
import os
import re

from judge_connector import DAEMON, connector, either, gate, gated, version
from judge_needs import BCC, CORE, listed, needs, option
from tree import Answers, crossed

MONITOR = ("module-missing", "module-stale", "module-not-loaded", "module-blacklisted", "secure-boot",
           "lockdown-confidentiality", "probes-off", "conflicting-module", "symbols-missing", "kernel-lacks", "source-unsuitable",
           "build-tools-missing", "connector-too-old")
COMPAT = "/etc/secep/kernel-compat.conf"
SHIPPED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../data/kernel-compat.conf")
PROBED = [name for names in CORE.values() for name in names]


def config_has(tree, release, option):
    """True, False, or None where the kernel's configuration is not there."""
    for path in (f"/boot/config-{release}", f"/lib/modules/{release}/config", f"/lib/modules/{release}/build/.config"):
        text = tree.text(path)
        if text is not None:
            return any(line.rstrip() == option + "=y" for line in text.splitlines())
    return None


def says_no(tree, release):
    text = tree.text(f"/boot/config-{release}") or ""
    for option in ("BPF_SYSCALL", "KPROBES", "BPF_EVENTS", "KPROBE_EVENTS"):
        lines = [l for l in text.splitlines() if re.match(rf"^(# )?CONFIG_{option}[ =]", l)]
        if lines and lines[-1] != f"CONFIG_{option}=y":
            return True
    return False


def monitor(tree, words, release, which):
    on, a = gated(words)
    if not on:
        return a
    have = listed(tree, release)
    answers, _ = needs(tree, release, [which])
    sure = all(option(tree, release, o) == "y" for o in ("BPF_EVENTS", "KPROBE_EVENTS"))
    if says_no(tree, release):
        a.rules.append("8.2")
    elif have is not None and not have & set(CORE[which] + BCC[which]):
        a.add("blocked", "symbols-missing", "8.3")
        return a.add("could-not-tell", None, "0.6") if crossed(tree, DAEMON) else a
    elif sure and have is not None:
        if "lack" in answers:
            a.add("blocked", "kernel-lacks", "8.4")
        if "met" in answers:
            a.add("ok", None, "8.4")
        if "untold" in answers or crossed(tree, DAEMON):
            a.add("could-not-tell", None, "16.6")
        return a
    else:
        a.add("ok", None, "8.1").add("not-asked")
    a.add("could-not-tell")
    for cause in MONITOR:
        a.add("fault", cause).add("blocked", cause)
    return a


# 11

def header_tree(tree, release):
    """The folder of the headers where the link does not lead to it."""
    for path in (f"/usr/src/linux-headers-{release}", f"/usr/src/kernels/{release}"):
        if tree.is_dir(path):
            return path
    return None


def headers(tree, release):
    """Answers for a kernel that needs headers; None where all of them are there."""
    build = f"/lib/modules/{release}/build"
    a = Answers()
    if not tree.is_dir(build):
        if header_tree(tree, release):
            a.add("fault", "link-missing", "11.4")
            if tree.there(build):
                a.add("fault", "headers-missing", "11.3").add("blocked", "headers-missing")
            spare = trouble(tree, header_tree(tree, release), release)
            if spare:  # what is there is not whole, or not this kernel's
                merge(a, spare).add("fault", "headers-missing", "11.3").add("blocked", "headers-missing")
            return a
        a.add("fault", "headers-missing", "11.3").add("blocked", "headers-missing")
        if not tree.is_dir(f"/lib/modules/{release}"):
            a.add("could-not-tell")
        return a
    return trouble(tree, build, release)


def trouble(tree, folder, release):
    a = Answers()
    text = tree.text(folder + "/include/generated/utsrelease.h")
    names = re.findall(r'^\s*#\s*define\s+UTS_RELEASE\s+"([^"]*)"', text or "", re.M)
    if text is None:
        a.add("fault", "headers-incomplete", "11.6").add("fault", "headers-wrong", "11.5")
    elif len(set(names)) != 1:
        a.add("fault", "headers-wrong", "11.5").add("fault", "headers-incomplete").add("could-not-tell")
    elif names[0] != release:
        a.add("fault", "headers-wrong", "11.5")
    if not tree.is_file(folder + "/Module.symvers") or not tree.is_file(folder + "/include/generated/autoconf.h") \
            or not tree.is_dir(folder + "/scripts"):
        a.add("fault", "headers-incomplete", "11.6")
    return a if a.allowed else None


def merge(a, b):
    for verdict, cause in b.allowed:
        a.add(verdict, cause)
    a.rules += b.rules
    return a


def kernel_headers(tree, words, release):
    on, a = gated(words)
    if not on:
        return a
    newer = version(tree)
    here = connector(tree)
    btf = config_has(tree, release, "CONFIG_DEBUG_INFO_BTF")
    may_do_without = newer is False or (newer is not None and newer >= (1, 25)) or here is None
    must_do_without = isinstance(newer, tuple) and newer >= (1, 25) and here is True and btf is True
    answers, core = needs(tree, release, list(CORE))
    if must_do_without and (core or "met" not in answers):
        return a.add("ok", None, "11.1")
    if must_do_without:
        a.rules.append("11.7")
        return a.add("ok", None, "11.6") if headers(tree, release) is None else merge(a, headers(tree, release))
    bad = headers(tree, release)
    if bad is None:
        return a.add("ok", None, "11.6")
    merge(a, bad)
    if newer is None:
        a.rules.append("11.2")
    if may_do_without and btf is not False:
        a.add("could-not-tell").add("not-asked")
        if btf or newer is False:
            a.add("ok")
    return a


# 16

def sections(text):
    rows, name = {}, None
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            name = line[1:-1]
            rows[name] = {}
        elif "=" in line and line[0] not in "#;" and name:
            key, value = line.split("=", 1)
            rows[name][key.strip()] = value.strip()
    return rows


def os_release(tree):
    text = tree.text("/etc/os-release")
    if text is None:
        text = tree.text("/usr/lib/os-release") or ""
    found = {}
    for line in text.splitlines():
        if "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found[key] = value.strip().strip("\"'")
    return found


def numbers(text):
    return [int(n) for n in re.findall("[0-9]+", re.split("[^0-9.]", text)[0])]


def compare(release, bound):
    """-1, 0, 1 by as many numbers as the bound has."""
    want = numbers(bound)
    have = (numbers(release) + [0] * 9)[:len(want)]
    return (have > want) - (have < want)


def side(release, span):
    """below, within, above."""
    low, dash, high = span.partition("-")
    if not dash:
        high = low
    if low and compare(release, low) < 0:
        return "below"
    return "above" if high and compare(release, high) > 0 else "within"


def row_fits(row, system, release):
    """True, False or None (depends on more than the sentences say)."""
    if row.get("Distribution") != system.get("ID"):
        return None if row.get("Distribution") in system.get("ID_LIKE", "").split() else False
    if "Major" in row and side(system.get("VERSION_ID", ""), row["Major"]) != "within":
        return None if not system.get("VERSION_ID") else False
    flavour = row.get("Flavour", "")
    if flavour.startswith("-"):
        return flavour[1:] not in release
    return not flavour or flavour in release


def kernel_compat(tree, words, release):
    on, a = gated(words)
    if not on:
        return a
    with open(SHIPPED, encoding="utf-8") as f:
        rows = sections(f.read())
    rows.update(sections(tree.text(COMPAT) or ""))
    system = os_release(tree)
    fits = {name: row_fits(row, system, release) for name, row in rows.items()}
    mine = [rows[n] for n, f in fits.items() if f]
    lenient = any(f is None for f in fits.values()) or any("Connector" in r for r in mine)
    sides = {side(release, r["Kernel"]) if "Kernel" in r else "within" for r in mine}
    if mine and "within" in sides:
        a.add("ok", None, "16.1")
        newer = version(tree)
        if not (lenient and (newer is False or newer is None or newer < (1, 18))):
            return a
    elif mine:
        for s, cause in (("above", "kernel-too-new"), ("below", "kernel-too-old")):
            if s in sides:
                a.add("fault", cause, "16.2").add("blocked", cause)
        if not any(f is None for f in fits.values()):
            return a
    if mine or lenient:
        for cause in ("kernel-too-new", "kernel-too-old", "kernel-lacks"):
            a.add("fault", cause).add("blocked", cause)
        return a.add("ok").add("could-not-tell")
    return no_row(tree, release, a)


def no_row(tree, release, a):
    answers, _ = needs(tree, release, list(CORE))
    if "lack" in answers:
        a.add("fault", "kernel-lacks", "16.3").add("blocked", "kernel-lacks")
    if "met" in answers:
        a.add("ok", None, "16.3")
    if "untold" in answers or crossed(tree, DAEMON):
        a.add("could-not-tell", None, "0.1")
    return a


def judge(tree, state):
    gates = gate(tree)
    release = state["kernel"]
    words = either(gates)
    return {8: monitor(tree, gates["file"], release, "file"), 9: monitor(tree, gates["network"], release, "network"),
            11: kernel_headers(tree, words, release), 16: kernel_compat(tree, words, release)}
