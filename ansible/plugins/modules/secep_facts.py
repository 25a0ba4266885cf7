#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-License-Identifier: GPL-2.0-or-later
# GNU General Public License v2.0 or later
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: secep_facts
short_description: What secep knows of a host, as facts
version_added: "0.2.0"
description:
  - Looks at all nine faults and at the kernel; changes nothing.
options:
  root:
    description: Look at the target root at this path instead of the running system.
    type: path
  history:
    description: Also return the runs of secep-repair on this host.
    type: bool
    default: false
  executable:
    description: Path of C(secep-repair), where it is not in the usual place.
    type: path
attributes:
  check_mode:
    description: The module never changes anything.
    support: full
author:
  - secep maintainers (@secep)
"""

EXAMPLES = r"""
- name: Gather what secep knows
  secep.endpoint.secep_facts:

- name: Show the faults of this host
  ansible.builtin.debug:
    var: ansible_facts.secep.left
"""

RETURN = r"""
ansible_facts:
  description: One dictionary C(secep).
  returned: always
  type: dict
  contains:
    secep:
      description: Installed or not, faults, kernel, BTF, Secure Boot, SELinux, connector version.
      type: dict
      returned: always
"""

import os
import re

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.secep.endpoint.plugins.module_utils.secep import SecepError, ask, common_arguments, find_program, is_left

GLOBAL_XML = "opt/cisco/amp/etc/global.xml"
SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
READ_MAX = 1 << 20


def read(root, path):
    """The first MiB of a regular file, or None. Nothing else is opened."""
    full = os.path.join(root or "/", path)
    try:
        if not os.path.isfile(full) or os.path.islink(full):
            return None
        with open(full, "rb") as f:
            return f.read(READ_MAX)
    except (IOError, OSError):
        return None


def connector_version(root):
    text = read(root, GLOBAL_XML) or b""
    found = re.search(br"<version>\s*([0-9][0-9.]{0,30})\s*</version>", text)
    return found.group(1).decode("ascii") if found else None


def selinux(root):
    if root:
        return None
    enforce = read(None, "sys/fs/selinux/enforce")
    return {None: "disabled", b"1": "enforcing"}.get(enforce, "permissive")


def secure_boot(root):
    value = None if root else read(None, SECURE_BOOT)
    return None if value is None else value[-1:] == b"\x01"


def main():
    module = AnsibleModule(
        argument_spec=dict(root=dict(type="path"), history=dict(type="bool", default=False), executable=dict(type="path")),
        supports_check_mode=True,
    )
    root = module.params["root"]
    facts = dict(installed=False, connector_version=connector_version(root), secure_boot=secure_boot(root), selinux=selinux(root),
                 btf=None if root else os.path.exists("/sys/kernel/btf/vmlinux"))
    try:
        program = find_program(module, module.params["executable"])
    except SecepError as e:
        module.exit_json(changed=False, ansible_facts=dict(secep=dict(facts, why=str(e))))
    try:
        status, answer = ask(module, program, ["--all", "--check"] + common_arguments(module.params))
        facts.update(installed=True, version=answer.get("version"), kernel=answer.get("kernel"), exit=status,
                     faults=answer.get("faults", []), left=[f["id"] for f in answer.get("faults", []) if is_left(f)])
        if module.params["history"]:
            facts["runs"] = ask(module, program, ["--history"] + common_arguments(module.params))[1].get("runs", [])
    except SecepError as e:
        module.fail_json(msg=str(e))
    module.exit_json(changed=False, ansible_facts=dict(secep=facts))


if __name__ == "__main__":
    main()
