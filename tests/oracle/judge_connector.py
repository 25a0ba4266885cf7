# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults 6, 7 and 18, and the gate of the policy for 8, 9, 11 and 16."""
import hashlib
import os
import re
import stat
import time
import xml.etree.ElementTree as ET

from tree import Answers, conf_values, crossed, one

AMP = "/opt/cisco/amp"
DAEMON = AMP + "/bin/ampdaemon"
SCANNERS = (AMP + "/bin/ampscansvc", AMP + "/bin/ampscand")
SCAN_LOG = "/var/log/cisco/ampscansvc.log"
DISK_BYTES = 1500 * 1000 * 1000
DISK_BYTES_AT_MOST = 1536 << 20
HEADER = 512
CRASH = re.compile(r"crash|segfault|SIGSEGV|signal 11|terminated", re.I)
FAILED = re.compile(r"(/[^ :]+\.(?:cvd|cld|cud|ndb|hdb|ldb|hsb|mdb|yar|ndu|ldu))")


def connector(tree):
    """True, False, or None where the name is there and is no file."""
    if tree.is_file(DAEMON):
        return True
    return None if tree.there(DAEMON) else False


def version(tree):
    """(major, minor) of the connector, None: not known, False: the answer depends on the reader."""
    text = tree.read(AMP + "/etc/global.xml")
    if text is None:
        return None
    try:
        root = ET.fromstring(text)
    except (ET.ParseError, ValueError, LookupError):
        return None
    found = [e.text or "" for e in root.iter() if e.tag.split("}")[-1] == "version"]
    if len(found) > 1:
        return False
    m = re.match(r"^([0-9]+)\.([0-9]+)(\.[0-9]+)*$", found[0].strip()) if found else None
    return (int(m.group(1)), int(m.group(2))) if m else (None if not found or not re.search("[0-9]", found[0]) else False)


# The gate

def local(element):
    return element.tag.split("}")[-1] if isinstance(element.tag, str) else ""


def below(elements, path):
    for name in path:
        elements = [c for e in elements for c in e if local(c) == name]
    return elements


def option(root, path):
    """"on", "off" or "either"."""
    if local(root) != "Signature" or not below([root], ["Object", "config"]):
        bare = local(root) == "config" and below([root], path)
        return "either" if bare else "no policy"
    found = below([root], ["Object", "config"] + path)
    if not found:
        return "on"
    said = set()
    for e in found:
        text = "".join(e.itertext())
        if text == "0" and not len(e):
            said.add("off")
        elif text.strip() == "0":
            said.add("either")
        else:
            said.add("on")
    return said.pop() if len(said) == 1 else "either"


def gate(tree):
    """{"file": on|off|either|unreadable, "network": ...} and the sentence."""
    def both(word, rule):
        return {"file": {word}, "network": {word}, "rule": rule}
    paths = (AMP + "/etc/policy.xml", AMP + "/policy.xml")
    path = next((p for p in paths if tree.there(p)), None)
    if path is None:
        out = both("on", "G.3")
        for key in ("file", "network") if crossed(tree, paths[0]) else ():
            out[key].add("unreadable")
        return out
    if path == paths[0] and tree.stat(path) is None:
        out = both("on", "G.3")
        for key in ("file", "network"):
            out[key] |= {"unreadable", "off"}
        return out
    data = tree.read(path)
    if data is None:
        return both("unreadable", "G.4")
    try:
        root = ET.fromstring(data)
    except (ET.ParseError, ValueError, LookupError):
        return both("unreadable", "G.4")
    out = {"rule": "G.2"}
    linked = {"unreadable"} if crossed(tree, path) else set()
    for key, where in (("file", ["agent", "driver", "protmode", "file"]), ("network", ["agent", "nfm", "enable"])):
        word = option(root, where)
        said = {"either": {"on", "off"}, "no policy": {"on", "unreadable"}}
        out[key] = said.get(word, {word}) | linked
        if b"<!DOCTYPE" in data:
            out[key].add("unreadable")
    return out


def gated(words):
    """What the gate alone decides: (may go on, answers)."""
    a = Answers()
    if "off" in words:
        a.add("not-applicable", None, "G.1")
    if "unreadable" in words:
        a.add("could-not-tell", None, "G.4")
    return "on" in words, a


def either(gates):
    """The words of "one of the two is on"."""
    out = set()
    for f in gates["file"]:
        for n in gates["network"]:
            if "unreadable" in (f, n):
                out.add("unreadable")
            else:
                out.add("on" if "on" in (f, n) else "off")
    return out


# 7

def temporary(path):
    parts = path.split("/")
    return any(p.startswith("tmp.") for p in parts[:-1]) or path.endswith(".tmp")


def signature(tree, path, st):
    """"good", "bad", "md5" (only reading all of it tells) or "odd"."""
    if stat.S_ISLNK(st.st_mode):
        if tree.stat(path) is None:
            return "odd-bad"
        if not tree.is_file(path):
            return "odd"
        return "odd"
    if not stat.S_ISREG(st.st_mode):
        return "odd"
    data = tree.read(path)
    if len(data) < HEADER:
        return "bad"
    fields = data[:HEADER].decode("latin-1").rstrip(" ").split(":")
    if fields[0] != "ClamAV-VDB" or len(fields) < 8:
        return "bad"
    if not re.fullmatch("[0-9a-fA-F]{32}", fields[5]):
        return "bad"
    if not all(re.fullmatch(" *[0-9]+", fields[i]) for i in (2, 3, 4)):
        return "odd-bad"
    if len(data) == HEADER:
        return "bad" if fields[5].lower() != hashlib.md5(b"").hexdigest() else "odd"
    return "good" if hashlib.md5(data[HEADER:]).hexdigest() == fields[5].lower() else "md5"


def program(tree):
    """"good", "missing" or "odd"."""
    named = conf_values(tree, "ScanProgram")
    paths = [named[-1]] if named else list(SCANNERS)
    path = next((p for p in paths if tree.there(p)), None)
    if path is None:
        return "missing"
    st = tree.stat(path)
    if st is None or stat.S_ISDIR(st.st_mode):
        if path == SCANNERS[0] and not named and tree.is_file(SCANNERS[1]):
            return "odd"
        return "missing"
    if not stat.S_ISREG(st.st_mode):
        return "odd-bad"
    if not st.st_mode & 0o111:
        return "missing"
    if crossed(tree, path):
        return "link"
    if st.st_mode & 0o111 != 0o111 or st.st_size == 0:
        return "odd"
    return "good"


def start(tree):
    a = Answers()
    kinds = {"good": 0}
    for path, st in tree.walk(AMP):
        if path.endswith(".cvd") and not temporary(path):
            kind = signature(tree, path, st)
            if ".tmp/" in path and kind in ("bad", "md5", "odd-bad"):
                kind = "odd"  # a file of an update or of a folder that is only called so
            kinds[kind] = kinds.get(kind, 0) + 1
    if "bad" in kinds:
        a.add("fault", "signatures-invalid", "7.2")
    what = program(tree)
    if what in ("missing", "odd-bad"):
        a.add("blocked", "program-missing", "7.5")
        if any(crossed(tree, p) for p in SCANNERS):
            a.add("could-not-tell", None, "0.6")
    free = os.statvfs(tree.resolve("/opt/cisco") or tree.root)
    free = free.f_bavail * free.f_frsize
    if free < DISK_BYTES:
        a.add("blocked", "disk-low", "7.4")
    names = FAILED.findall(tree.text(SCAN_LOG) or "")
    loads = any(tree.there(n) for n in names)
    surely = bool(a.allowed)
    if "md5" in kinds or "odd-bad" in kinds:
        a.add("fault", "signatures-invalid", "7.7").add("not-asked").add("could-not-tell")
        surely = True
    if "odd" in kinds:
        a.add("fault", "signatures-invalid").add("could-not-tell")
    if what == "odd":
        a.add("blocked", "program-missing")
    if what == "link":
        a.add("could-not-tell", None, "0.6")
    if loads:
        a.add("fault", "signatures-unloadable", "7.6").add("blocked", "signatures-unloadable")
        surely = surely or unloadable_now(tree)
    if not surely:
        a.add("ok", None, "7.1").add("not-asked", None, "7.7")
        if DISK_BYTES <= free < DISK_BYTES_AT_MOST:
            a.add("blocked", "disk-low")
        if kinds == {"good": 0}:
            a.add("could-not-tell")
    return a


def unloadable_now(tree):
    """The last line of the scan log says so, and the file was not written since the log."""
    log = tree.text(SCAN_LOG) or ""
    lines = [l for l in log.splitlines() if l.strip()]
    if not lines:
        return False
    m = re.search(r"LibClamAV Error: .*[Ll]oad", lines[-1])
    names = FAILED.findall(lines[-1])
    if not m or not names or not tree.is_file(names[0]):
        return False
    return names[0].startswith(AMP) and tree.stat(names[0]).st_mtime < tree.stat(SCAN_LOG).st_mtime - 60


# 6

def restarts(tree):
    lines = [l for l in (tree.text(SCAN_LOG) or "").splitlines() if CRASH.search(l)]
    a = Answers()
    recent = 0
    for line in lines:
        m = re.match(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})", line)
        if m:
            when = time.mktime(time.strptime(m.group(1) + " " + m.group(2), "%Y-%m-%d %H:%M:%S"))
            recent += abs(time.time() - when) < 300
    if recent >= 3:
        a.add("fault", "crash-loop", "6.1").add("blocked", "crash-loop").add("could-not-tell").add("not-asked")
        return a.add("not-applicable", None, "6.2")
    if lines:
        a.add("fault", "crash-loop").add("blocked", "crash-loop").add("fault", "settling").add("blocked", "settling")
        a.add("could-not-tell")
    return a.add("ok", None, "6.1").add("not-asked").add("not-applicable")


def judge(tree, _state):
    there = connector(tree)
    if there is False:
        none = {n: one("not-applicable", None, "0.3") for n in (6, 7, 18)}
        for a in none.values() if crossed(tree, DAEMON) else ():
            a.add("could-not-tell", None, "0.6")
        return none
    answers = {6: restarts(tree), 7: start(tree), 18: one("not-asked", None, "18.1").add("not-applicable")}
    if there is None or crossed(tree, DAEMON):
        for a in answers.values():
            a.add("not-applicable").add("could-not-tell")
    return answers
