# -*- coding: utf-8 -*-
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the modules share: secep-repair is run, its JSON is read, its text never is."""
from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json

SCHEMAS = (1, 2)
# secep-repair's exit status that is about the fault and not about the call.
ANSWERS = (0, 1, 3, 4)


class SecepError(Exception):
    """The call failed; the text is one line for a person."""


# A line of a message: what a host prints is no page of the log.
LINE_MAX = 300


def last_line(text):
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return lines[-1][:LINE_MAX] if lines else ""


def are_objects(value):
    return isinstance(value, list) and all(isinstance(v, dict) for v in value)


def is_whole(answer):
    """What the modules and the page walk through has the shape of the schema, whoever wrote it."""
    if not all(are_objects(answer.get(key, [])) for key in ("faults", "runs", "steps", "closing")):
        return False
    if not all(isinstance(f.get("id"), int) for f in answer.get("faults", [])):
        return False
    inner = answer.get("faults", []) + answer.get("runs", [])
    return all(are_objects(i.get("steps", [])) and isinstance(i.get("do") or {}, dict) and isinstance(i.get("before") or {}, dict) for i in inner)


def no_json(out, err):
    """Why the output is no answer. Of one that was cut off nothing is shown: it says nothing."""
    if out.lstrip().startswith("{"):
        return "the JSON of secep-repair is cut off or not whole (%d bytes)%s" % (len(out), ": " + last_line(err) if last_line(err) else "")
    return "secep-repair printed no JSON: %s" % (last_line(err) or last_line(out) or "nothing")


def find_program(module, given):
    path = given or module.get_bin_path("secep-repair", required=False, opt_dirs=["/usr/sbin", "/sbin"])
    if not path:
        raise SecepError("secep-repair is not installed on this host: install the package secep")
    return path


def ask(module, program, arguments):
    """Runs secep-repair --json ARGUMENTS: (exit status, the object it printed)."""
    status, out, err = module.run_command([program, "--json"] + arguments)
    if status not in ANSWERS:
        raise SecepError(last_line(err) or "secep-repair ended with status %d" % status)
    try:
        answer = json.loads(out)
    except ValueError:
        raise SecepError(no_json(out, err))
    if not isinstance(answer, dict) or answer.get("schema") not in SCHEMAS:
        raise SecepError("this secep speaks JSON schema %s, the collection knows %s: upgrade one of the two" % (
            answer.get("schema") if isinstance(answer, dict) else None, " and ".join(str(s) for s in SCHEMAS)))
    if not is_whole(answer):
        raise SecepError("the JSON of secep-repair is not of the form that its schema %s has" % answer["schema"])
    return status, answer


def common_arguments(params):
    """Options that mean the same for every call."""
    arguments = []
    if params.get("root"):
        arguments += ["--root", params["root"]]
    if params.get("timeout") is not None:
        arguments += ["--timeout", str(params["timeout"])]
    return arguments


def is_left(fault):
    return fault.get("verdict") in ("fault", "blocked")


def describe(fault):
    """One fault that is left, in one line."""
    do = fault.get("do") or {}
    text = "fault %s %s (%s, %s): %s" % (fault.get("id"), fault.get("slug"), fault.get("verdict"), fault.get("cause"), fault.get("why"))
    return text + (" Do: %s" % do["text"] if do.get("text") else "")


def planned(answer):
    steps = [step for fault in answer.get("faults", []) for step in fault.get("steps", [])]
    return steps + answer.get("closing", [])


def diff_of(answer):
    """Steps as before and after, for --diff."""
    before, after = [], []
    for fault in answer.get("faults", []):
        if not fault.get("steps"):
            continue
        was = fault.get("before") or fault
        before.append("fault %s %s: %s\n" % (fault.get("id"), fault.get("slug"), was.get("cause") or was.get("verdict")))
        for step in fault["steps"]:
            words = [step.get("kind"), step.get("target"), step.get("key"), step.get("value")]
            after.append("fault %s %s: %s\n" % (fault.get("id"), fault.get("slug"), " ".join(w for w in words if w)))
    for step in answer.get("closing", []):
        after.append("at the end: %s %s\n" % (step.get("kind"), step.get("target")))
    return {"before": "".join(before), "after": "".join(after)}
