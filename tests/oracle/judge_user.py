# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault 5: the scan account and the directories it has to pass."""
import fnmatch
import os
import re
import stat

from tree import Answers, conf_values, crossed

NAME = "cisco-amp-scan-svc"
AMP = "/opt/cisco/amp"
NO_ID = 2**32 - 1
HASH = re.compile(r"^(\$[0-9a-z]+\$.+|[./0-9A-Za-z]{13})$")


def number(text):
    """strtoul() as glibc's account files use it: (value, all of it was a number)."""
    m = re.match(r"^[ \t\n\v\f\r]*([+-]?)([0-9]+)", text)
    if not m:
        return None, False
    value = int(m.group(2))
    value = min(value, 2**64 - 1)
    if m.group(1) == "-":
        value = -value % 2**64
    return min(value, 2**32 - 1), m.end() == len(text)


class Entry:
    """The first line of NAME that glibc would take, and whether its own lines raise a doubt."""

    def __init__(self, text, numeric, whole_fields):
        self.fields, self.doubt = None, False
        for line in text.split("\n"):
            bare = line.lstrip(" \t\v\f\r")
            fields = bare.split(":")
            if fields[0] != NAME or bare.startswith("#"):
                continue
            odd = bare != line or len(fields) != whole_fields or "\0" in line
            numbers = [number(fields[i]) if i < len(fields) else (None, False) for i in numeric]
            good = all(ok for _, ok in numbers)
            plain = all(i < len(fields) and re.fullmatch("[0-9]+", fields[i]) for i in numeric)
            if self.fields is not None:
                self.doubt = True  # a second line of the account
                continue
            if odd or not plain or any(value == NO_ID for value, _ in numbers):
                self.doubt = True
            if good:
                self.fields, self.numbers = fields, [v for v, _ in numbers]


def usable(password):
    """True, False, or None for what is no form known."""
    if password == "":
        return True
    if password[0] in "!*" or password in ("x", "NP", "LK"):
        return False
    return True if HASH.match(password) else None


def shadow_password(tree, name, own):
    for line in (tree.text(name) or "").split("\n"):
        bare = line.lstrip()
        fields = bare.split(":")
        if fields[0] == own and len(fields) > 1:
            return fields[1], bare == line and len(fields) == (9 if name.endswith("/shadow") else 4)
    return None, True


def elsewhere(tree, database):
    """NSS asks something beside the files of /etc."""
    words = ["files"]
    for line in (tree.text("/etc/nsswitch.conf") or "").splitlines():
        line = line.split("#")[0]
        if line.strip().startswith(database + ":"):
            words = re.sub(r"\[[^]]*\]", " ", line.split(":", 1)[1]).split()
    return words not in (["files"], ["files", "systemd"], ["compat"], ["files", "compat"])


def usergroups_off(tree):
    value = None
    text = tree.text("/etc/login.defs")
    if text is None:
        return None
    for line in text.split("\n"):
        m = re.match(r"^[ \t]*USERGROUPS_ENAB[ \t]+(.*)$", line.rstrip())
        if m:
            value = m.group(1).strip(' "\t')
    if value is None:
        return None  # not set: shadow takes it as no, the specification names only "no"
    return value.lower() != "yes"


def account(tree, a):
    """Adds what the account files decide; (uid, gid) where the account can be asked."""
    passwd, group = tree.text("/etc/passwd"), tree.text("/etc/group")
    if passwd is None or group is None:
        a.add("could-not-tell", None, "5.2")
    user = Entry(passwd or "", (2, 3), 7)
    own = Entry(group or "", (2,), 4)
    doubt = user.doubt or own.doubt
    for entry, cause, db in ((user, "user-missing", "passwd"), (own, "group-missing", "group")):
        if entry.fields is None:
            a.add("fault", cause, "5.1")
            if elsewhere(tree, db):
                a.add("could-not-tell", None, "5.10").add("blocked", "account-elsewhere")
            if usergroups_off(tree) is not False:
                a.add("fault", "usergroups-disabled", "5.5")
    if user.fields is None or own.fields is None:
        if doubt:
            for extra in ("user-altered", "group-altered"):
                a.add("fault", extra, "5.2").add("blocked", extra)
            a.add("could-not-tell", None, "5.2")
        if own.fields and own.numbers[0] == 0:
            a.add("fault", "group-altered", "5.3")
        if user.fields and user.numbers[0] == 0:
            a.add("fault", "user-altered", "5.3")
        return None, doubt
    uid, gid = user.numbers
    if uid == 0 or gid != own.numbers[0]:
        a.add("fault", "user-altered", "5.3")
    if own.numbers[0] == 0:
        a.add("fault", "group-altered", "5.3")
    password, whole = user.fields[1], True
    if password == "x":
        password, whole = shadow_password(tree, "/etc/shadow", NAME)
    lets_in = False if password is None else usable(password)
    if lets_in:
        a.add("fault", "user-altered", "5.3")
    doubt = doubt or lets_in is None or not whole
    if own.fields[1] != "x" and usable(own.fields[1]) is not False:
        a.add("fault", "group-altered"), a.add("ok")
    hidden, whole = shadow_password(tree, "/etc/gshadow", NAME)
    if hidden and usable(hidden) is not False:
        a.add("fault", "group-altered"), a.add("ok")
    if doubt:
        a.add("could-not-tell", None, "5.2").add("ok")
        for cause in ("user-altered", "group-altered"):
            a.add("blocked", cause).add("fault", cause)
    return (uid, gid) if uid else None, doubt


def owned_directories(tree):
    """(those that have to be right, those of which nothing is said)."""
    lists = [p for p in ("/var/lib/dpkg/info/ciscoampconnector.list",
                         "/var/lib/dpkg/info/ciscoampconnector:amd64.list") if tree.is_file(p)]
    below = [p for p, st in tree.walk(AMP) if stat.S_ISDIR(st.st_mode)]
    if lists:
        owned = {l for l in tree.text(lists[0]).splitlines() if l == AMP or l.startswith(AMP + "/")}
        return {"/opt/cisco"} | owned, set()
    needed = {"/opt/cisco", AMP, AMP + "/bin", AMP + "/etc"}
    needed |= {os.path.dirname(p) for p, st in tree.walk(AMP)
               if p.endswith(".cvd") and stat.S_ISREG(st.st_mode) and "/tmp." not in p}
    return needed, set(below) - needed


def wrong(st):
    return stat.S_IMODE(st.st_mode) != 0o755 or st.st_uid != 0


def kept(tree, path):
    return any(fnmatch.fnmatch(path, pattern) for pattern in conf_values(tree, "KeepMode"))


def reaches(tree, who, path):
    """Asked as the account itself: can it search and read this directory?"""
    pid = os.fork()
    if pid == 0:
        try:
            os.chroot(tree.root)
            os.chdir("/")
            os.setgroups(who[2])
            os.setresgid(who[1], who[1], who[1])
            os.setresuid(who[0], who[0], who[0])
            os.listdir(path)
            os.chdir(path)
            os._exit(0)
        except FileNotFoundError:
            os._exit(0)
        except OSError:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def further_groups(tree):
    found = []
    for line in (tree.text("/etc/group") or "").splitlines():
        fields = line.split(":")
        if len(fields) == 4 and NAME in fields[3].split(",") and fields[2].isdigit():
            found.append(int(fields[2]))
    return found


def directories(tree, a, ids):
    must, may = owned_directories(tree)
    bad, unsure = [], False
    for path in sorted(must | may):
        inside = tree.resolve(path, follow_last=False)
        if inside is None:
            continue
        st = os.lstat(inside)
        if not stat.S_ISDIR(st.st_mode) or path in may:
            unsure = unsure or not stat.S_ISDIR(st.st_mode) or wrong(st)
            continue
        if wrong(st) and not kept(tree, path):
            bad.append(path)
            a.add("fault", "directory-mode", "5.6")
        elif st.st_gid != 0 or (wrong(st) and kept(tree, path)):
            unsure = True
    if unsure:
        a.add("fault", "directory-mode").add("ok")
        if any(crossed(tree, path) for path in must):
            a.add("could-not-tell", None, "0.6")
    if ids is None:
        return
    if not tree.is_dir("/opt/cisco"):
        if not reaches(tree, (ids[0], ids[1], [ids[1]] + further_groups(tree)), "/opt"):
            a.add("blocked", "directory-unreachable", "0.3").add("ok")
        return
    who = (ids[0], ids[1], [ids[1]] + further_groups(tree))
    for path in sorted(must):
        if not tree.is_dir(path) or reaches(tree, who, path):
            continue
        ours = reaches(tree, who, "/opt") and any(path == b or path.startswith(b + "/") for b in bad)
        a.add("fault" if ours else "blocked", "directory-unreachable", "5.9")
        if ours:
            break
        a.add("fault", "directory-unreachable")  # an ACL on a directory of ours can be put right
        break


def judge(tree, _state):
    a = Answers()
    ids, doubt = account(tree, a)
    directories(tree, a, ids)
    if not a.allowed:
        a.add("ok", None, "5.4")
    return {5: a}
