# SPDX-License-Identifier: GPL-2.0-or-later
"""A target root as plain data: paths are resolved inside it, as a program that was chrooted would."""
import os
import stat


class Tree:
    def __init__(self, root):
        self.root = os.path.realpath(root)

    def resolve(self, path, follow_last=True):
        """The path on this machine, or None where a part is missing or links go in a circle."""
        todo = [p for p in path.split("/") if p]
        done, links = [], 0
        while todo:
            part = todo.pop(0)
            if part == "..":
                done = done[:-1]
                continue
            if part == ".":
                continue
            here = os.path.join(self.root, *done, part)
            try:
                mode = os.lstat(here).st_mode
            except OSError:
                return None
            if stat.S_ISLNK(mode) and (todo or follow_last):
                links += 1
                if links > 40:
                    return None
                target = os.readlink(here)
                if target.startswith("/"):
                    done = []
                todo = [p for p in target.split("/") if p] + todo
                continue
            done.append(part)
        return os.path.join(self.root, *done)

    def stat(self, path):
        where = self.resolve(path)
        return os.lstat(where) if where else None

    def is_dir(self, path):
        st = self.stat(path)
        return bool(st) and stat.S_ISDIR(st.st_mode)

    def is_file(self, path):
        st = self.stat(path)
        return bool(st) and stat.S_ISREG(st.st_mode)

    def there(self, path):
        """Something has this name, a dangling link too."""
        return self.resolve(path, follow_last=False) is not None

    def read(self, path):
        """The bytes of a regular file, or None."""
        if not self.is_file(path):
            return None
        with open(self.resolve(path), "rb") as f:
            return f.read()

    def text(self, path):
        data = self.read(path)
        return None if data is None else data.decode("utf-8", "surrogateescape")

    def walk(self, path):
        """(path in the root, lstat) of all below a directory, through no link."""
        top = self.resolve(path)
        if top is None or not os.path.isdir(top):
            return
        for folder, names, files in os.walk(top):
            for name in names + files:
                full = os.path.join(folder, name)
                yield "/" + os.path.relpath(full, self.root), os.lstat(full)


def crossed(tree, path):
    """A link stands somewhere on the way, the last part included."""
    parts = path.strip("/").split("/")
    return any(os.path.islink(os.path.join(tree.root, *parts[:i + 1])) for i in range(len(parts)))


def conf_values(tree, key):
    """The values of KEY in /etc/secep/secep.conf, in order."""
    found = []
    for line in (tree.text("/etc/secep/secep.conf") or "").splitlines():
        if line[:1] in "#;" or "=" not in line:
            continue
        name, value = line.split("=", 1)
        if name.strip() == key:
            found.append(value.strip().strip('"'))
    return found


class Answers:
    """The answers that the conditions permit for one fault: (verdict, cause), and the sentences they rest on."""

    def __init__(self):
        self.allowed, self.rules = set(), []

    def add(self, verdict, cause=None, rule=None):
        self.allowed.add((verdict, cause))
        if rule and rule not in self.rules:
            self.rules.append(rule)
        return self

    def drop(self, verdict):
        self.allowed = {a for a in self.allowed if a[0] != verdict}
        return self

    def permits(self, verdict, cause):
        return (verdict, cause) in self.allowed or (verdict, "*") in self.allowed


def one(verdict, cause=None, rule=None):
    return Answers().add(verdict, cause, rule)
