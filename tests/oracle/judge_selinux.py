# SPDX-License-Identifier: GPL-2.0-or-later
"""Fault 19: the configuration by libselinux itself, the policy as checkpolicy prints it."""
import bz2
import ctypes
import hashlib
import os
import re
import subprocess

from tree import Answers, one

DOMAIN = "unconfined_service_t"
WANTED = {"map_create", "map_read", "map_write", "prog_load", "prog_run"}
NAME = "cisco-secure-bpf"
OURS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../selinux/cisco-secure-bpf.cil")
LIB = ctypes.CDLL("libselinux.so.1", use_errno=True)
known = {}


def configured(tree):
    """(enforcing 1|0|-1 or None, type or None) as libselinux says it of the root."""
    here, there = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.chroot(tree.root)
            mode, name = ctypes.c_int(-2), ctypes.c_char_p()
            LIB.selinux_reset_config()
            got = LIB.selinux_getenforcemode(ctypes.byref(mode))
            if LIB.selinux_getpolicytype(ctypes.byref(name)) != 0:
                name.value = b""
            os.write(there, b"%d %d %s" % (got, mode.value, name.value or b""))
        finally:
            os._exit(0)
    os.close(there)
    with os.fdopen(here, "rb") as f:
        words = f.read().decode("utf-8", "surrogateescape").split(" ", 2)
    os.waitpid(pid, 0)
    return (int(words[1]) if words[0] == "0" else None), words[2]


def parse(text):
    """CIL as nested lists."""
    stack = [[]]
    for token in re.findall(r'"[^"]*"|;[^\n]*|[()]|[^\s()]+', text):
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        elif not token.startswith(";"):
            stack[-1].append(token)
    return stack[0]


class Policy:
    def __init__(self, statements):
        self.types, self.classes, self.members = set(), {}, {}
        self.permissive, self.unknown = set(), "allow"
        self.allows, self.branches, self.booleans = [], [], {}
        self.constraints, self.bounds, self.commons, self.common_of = [], {}, {}, {}
        for s in statements:
            getattr(self, "on_" + s[0], lambda s: None)(s)

    def on_type(self, s):
        self.types.add(s[1])

    def on_class(self, s):
        self.classes[s[1]] = set(s[2])

    def on_common(self, s):
        self.commons[s[1]] = set(s[2])

    def on_classcommon(self, s):
        self.common_of[s[1]] = s[2]

    def on_typeattributeset(self, s):
        flat = s[2] if isinstance(s[2], list) else [s[2]]
        self.members.setdefault(s[1], set()).update(x for x in flat if isinstance(x, str))

    def on_typepermissive(self, s):
        self.permissive.add(s[1])

    def on_handleunknown(self, s):
        self.unknown = s[1]

    def on_allow(self, s):
        self.allows.append(s)

    def on_boolean(self, s):
        self.booleans[s[1]] = s[2] == "true"

    def on_booleanif(self, s):
        self.branches.append(s)

    def on_constrain(self, s):
        self.constraints.append(s)

    on_mlsconstrain = on_constrain

    def on_typebounds(self, s):
        self.bounds[s[2]] = s[1]

    def has(self, name, who):
        return name == who or who in self.members.get(name, ())

    def given(self, allows, who, target):
        perms = set()
        for _, src, tgt, (cls, names) in ((a[0], a[1], a[2], a[3]) for a in allows):
            if cls == "bpf" and self.has(src, who) and ((tgt == "self" and who == target) or self.has(tgt, target)):
                perms |= set(names)
        return perms

    def truth(self, e):
        if isinstance(e, str):
            return self.booleans.get(e, False)
        if len(e) == 1:
            return self.truth(e[0])
        if e[0] == "not":
            return not self.truth(e[1])
        left, right = self.truth(e[1]), self.truth(e[2])
        return {"and": left and right, "or": left or right, "xor": left != right, "eq": left == right, "neq": left != right}[e[0]]

    def active(self, other=False):
        """The allow rules of the branches in force, or of those that are not."""
        rules = []
        for s in self.branches:
            for branch in s[2:]:
                if ((branch[0] == "true") == self.truth(s[1])) != other:
                    rules += [r for r in branch[1:] if r[0] == "allow"]
        return rules

    def held(self, e):
        """A constraint's expression for the domain acting on itself."""
        if e[0] in ("and", "or"):
            return (all if e[0] == "and" else any)(self.held(x) for x in e[1:])
        if e[0] == "not":
            return not self.held(e[1])
        left, right = e[1], e[2]
        if e[0] in ("dom", "domby"):
            return True
        if e[0] == "incomp":
            return False
        if left[0] == "t" and right not in ("t1", "t2"):
            names = right if isinstance(right, list) else [right]
            same = any(self.has(n, DOMAIN) for n in names)
        else:
            same = left[0] == str(right)[0] and str(right)[1:] in ("1", "2")
        return same == (e[0] == "eq")

    def denied(self):
        """What a constraint or a bound takes away of the wanted permissions."""
        gone = set()
        for s in self.constraints:
            cls, names = s[1]
            if cls == "bpf" and not self.held(s[2]):
                gone |= set(names)
        if DOMAIN in self.bounds:
            parent = self.bounds[DOMAIN]
            gone |= WANTED - self.given(self.allows + self.active(), parent, parent)
        return gone & WANTED


def policy(data):
    key = hashlib.sha256(data).hexdigest()
    if key not in known:
        path = f"/tmp/oracle-{os.getpid()}.policy"
        with open(path, "wb") as f:
            f.write(data)
        done = subprocess.run(["checkpolicy", "-b", "-C", "-M", "-o", path + ".cil", path], capture_output=True, check=False)
        known[key] = None
        if done.returncode == 0:
            with open(path + ".cil", encoding="utf-8") as f:
                known[key] = Policy(parse(f.read()))
            os.unlink(path + ".cil")
        os.unlink(path)
    return known[key]


def policy_files(tree, name):
    where = tree.resolve(f"/etc/selinux/{name}/policy")
    if where is None or not os.path.isdir(where):
        return []
    return sorted((int(n[7:]), n) for n in os.listdir(where) if re.fullmatch("policy\\.[0-9]+", n))


def module_text(tree, folder):
    data = tree.read(folder + "/cil")
    if data is None:
        return None
    return bz2.decompress(data) if data[:3] == b"BZh" else data


def built_has_rule(tree, name):
    """What the store was built into last; a module that is in it and a rule that is not: something took it away."""
    data = tree.read(f"/var/lib/selinux/{name}/active/policy.kern")
    p = policy(data) if data else None
    return p is None or WANTED <= p.given(p.allows, DOMAIN, DOMAIN)


def store_causes(tree, a, name):
    """What the store says while the rule is not in force."""
    store = f"/var/lib/selinux/{name}"
    active = store + "/active"
    if not tree.is_dir(active):
        if tree.is_dir(store + "/previous") or tree.is_dir(store + "/tmp"):
            return a.add("fault", "store-cut-off", "19.8")
        return a.add("fault", "module-missing", "19.6").add("could-not-tell").add("blocked", "*").add("fault", "*")
    found = []
    top = tree.resolve(active + "/modules")
    for priority in sorted(os.listdir(top), reverse=True) if top else []:
        if priority.isdigit() and tree.is_dir(f"{active}/modules/{priority}/{NAME}"):
            found.append(int(priority))
    found.sort(reverse=True)
    if not found:
        return a.add("fault", "module-missing", "19.6")
    if tree.there(f"{active}/modules/disabled/{NAME}"):
        a.add("fault", "module-disabled", "19.6")
        if found[0] > 200:
            a.add("blocked", "module-shadowed")
        if found[0] == 200:
            a.add("fault", "module-differs")
        return a
    text = module_text(tree, f"{active}/modules/{found[0]}/{NAME}")
    with open(OURS, "rb") as f:
        ours = f.read()
    whole = text is not None and b"unconfined_service_t" in text and all(w.encode() in text for w in WANTED)
    if found[0] > 200:
        if whole:
            a.add("fault", "store-cut-off", "19.8").add("blocked", "module-shadowed")
        else:
            a.add("blocked", "module-shadowed", "19.7")
    elif found[0] == 200:
        if text == ours:
            a.add("fault", "store-cut-off", "19.8")
            if not built_has_rule(tree, name):
                a.add("blocked", "denied-by-policy", "19.4")
        else:
            a.add("fault", "module-differs", "19.6")
            if whole:
                a.add("fault", "store-cut-off", "19.8")
    else:
        a.add("fault", "module-missing", "19.6")
        if whole:
            a.add("fault", "store-cut-off", "19.8")
    return a


def decide(tree, name):
    a = Answers()
    files = policy_files(tree, name)
    if not files:
        if tree.is_dir(f"/var/lib/selinux/{name}/active/modules"):
            return a.add("fault", "policy-missing", "19.9")
        if tree.is_dir(f"/var/lib/selinux/{name}"):
            return a.add("fault", "*", "19.9").add("could-not-tell").add("blocked", "*")
        return a.add("not-applicable", None, "19.3").add("could-not-tell").add("fault", "policy-missing").add("blocked", "*")
    data = tree.read(f"/etc/selinux/{name}/policy/{files[-1][1]}")
    p = policy(data) if data is not None else None
    if p is None:
        return a.add("could-not-tell", None, "0.1").add("fault", "store-cut-off").add("blocked", "*").add("fault", "policy-missing")
    if len(files) > 1:
        a.add("could-not-tell")
    if DOMAIN not in p.types:
        return a.add("not-applicable", None, "19.3")
    if any(p.has(t, DOMAIN) for t in p.permissive):
        return a.add("not-applicable", None, "19.3")
    if "bpf" not in p.classes:
        if p.unknown == "allow":
            return a.add("not-applicable", None, "19.3")
        return a.add("fault", "*", "19.3").add("blocked", "*").add("could-not-tell")
    have = p.given(p.allows + p.active(), DOMAIN, DOMAIN)
    gone = p.denied()
    if WANTED <= have and not gone:
        a.add("ok", None, "19.10")
        for cause in ("module-missing", "module-differs", "module-disabled"):
            if "perf_event" in p.classes:
                a.add("fault", cause)  # the optional block of the module
        return a
    if WANTED <= have:
        return a.add("blocked", "denied-by-policy", "19.4")
    if WANTED <= have | p.given(p.active(other=True), DOMAIN, DOMAIN):
        return a.add("blocked", "boolean-set", "19.5")
    store_causes(tree, a, name)
    if gone:
        a.add("blocked", "denied-by-policy", "19.4")
    return a


def judge(tree, _state):
    mode, name = configured(tree)
    if not tree.is_file("/etc/selinux/config"):
        return {19: one("not-applicable", None, "19.3").add("could-not-tell")}
    if mode is None:
        return {19: one("could-not-tell", None, "19.2")}
    if mode != 1:
        return {19: one("not-applicable", None, "19.3")}
    return {19: decide(tree, name or "targeted")}
