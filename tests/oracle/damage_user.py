# SPDX-License-Identifier: GPL-2.0-or-later
"""Damage to the accounts, login.defs, nsswitch.conf and directories. One function a kind; it returns what it did."""
import os
import subprocess

from state import AMP, SCAN

HASH = "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7"


def line_of(text, own):
    return next((l for l in text.split("\n") if l.split(":")[0] == own), None)


def change_field(s, path, index, value):
    def change(text):
        out = []
        for line in text.split("\n"):
            fields = line.split(":")
            if fields[0] == SCAN and index < len(fields):
                fields[index] = value
            out.append(":".join(fields))
        return "\n".join(out)
    s.edit(path, change)
    return f"{path} field {index} of the account is {value!r}"


def entry_gone(s):
    path = s.rng.choice(["etc/passwd", "etc/group", "etc/shadow", "etc/gshadow"])
    s.edit(path, lambda t: "".join(l + "\n" for l in t.splitlines() if not l.startswith(SCAN + ":")))
    return f"{path} without the account"


def account_gone(s):
    for path in ("etc/passwd", "etc/group", "etc/shadow", "etc/gshadow"):
        s.edit(path, lambda t: "".join(l + "\n" for l in t.splitlines() if not l.startswith(SCAN + ":")))
    return "no account at all"


def uid(s):
    return change_field(s, "etc/passwd", 2, s.rng.choice(
        ["0", "00", " 0", "+0", "0x0", "-1", "", "abc", "1001", "65534", "4294967295", "4294967296", "998 ", "0998", "-4294967296", "18446744073709551616"]))


def gid(s):
    return change_field(s, "etc/passwd", 3, s.rng.choice(["0", "100", "999", "", "x", "0998", " 998", "998x", "+998", "18446744073709552614"]))


def group_gid(s):
    return change_field(s, "etc/group", 2, s.rng.choice(["0", "100", "00", "", "x", "0998", " 998", "998x", "998 "]))


def password(s):
    path = s.rng.choice(["etc/passwd", "etc/shadow", "etc/shadow"])
    return change_field(s, path, 1, s.rng.choice(
        ["", "*", "!", "!!", "!" + HASH, "*" + HASH, HASH, "$6$salt$" + "a" * 86, "$1$ab$" + "b" * 22, "x", "abJnggxhB/yWI", "!*", "*LK*", "$2b$05$" + "c" * 53]))


def group_password(s):
    return change_field(s, s.rng.choice(["etc/group", "etc/gshadow"]), 1, s.rng.choice(["", "!", "*", HASH, "x"]))


def shell_and_home(s):
    index, values = s.rng.choice([(6, ["/bin/sh", "", "/bin/bash", "/sbin/nologin"]), (5, ["", "/", "/home/x", "/opt/cisco/amp"]), (4, ["a,b,,", "Ünïcode", "x" * 3000])])
    return change_field(s, "etc/passwd", index, s.rng.choice(values))


def fields(s):
    path = s.rng.choice(["etc/passwd", "etc/group", "etc/shadow"])
    how = s.rng.choice(["cut", "more"])

    def change(text):
        out = []
        for line in text.split("\n"):
            if line.startswith(SCAN + ":"):
                line = line.rsplit(":", 1)[0] if how == "cut" else line + ":more"
            out.append(line)
        return "\n".join(out)
    s.edit(path, change)
    return f"{path}: the account's line with a field {how}"


def foreign_lines(s):
    path, line = s.rng.choice([
        ("etc/group", "http:x:100:http:me"), ("etc/passwd", "odd:x:1001:1001::/home/odd"), ("etc/passwd", "nonsense"), ("etc/passwd", ""),
        ("etc/passwd", "# a comment"), ("etc/passwd", f"#{SCAN}:x:0:0::/:/bin/sh"), ("etc/passwd", "+::::::"), ("etc/group", "+:::"),
        ("etc/passwd", f"x{SCAN}:x:0:0::/:/bin/sh"), ("etc/passwd", f"{SCAN}2:x:0:0::/:/bin/sh"), ("etc/group", f"{SCAN}.old:x:0:"),
        ("etc/passwd", "bad:x:abc:def:::"), ("etc/passwd", "nul\0nul:x:5:5:::"), ("etc/passwd", "latin\udce9:x:7:7::/:/bin/sh"),
        ("etc/group", "long:x:3000:" + ",".join(f"user{i}" for i in range(2000))), ("etc/passwd", f"twin:x:998:998::/:/bin/sh"),
        ("etc/group", f"twin:x:998:"), ("etc/passwd", ":x:0:0:::"), ("etc/passwd", f"{SCAN.upper()}:x:0:0::/:/bin/sh"), ("etc/shadow", "broken")])
    first = s.rng.random() < 0.5
    s.edit(path, lambda t: line + "\n" + t if first else t + line + "\n")
    return f"{path}: {'first' if first else 'last'} line {line[:40]!r}"


def twice(s):
    path = s.rng.choice(["etc/passwd", "etc/group"])
    where = s.rng.choice(["before", "after"])
    other = {"etc/passwd": [f"{SCAN}:x:998:998::/nonexistent:/usr/sbin/nologin", f"{SCAN}:x:0:0::/:/bin/sh"],
             "etc/group": [f"{SCAN}:x:998:", f"{SCAN}:x:0:"]}[path]
    line = s.rng.choice(other)
    s.edit(path, lambda t: line + "\n" + t if where == "before" else t + line + "\n")
    return f"{path}: {line} {where} the account's line"


def text_form(s):
    path = s.rng.choice(["etc/passwd", "etc/group", "etc/shadow", "etc/login.defs", "etc/nsswitch.conf"])
    how, change = s.rng.choice([("no newline at the end", lambda t: t.rstrip("\n")), ("an empty line first", lambda t: "\n" + t),
                                ("lines that begin with a blank", lambda t: "".join(" " + l + "\n" for l in t.splitlines())),
                                ("sorted backwards", lambda t: "\n".join(sorted(t.split("\n")[:-1], reverse=True)) + "\n"),
                                ("a comment in front", lambda t: "# local\n" + t)])
    s.edit(path, change)
    return f"{path}: {how}"


def login_defs(s):
    line = s.rng.choice(["USERGROUPS_ENAB no", "USERGROUPS_ENAB\tno", "USERGROUPS_ENAB NO", "USERGROUPS_ENAB \"no\"", "USERGROUPS_ENAB YES", "USERGROUPS_ENAB yes   ",
                         "#USERGROUPS_ENAB no", "  USERGROUPS_ENAB no", "USERGROUPS_ENAB", "USERGROUPS_ENAB 0", "USERGROUPS_ENAB no # site", "usergroups_enab no", None])
    keep = s.rng.random() < 0.3

    def change(text):
        lines = [l for l in text.splitlines() if keep or "USERGROUPS_ENAB" not in l]
        return "\n".join(lines + ([line] if line else [])) + "\n"
    s.edit("etc/login.defs", change)
    return f"login.defs: {line!r}" + (" last of two" if keep else "")


def login_defs_gone(s):
    if s.rng.random() < 0.5:
        s.folder("usr/etc")
        if s.there("etc/login.defs"):
            os.rename(s.at("etc/login.defs"), s.at("usr/etc/login.defs"))
        return "login.defs in /usr/etc only"
    s.drop("etc/login.defs")
    return "no login.defs"


def nsswitch(s):
    text = s.rng.choice(["passwd: files sss\ngroup: files sss\n", "passwd: compat\ngroup: compat\n", "passwd: sss files\ngroup: sss files\n", "passwd:files\ngroup:files\n",
                         "passwd: files [NOTFOUND=return] ldap\ngroup: files ldap # x\n", "# nothing\n", "passwd: altfiles files\ngroup: files\n", None])
    if text is None:
        s.drop("etc/nsswitch.conf")
        return "no nsswitch.conf"
    s.put("etc/nsswitch.conf", text)
    return f"nsswitch.conf {text!r}"


def some_directory(s):
    found = ["opt/cisco"]
    for folder, names, _ in os.walk(s.at(AMP)):
        found.append(os.path.relpath(folder, s.root))
    return s.rng.choice([d for d in found if os.path.isdir(s.at(d, last=False)) and not os.path.islink(s.at(d, last=False))] or ["opt"])


def directory_mode(s):
    path = some_directory(s)
    mode = s.rng.choice([0o700, 0o750, 0o775, 0o777, 0o711, 0o2755, 0o1755, 0o4755, 0o555, 0o000, 0o754, 0o757, 0o701])
    if os.path.isdir(s.at(path)):
        os.chmod(s.at(path), mode)
    return f"/{path} at mode {mode:o}"


def directory_owner(s):
    path = some_directory(s)
    ids = s.rng.choice([(998, 998), (0, 998), (1000, 0), (0, 100)])
    if os.path.isdir(s.at(path)):
        os.chown(s.at(path), *ids)
    return f"/{path} owned by {ids}"


def parent_mode(s):
    path = s.rng.choice(["opt", "opt", "."])
    s.folder(path)
    mode, group = s.rng.choice([(0o750, 0), (0o700, 0), (0o711, 0), (0o750, 998), (0o750, 101), (0o070, 998), (0o751, 998), (0o705, 998), (0o745, 0)])
    os.chown(s.at(path), 0, group)
    os.chmod(s.at(path), mode)
    member = s.rng.random() < 0.4
    if member:
        s.edit("etc/group", lambda t: t.replace("ops:x:101:ann", f"ops:x:101:ann,{SCAN}"))
    return f"/{path} at mode {mode:o} of group {group}" + (", of which the account is a member" if member and group == 101 else "")


def access_list(s):
    path = s.rng.choice(["opt", "opt/cisco", some_directory(s)])
    entry = s.rng.choice(["u:998:---", "u:998:r-x", "g:998:---", "u:998:--x", "m::---", "g:101:---", "u:1000:---", "u:998:r--"])
    if os.path.isdir(s.at(path)):
        subprocess.run(["setfacl", "-m", entry, s.at(path)], check=False, capture_output=True)
    return f"/{path} with the ACL {entry}"


def foreign_directory(s):
    name = s.rng.choice(["quarantine", "cache", "bin/local", "etc/site", "tmp.x1"])
    s.folder(f"{AMP}/{name}", s.rng.choice([0o700, 0o755, 0o777, 0o000]))
    return f"a directory {name} that nobody owns"


def keep_mode(s):
    path = some_directory(s)
    pattern = s.rng.choice(["/" + path, "/opt/cisco/amp/*", "/opt/cisco/amp/et?"])
    s.put("etc/secep/secep.conf", f"KeepMode={pattern}\n")
    if os.path.isdir(s.at(path)):
        os.chmod(s.at(path), 0o711)
    return f"KeepMode={pattern}, /{path} at mode 711"


def linked_directory(s):
    path = s.rng.choice(["opt/cisco", AMP, AMP + "/etc", AMP + "/clamav"])
    own = s.at(path, last=False)
    if os.path.isdir(own) and not os.path.islink(own) and not s.there("srv/moved"):
        s.folder("srv")
        os.rename(own, s.at("srv/moved"))
        s.link(path, "/srv/moved")
    return f"/{path} a link to /srv/moved"


KINDS = [entry_gone, entry_gone, account_gone, uid, gid, group_gid, password, password, group_password, shell_and_home, fields, foreign_lines, foreign_lines, twice,
         text_form, login_defs, login_defs, login_defs_gone, nsswitch, directory_mode, directory_mode, directory_owner, parent_mode, parent_mode, access_list,
         foreign_directory, keep_mode, linked_directory]
