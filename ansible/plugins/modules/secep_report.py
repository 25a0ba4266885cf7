#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-License-Identifier: GPL-2.0-or-later
# GNU General Public License v2.0 or later
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: secep_report
short_description: One page about the fleet
version_added: "0.2.0"
description:
  - Puts the JSON of all hosts into one self-contained HTML page. Runs on the controller.
  - Whatever a host answered is text in the page, never markup.
options:
  source:
    description: A directory with a file C(*.json) for each host, as the playbook C(report.yml) writes them.
    type: path
    required: true
  expected:
    description: Names of the hosts that were asked. One without a file stands in the page as a host whose answer was not kept.
    type: list
    elements: str
    default: []
  unkept:
    description: By host, why its answer was not kept.
    type: dict
    default: {}
  page:
    description: The page without its data.
    type: path
    required: true
  dest:
    description: Where the page is written.
    type: path
    required: true
attributes:
  check_mode:
    description: Says whether a page would be written.
    support: full
author:
  - secep maintainers (@secep)
"""

EXAMPLES = r"""
- name: Render what was gathered
  secep.endpoint.secep_report:
    source: gathered
    page: report.html
    dest: secep-report.html
"""

RETURN = r"""
hosts:
  description: How many hosts stand in the page.
  returned: success
  type: int
"""

import hashlib
import io
import json
import os
import time

from ansible.module_utils.basic import AnsibleModule

HOST_MAX = 8 << 20  # a host that answers with more is shown as one that does not answer


def script_json(value):
    """JSON that can stand in an HTML element: what could end it or open another is an escape."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    text = text.encode("utf-8", "replace").decode("utf-8")  # half a character is no JSON to a strict reader
    for character in "<>&":
        text = text.replace(character, "\\u%04x" % ord(character))
    return text


def read_host(path, name):
    """A host's answer. NAME stands for it where the file cannot say whose it is."""
    try:
        if os.path.getsize(path) > HOST_MAX:
            return {"host": name, "secep": None, "error": "its answer is longer than %d MiB" % (HOST_MAX >> 20)}
        with io.open(path, encoding="utf-8") as f:
            got = json.load(f)
        known = got.get("secep")  # Ansible writes a missing one as an empty string
        return {"host": got.get("host") or name, "secep": known if isinstance(known, dict) else None, "error": got.get("error") or None}
    except (IOError, OSError, ValueError, AttributeError) as e:
        return {"host": name, "secep": None, "error": "its answer cannot be read: %s" % e}


def missing(names, expected, unkept):
    """The hosts of EXPECTED that have no file among NAMES, as hosts that did not answer."""
    there = set(names)
    for host in expected:
        if hashlib.sha256(host.encode("utf-8")).hexdigest() + ".json" not in there:
            yield {"host": host, "secep": None, "error": "its answer could not be kept on the controller: %s" % unkept.get(host, "no reason given")}


def answers(source, names, expected, unkept):
    for name in names:
        yield read_host(os.path.join(source, name), name[:-len(".json")])
    for host in missing(names, expected, unkept):
        yield host


def shown(answer):
    """What the page shows of a host's answer, and no more: a fleet's is long."""
    keys = ("id", "slug", "verdict", "cause", "why", "next_boot", "do", "evidence")
    faults = answer.get("faults") if isinstance(answer.get("faults"), list) else []
    runs = answer.get("runs") if isinstance(answer.get("runs"), list) else []
    return dict(faults=[dict((k, f[k]) for k in keys if k in f) for f in faults if isinstance(f, dict)], kernel=answer.get("kernel"),
                why=answer.get("why"), runs=[dict(time=r.get("time")) for r in runs if isinstance(r, dict)]) if "faults" in answer else answer


def write_page(out, page, hosts, now):
    """The page with the answers of HOSTS, one after the other: they may be more than fit into memory at once."""
    nonce = "".join("%02x" % b for b in bytearray(os.urandom(16)))
    head, tail = (part.replace("@NONCE@", nonce) for part in page.split("@DATA@"))
    out.write(head + '{"hosts":[')
    for n, host in enumerate(hosts):
        out.write(("," if n else "") + script_json(dict(host, secep=shown(host["secep"]) if host["secep"] else None)))
    out.write('],"time":%d}' % now + tail)


def main():
    module = AnsibleModule(
        argument_spec=dict(source=dict(type="path", required=True), expected=dict(type="list", elements="str", default=[]),
                           unkept=dict(type="dict", default={}), page=dict(type="path", required=True), dest=dict(type="path", required=True)),
        supports_check_mode=True,
    )
    p = module.params
    try:
        names = sorted(n for n in os.listdir(p["source"]) if n.endswith(".json"))
        with io.open(p["page"], encoding="utf-8") as f:
            page = f.read()
        if page.count("@DATA@") != 1:
            module.fail_json(msg="%s is not the page of this collection: it has no place for the data" % p["page"])
        if not module.check_mode:
            temporary = p["dest"] + ".tmp"
            with io.open(temporary, "w", encoding="utf-8") as f:
                write_page(f, page, answers(p["source"], names, p["expected"], p["unkept"]), int(time.time()))
            module.atomic_move(temporary, p["dest"])
    except (IOError, OSError) as e:
        module.fail_json(msg=str(e))
    module.exit_json(changed=True, hosts=len(names) + len(list(missing(names, p["expected"], p["unkept"]))), dest=p["dest"])


if __name__ == "__main__":
    main()
