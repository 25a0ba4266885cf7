#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-License-Identifier: GPL-2.0-or-later
# GNU General Public License v2.0 or later
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: secep_undo
short_description: Put back what a run of secep-repair changed
version_added: "0.2.0"
description:
  - Runs C(secep-repair --undo) on the host. What others changed since is left alone, which is a warning and no failure.
  - A run that was put back before has nothing left to do, so that a second task changes nothing.
options:
  run:
    description: The run's id, or C(last).
    type: str
    default: last
  root:
    description: Work on the target root at this path instead of the running system.
    type: path
  timeout:
    description: Seconds after which waiting for locks ends.
    type: int
  executable:
    description: Path of C(secep-repair), where it is not in the usual place.
    type: path
attributes:
  check_mode:
    description: Reads C(secep-repair --history) and says whether there is a step to put back.
    support: full
author:
  - secep maintainers (@secep)
"""

EXAMPLES = r"""
- name: Put back what the last run changed
  secep.endpoint.secep_undo:
    run: last
"""

RETURN = r"""
steps:
  description: Each step with its state, and why one could not be put back.
  returned: when secep-repair answered
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.secep.endpoint.plugins.module_utils.secep import SecepError, ask, common_arguments, find_program


def done_steps(module, program):
    """The steps of the run that are done and not put back, from the history."""
    answer = ask(module, program, ["--history"] + common_arguments(module.params))[1]
    runs = [r for r in answer.get("runs", []) if any(s.get("state") == "done" for s in r.get("steps", []))]
    wanted = module.params["run"]
    if wanted != "last":
        runs = [r for r in runs if r.get("run") == wanted]
    return [s for s in runs[-1]["steps"] if s.get("state") == "done"] if runs else []


def main():
    module = AnsibleModule(
        argument_spec=dict(run=dict(type="str", default="last"), root=dict(type="path"),
                           timeout=dict(type="int"), executable=dict(type="path")),
        supports_check_mode=True,
    )
    try:
        program = find_program(module, module.params["executable"])
        steps = done_steps(module, program)
        if not steps or module.check_mode:
            module.exit_json(changed=bool(steps), steps=steps)
        status, answer = ask(module, program, ["--undo", module.params["run"]] + common_arguments(module.params))
    except SecepError as e:
        module.fail_json(msg=str(e))
    result = dict(changed=bool(answer.get("changed")), steps=answer.get("steps", []), exit=status)
    failed = [s for s in result["steps"] if s.get("state") == "failed"]
    left = [s for s in result["steps"] if s.get("state") == "left"]
    for s in left:
        module.warn("left alone: %s %s: %s" % (s.get("kind"), s.get("target"), s.get("why")))
    if failed or (status != 0 and not left):
        module.fail_json(msg="not put back: %s" % "; ".join("%s %s: %s" % (s.get("kind"), s.get("target"), s.get("why")) for s in failed), **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
