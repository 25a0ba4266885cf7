#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-License-Identifier: GPL-2.0-or-later
# GNU General Public License v2.0 or later
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: secep_headers
short_description: Kernel header packages that one host fetches for many
version_added: "0.2.0"
description:
  - Asks C(secep-repair --plan) which packages a repair of fault 11 would bring in, and the host's own package lists for their SHA-256 sums.
  - Hosts that need the same packages have the same RV(key), so that one of them can fetch for the rest.
  - Knows apt, and dnf 4 (RHEL 8 to 10, Amazon Linux 2023) by its Python API, under the interpreter that has it if this ansible-core runs there.
  - With dnf 5, zypper, microdnf or yum 3 RV(key) is none, and the host fetches its own packages.
  - So it is where a repository of dnf has C(gpgcheck) off, since C(secep-repair --offline) asks for the signature of each file by a key of rpm's keyring;
    where one has no SHA-256 sums, asks for a key that it was not given yet, or is locked by another dnf.
options:
  state:
    description:
      - With V(planned) nothing is changed, but for package lists that are older than the plan, which are updated.
      - With V(fetched) the packages are downloaded into O(dest), which is emptied before.
      - With V(held) the files in O(dest) are held against the sums of this host's own package lists; one that differs, lacks or is too many fails the task.
    type: str
    choices: [planned, fetched, held]
    default: planned
  dest:
    description: A directory of the host, for the package files alone. Needed but for O(state=planned).
    type: path
  kernel:
    description: The kernel release asked about, where it is not the running one.
    type: str
  timeout:
    description: Seconds after which waiting for locks and networks ends.
    type: int
  executable:
    description: Path of C(secep-repair), where it is not in the usual place.
    type: path
attributes:
  check_mode:
    description: Fetches nothing and says whether it would.
    support: full
author:
  - secep maintainers (@secep)
"""

EXAMPLES = r"""
- name: Which header packages this host needs
  secep.endpoint.secep_headers:
  register: needed

- name: Fetch them
  secep.endpoint.secep_headers:
    state: fetched
    dest: /var/cache/secep/headers
  when: needed.key is string
"""

RETURN = r"""
key:
  description: The same for hosts that need the same files. None where nothing is needed, or where this host has to fetch its own.
  returned: success
  type: str
packages:
  description: Name, version, file name and SHA-256 sum of each package.
  returned: success
  type: list
  elements: dict
"""

import hashlib
import os
import shutil

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.secep.endpoint.plugins.module_utils import headers_apt, headers_dnf
from ansible_collections.secep.endpoint.plugins.module_utils.secep import SecepError, ask, common_arguments, find_program, planned


def wanted(module, program, system):
    """Name and version of what a repair of fault 11 would bring in."""
    arguments = ["--fault", "11", "--plan"] + common_arguments(module.params)
    if module.params["kernel"]:
        arguments += ["--kernel", module.params["kernel"]]
    found = []
    for step in planned(ask(module, program, arguments)[1]):
        for package in step.get("packages") or []:
            name, version = package.get("name") or "", package.get("version") or ""
            if not system.NAME.match(name) or not system.NAME.match(version):
                return []
            found.append((system.name_of(package), version))
    return sorted(found)


def listed_anew(module, system, names):
    """As listed(), after a look at the repositories where the lists are too old for the plan."""
    packages = system.listed(names)
    if packages is None and not module.check_mode:
        system.refresh()
        packages = system.listed(names)
    return packages


def key_of(packages):
    text = "\n".join("%(name)s %(version)s %(sha256)s" % p for p in packages)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:32]


def sum_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as f:
        for part in iter(lambda: f.read(1 << 20), b""):
            digest.update(part)
    return digest.hexdigest()


def hold(module, packages):
    """Fails unless the directory has these files with these sums and nothing else."""
    dest = module.params["dest"]
    expected = dict((p["file"], p["sha256"]) for p in packages)
    try:
        names = sorted(os.listdir(dest))
        if names != sorted(expected):
            raise SecepError("%s has other files than this host needs: %s" % (dest, ", ".join(names) or "none"))
        for name in names:
            path = os.path.join(dest, name)
            if os.path.islink(path) or not os.path.isfile(path) or sum_of(path) != expected[name]:
                raise SecepError("%s is not the file that this host's own package lists name" % path)
    except (IOError, OSError) as e:
        raise SecepError(str(e))


def fetch(module, system, packages):
    dest = module.params["dest"]
    try:
        if os.path.lexists(dest):
            shutil.rmtree(dest)
        os.makedirs(dest, 0o700)
    except (IOError, OSError) as e:
        raise SecepError(str(e))
    system.fetch(packages, dest)
    hold(module, packages)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            state=dict(type="str", choices=["planned", "fetched", "held"], default="planned"),
            dest=dict(type="path"), kernel=dict(type="str"), timeout=dict(type="int"), executable=dict(type="path"),
        ),
        required_if=[("state", "fetched", ["dest"]), ("state", "held", ["dest"])],
        supports_check_mode=True,
    )
    state = module.params["state"]
    try:
        program = find_program(module, module.params["executable"])
        system = headers_apt.find(module) or headers_dnf.find(module)
        if system is None and state != "planned":
            raise SecepError("this host has neither apt nor dnf 4 with its Python API")
        names = wanted(module, program, system) if system else []
        packages = listed_anew(module, system, names) if names else None
        if packages is None:
            if state != "planned" and names:
                raise SecepError("the package lists of this host have not all of %s%s" % (
                    ", ".join("%s %s" % n for n in names), ": " + system.why if system.why else ""))
            module.exit_json(changed=False, key=None, packages=[])
        if state == "held":
            hold(module, packages)
        elif state == "fetched" and not module.check_mode:
            fetch(module, system, packages)
    except SecepError as e:
        module.fail_json(msg=str(e))
    module.exit_json(changed=state == "fetched", key=key_of(packages), packages=packages)


if __name__ == "__main__":
    main()
