#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-License-Identifier: GPL-2.0-or-later
# GNU General Public License v2.0 or later
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: secep_repair
short_description: Check and repair the faults of the Secure Endpoint connector
version_added: "0.2.0"
description:
  - Runs C(secep-repair) on the host and reads its JSON.
  - In check mode nothing is changed; the module returns the plan and says whether a repair would change something.
options:
  faults:
    description: Fault numbers or names, or C(all).
    type: list
    elements: str
    default: [all]
  state:
    description:
      - With C(clear) the faults are repaired, and a fault that is left fails the task.
      - With C(checked) they are only looked at; the task does not fail for a fault.
    type: str
    choices: [clear, checked]
    default: clear
  prove:
    description: With O(state=checked), also ask what only a proof can know (the connector, an event made on purpose).
    type: bool
    default: false
  allow:
    description: What the operator allows beyond the ordinary repair.
    type: list
    elements: str
    choices: [kernel-change, throttle, second-module, boolean, again]
    default: []
  wait:
    description: After a repair follow the monitor for so many seconds until each repaired fault is cleared there too.
    type: int
  timeout:
    description: Seconds after which waiting for locks and networks ends.
    type: int
  offline_dir:
    description:
      - A directory of package files on the host, for hosts without repositories.
      - Each has to be in the host's own verified package lists (apt), be signed by a key of its keyring (rpm), or stand in O(offline_sums).
    type: path
  offline_sums:
    description:
      - A file on the host with the SHA-256 sums of the files in O(offline_dir), as C(sha256sum) writes them inside that directory.
      - A file that is named there and differs is refused.
    type: path
  module_source:
    description: A directory of kernel module sources on the host.
    type: path
  root:
    description: Work on the target root at this path instead of the running system.
    type: path
  kernel:
    description: The kernel release asked about, where it is not the running one.
    type: str
  executable:
    description: Path of C(secep-repair), where it is not in the usual place.
    type: path
attributes:
  check_mode:
    description: Runs C(secep-repair --plan).
    support: full
  diff_mode:
    description: Shows the causes as before and the steps as after.
    support: full
author:
  - secep maintainers (@secep)
"""

EXAMPLES = r"""
- name: Repair everything that can be repaired
  secep.endpoint.secep_repair:

- name: Look at two faults
  secep.endpoint.secep_repair:
    faults: [scan-user, 11]
    state: checked
  register: looked

- name: Repair the kernel headers from files copied to the host
  secep.endpoint.secep_repair:
    faults: [kernel-headers]
    offline_dir: /root/secep-headers
    offline_sums: /root/secep-headers.sha256
"""

RETURN = r"""
faults:
  description: Each fault with its verdict, cause, evidence, steps and what a person must do.
  returned: when secep-repair answered
  type: list
  elements: dict
left:
  description: The numbers of the faults that are left.
  returned: when secep-repair answered
  type: list
  elements: int
unknown:
  description: The numbers of the faults that could not be told. An empty RV(left) alone says nothing of these.
  returned: when secep-repair answered
  type: list
  elements: int
run:
  description: The run's id, for M(secep.endpoint.secep_undo). None where nothing was changed.
  returned: when secep-repair answered
  type: str
exit:
  description: Exit status of secep-repair (0 no fault left, 1 fault left, 3 could not tell, 4 a person or a reboot is needed).
  returned: when secep-repair answered
  type: int
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.secep.endpoint.plugins.module_utils.secep import (
    SecepError, ask, common_arguments, describe, diff_of, find_program, is_left, planned)


def arguments_of(module):
    p = module.params
    arguments = ["--all"] if "all" in p["faults"] else ["--fault", ",".join(p["faults"])]
    if p["state"] == "checked":
        arguments.append("--check")
        arguments += ["--prove"] if p["prove"] else []
    else:
        arguments += ["--plan"] if module.check_mode else []
        for word in p["allow"]:
            arguments += ["--allow", word]
        if p["wait"] is not None and not module.check_mode:
            arguments += ["--wait", str(p["wait"])]
    for option, flag in (("offline_dir", "--offline"), ("offline_sums", "--offline-sums"), ("module_source", "--module-source")):
        if p[option]:
            arguments += [flag, p[option]]
    if p["kernel"]:
        arguments += ["--kernel", p["kernel"]]
    return arguments + common_arguments(p)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            faults=dict(type="list", elements="str", default=["all"]),
            state=dict(type="str", choices=["clear", "checked"], default="clear"),
            prove=dict(type="bool", default=False),
            allow=dict(type="list", elements="str", default=[],
                       choices=["kernel-change", "throttle", "second-module", "boolean", "again"]),
            wait=dict(type="int"),
            timeout=dict(type="int"),
            offline_dir=dict(type="path"),
            offline_sums=dict(type="path"),
            module_source=dict(type="path"),
            root=dict(type="path"),
            kernel=dict(type="str"),
            executable=dict(type="path"),
        ),
        required_by=dict(offline_sums="offline_dir"),
        supports_check_mode=True,
    )
    if not module.params["faults"]:
        module.fail_json(msg="faults is an empty list: name one, or all")
    try:
        program = find_program(module, module.params["executable"])
        status, answer = ask(module, program, arguments_of(module))
    except SecepError as e:
        module.fail_json(msg=str(e))
    clear = module.params["state"] == "clear"
    faults = answer.get("faults", [])
    left = [f for f in faults if is_left(f)]
    unknown = [f for f in faults if f.get("verdict") == "could-not-tell"]
    plans = clear and module.check_mode
    result = dict(
        changed=bool(planned(answer)) if plans else bool(clear and answer.get("changed")),
        faults=faults, left=[f["id"] for f in left], unknown=[f["id"] for f in unknown], run=answer.get("run"), exit=status,
        version=answer.get("version"), kernel=answer.get("kernel"), closing=answer.get("closing", []))
    if module._diff and clear:
        result["diff"] = diff_of(answer)
    # A plan leaves the faults it would repair; what no step ends would fail the real run, too.
    # A fault without steps of its own may be one that the restart at the end ends.
    closing = bool(answer.get("closing"))
    stuck = [f for f in left if not (plans and (f.get("steps") or (closing and f.get("verdict") == "fault")))]
    if clear and stuck:
        module.fail_json(msg="; ".join(describe(f) for f in stuck), **result)
    if clear and status == 3:
        module.fail_json(msg="could not tell: %s" % "; ".join("fault %s: %s" % (f["id"], f.get("why")) for f in unknown), **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
