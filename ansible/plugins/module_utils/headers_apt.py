# -*- coding: utf-8 -*-
# SPDX-License-Identifier: GPL-2.0-or-later
"""Header packages by apt. For secep_headers, which has the same of dnf in headers_dnf.py."""
from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import re

from ansible_collections.secep.endpoint.plugins.module_utils.secep import SecepError, last_line

# A line of apt-get --print-uris download: 'URI' FILE SIZE SHA256:SUM
URI_LINE = re.compile(r"^'[^']*' ([A-Za-z0-9][A-Za-z0-9+.~%:_-]*\.deb) ([0-9]+) SHA256:([0-9a-f]{64})$")
QUIET = {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}


class Apt(object):
    # What names a package and its version, and can be no option.
    NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9+.:~-]*$")

    def __init__(self, module, program):
        self.module, self.program, self.why = module, program, ""

    @staticmethod
    def name_of(package):
        """The name of a package in a plan."""
        return package["name"]

    def listed(self, names):
        """The packages with file and sum as the host's own lists have them, or None where they lack one; then why says more."""
        status, out, err = self.module.run_command([self.program, "-q", "--print-uris", "download"] + ["%s=%s" % n for n in names], environ_update=QUIET)
        lines = [URI_LINE.match(line.strip()) for line in out.splitlines() if line.startswith("'")]
        self.why = last_line(err) if status != 0 else ""
        if status != 0 or None in lines or len(lines) != len(names):
            return None
        by_name = dict((m.group(1).split("_")[0], m) for m in lines)
        if sorted(by_name) != [name.split(":")[0] for name, _version in names]:
            return None
        return [dict(name=name, version=version, file=by_name[name.split(":")[0]].group(1), sha256=by_name[name.split(":")[0]].group(3)) for name, version in names]

    def refresh(self):
        """Updates the package lists."""
        self.module.run_command([self.program, "-q", "update"], environ_update=QUIET)

    def fetch(self, packages, dest):
        """Brings what listed() returned into the empty directory dest."""
        # As root: apt's own user cannot write there, and each file is held against its sum by the caller.
        status, out, err = self.module.run_command([self.program, "-q", "-o", "APT::Sandbox::User=root", "download"] + ["%(name)s=%(version)s" % p for p in packages],
                                                   cwd=dest, environ_update=QUIET)
        if status != 0:
            raise SecepError("not fetched: %s" % (last_line(err) or last_line(out)))


def find(module):
    """The host's apt, or None. Hosts of rpm can have the program, too, but no package of dpkg."""
    program = module.get_bin_path("apt-get")
    try:
        return Apt(module, program) if program and os.path.getsize("/var/lib/dpkg/status") else None
    except OSError:
        return None
