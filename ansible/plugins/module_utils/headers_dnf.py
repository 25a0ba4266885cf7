# -*- coding: utf-8 -*-
# SPDX-License-Identifier: GPL-2.0-or-later
"""Header packages by dnf 4, which is asked through its own Python API. For secep_headers; headers_apt.py has the same of apt."""
from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import re

from ansible.module_utils import basic
from ansible.module_utils.common.respawn import has_respawned, respawn_module
from ansible_collections.secep.endpoint.plugins.module_utils.secep import SecepError, last_line

try:
    import dnf
except ImportError:
    dnf = None

# dnf 4 is a Python program and dnf 5 is none; the interpreter it names is the one that has its API.
PYTHON_SCRIPT = re.compile(r"^#! ?(/usr/[A-Za-z0-9/._-]*python[0-9.]*)\s")
FILE = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9+.~^_-]*\.rpm$")
SHA256 = re.compile(r"^[0-9a-f]{64}$")
# Does an interpreter have dnf, and does this version of ansible still run in it?
PROBE = "import sys; sys.path.insert(0, sys.argv[1]); import dnf; import ansible.module_utils.basic"
# Seconds that dnf waits for a repository, where neither its settings nor the caller say less.
NETWORK_WAIT = 30


class Silence(object):
    """What dnf and its plug-ins print is no answer of the module."""

    def __enter__(self):
        self.kept = os.dup(1)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)

    def __exit__(self, *_raised):
        os.dup2(self.kept, 1)
        os.close(self.kept)


class NoKey(object):
    """A repository asks whether its key is to be taken: dnf's own answer to a program is yes, ours is no."""

    def _confirm(self, id, userid, fingerprint, url, timestamp):
        return False


class Dnf(object):
    # What names a package and its version.
    NAME = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9+.~^_-]*$")

    def __init__(self, module):
        self.module, self.why = module, ""
        self.base, self.expired, self.found = None, False, []

    @staticmethod
    def name_of(package):
        """The name of a package in a plan, which for one that is new has the version behind it."""
        name, tail = package["name"], "-%s" % package["version"]
        return name[:-len(tail)] if name.endswith(tail) else name

    def _set_up(self):
        self.base = base = dnf.Base()
        base.conf.read()
        variables = base.conf.substitutions
        variables.update_from_etc(base.conf.installroot, varsdir=base.conf.varsdir)
        for name in [n for n in variables if variables[n] is None]:
            del variables[name]  # no package of the host says its release
        base.conf.exit_on_lock = True
        base.conf.timeout = min(int(base.conf.timeout or NETWORK_WAIT), max(1, self.module.params["timeout"] or NETWORK_WAIT))
        base.init_plugins()
        base.pre_configure_plugins()
        base.read_all_repos()
        base.configure_plugins()
        for repo in base.repos.iter_enabled():
            repo._set_key_import(NoKey())
            if self.expired:
                repo._repo.expire()
        base.fill_sack(load_system_repo=False)

    def _package(self, name, version):
        """The one package file of that name and version for this machine, or None."""
        number, _dash, release = version.rpartition("-")
        arches = [self.base.conf.arch, self.base.conf.basearch, "noarch"]
        found = list(self.base.sack.query().available().filter(name=name, version=number, release=release, arch=arches))
        files = dict(((os.path.basename(p.location),) + p.returnIdSum(), p) for p in found)
        if len(files) != 1:
            self.why = "%s %s is there %s" % (name, version, "in %d different files" % len(files) if files else "in no repository")
            return None
        (file_name, kind, value), package = files.popitem()
        if kind != "sha256" or not SHA256.match(value) or not FILE.match(file_name):
            self.why = "%s has no SHA-256 sum in its repository" % package
            return None
        # Where no signature is asked for there may be none, and secep-repair takes no file without one.
        for repo in [p.repo for p in found if not p.repo.gpgcheck]:
            self.why = "gpgcheck of repository %s is off" % repo.id
            return None
        return dict(name=name, version=version, file=file_name, sha256=value), package

    def listed(self, names):
        """The packages with file and sum as the host's own repositories have them, or None where they lack one; then why says more."""
        self.why, self.found = "", []
        try:
            with Silence():
                self._set_up()
                self.found = [self._package(name, version) for name, version in names]
        except Exception as e:  # plug-ins of the operator run in it, and raise what they like
            self.why = last_line(str(e)) or type(e).__name__
            return None
        packages = [p[0] for p in self.found if p]
        return packages if len(set(p["file"] for p in packages)) == len(names) else None

    def refresh(self):
        """The next listed() reads the metadata of the repositories again."""
        self.expired = True
        if self.base is not None:
            self.base.close()

    def fetch(self, packages, dest):
        """Brings what listed() returned into the empty directory dest."""
        try:
            with Silence():
                self.base.conf.destdir = dest
                for repo in self.base.repos.iter_enabled():
                    repo.pkgdir = dest
                self.base.download_packages([package for _listed, package in self.found])
        except Exception as e:  # as above
            raise SecepError("not fetched: %s" % (last_line(str(e)) or type(e).__name__))


def find(module):
    """The host's dnf 4, or None. Where another interpreter has its API, the module goes on there and this does not return."""
    try:
        with open("/usr/bin/dnf", "rb") as f:
            script = PYTHON_SCRIPT.match(f.read(128).decode("latin-1"))
    except (IOError, OSError):
        return None
    if script and dnf is None and not has_respawned():
        libraries = basic.__file__
        for _part in ("basic", "module_utils", "ansible"):
            libraries = os.path.dirname(libraries)
        if module.run_command([script.group(1), "-c", PROBE, libraries])[0] == 0:
            respawn_module(script.group(1))
    return Dnf(module) if script and dnf is not None else None
