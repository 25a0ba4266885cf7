# SPDX-License-Identifier: GPL-2.0-or-later
# One program in three files, joined in this order: secep_dnf.py, secep_dnf_hidden.py, secep_dnf_do.py.
"""dnf 4 asked through its own Python API, inside the root, by that root's interpreter.

Standard input: one line of JSON, {"op", "name", "version", "provides", "refresh", "reposdir",
"cachedir", "timeout"}; after the answer to "install" or "reinstall" a line "do" or the end of the input.
Standard output: lines "SECEP " + JSON. The answer {"ok": true, "changes": [...]} says what would
be done, {"ok": false, "cause", "why", ...} what keeps it; after "do" comes one more.

Whatever of dnf's settings would change what is installed, ask a question or take a key unasked is
set here; whatever the operator keeps packages out with (exclude, includepkgs, versionlock, module
filter, gpgcheck, repo_gpgcheck) counts as it does for dnf itself.
"""
import base64
import fnmatch
import glob
import hashlib
import json
import os
import re
import sys

channel = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what dnf and its plug-ins print is not the answer


def say(**answer):
    channel.write("SECEP " + json.dumps(answer) + "\n")
    channel.flush()


class Refused(Exception):
    """cause: gone, hidden, unreachable, locked, key, unsolvable, signature, space or failed;
    command: what a person would run all the same, its words."""

    def __init__(self, cause, why, candidates=(), command=()):
        super().__init__(why)
        self.answer = {
            "ok": False,
            "cause": cause,
            "why": " ".join(str(why).split()),
            "candidates": list(candidates),
            "command": list(command),
        }


try:
    import dnf
    import dnf.callback
    import dnf.exceptions
    import hawkey
    import rpm
except ImportError as error:
    say(ok=False, cause="failed", why="dnf's Python module: %s" % error, candidates=[])
    sys.exit(0)


def evr_of(package):
    return "%s-%s" % (package.version, package.release)


# --- keys ---


def fingerprint_of(armoured):
    """Of an OpenPGP version 4 key, from the base64 of its packets; None for anything else."""
    data = base64.b64decode(armoured)
    if len(data) < 6 or not data[0] & 0x80:
        return None
    if data[0] & 0x40:  # a new-format packet
        first = data[1]
        if first < 192:
            start, length = 2, first
        elif first < 224:
            start, length = 3, ((first - 192) << 8) + data[2] + 192
        else:
            return None
    else:
        size = {0: 1, 1: 2, 2: 4}.get(data[0] & 3)
        if size is None:
            return None
        start, length = 1 + size, int.from_bytes(data[1 : 1 + size], "big")
    body = data[start : start + length]
    if not body or body[0] != 4:
        return None
    head = b"\x99" + len(body).to_bytes(2, "big")
    return hashlib.sha1(head + body).hexdigest().upper()


def accepted_fingerprints():
    """Of the keys that rpm's own keyring has: somebody accepted these."""
    out = set()
    for header in rpm.TransactionSet().dbMatch("name", "gpg-pubkey"):
        for key in header[rpm.RPMTAG_PUBKEYS] or []:
            try:
                out.add(fingerprint_of(key if isinstance(key, bytes) else key.encode()))
            except ValueError:
                pass
    out.discard(None)
    return out


class KeyQuestion:
    """A repository asks whether its key is to be taken: only one that rpm has already."""

    def __init__(self):
        self.refused = []

    def _confirm(self, id, userid, fingerprint, url, timestamp):
        if fingerprint.upper() in accepted_fingerprints():
            return True
        self.refused.append((fingerprint, userid, url))
        return False


# --- opening ---


FORCED = {
    "assumeyes": False,
    "assumeno": False,
    "defaultyes": False,
    "install_weak_deps": False,
    # None of the kernels or headers there goes for this one. (0 would let them be replaced.)
    "installonly_limit": 1000,
    "clean_requirements_on_remove": False,
    "exit_on_lock": True,
    "strict": True,
    "skip_broken": False,
    "downloadonly": False,
    "deltarpm": False,
}


def force(conf):
    for key, value in FORCED.items():
        if hasattr(conf, key):
            setattr(conf, key, value)


def open_base(ask, question):
    base = dnf.Base()
    base.conf.read()
    substitutions = base.conf.substitutions
    if hasattr(substitutions, "update_from_etc"):
        try:
            substitutions.update_from_etc(base.conf.installroot, varsdir=base.conf.varsdir)
        except (TypeError, AttributeError):
            substitutions.update_from_etc(base.conf.installroot)
    for key in [k for k in substitutions if substitutions[k] is None]:
        del substitutions[key]  # no package of the root says its release
    force(base.conf)
    if ask["name"].startswith("kernel"):  # what is of a kernel stands beside another's
        base.conf.installonlypkgs = list(base.conf.installonlypkgs) + [ask["name"]]
    if ask.get("reposdir"):
        base.conf.reposdir = list(base.conf.reposdir) + [ask["reposdir"]]
    if ask.get("cachedir"):
        base.conf.cachedir = ask["cachedir"]
    base.conf.timeout = min(int(base.conf.timeout or 30), max(1, int(ask.get("timeout") or 30)))
    base.init_plugins()
    base.pre_configure_plugins()
    base.read_all_repos()
    base.configure_plugins()
    force(base.conf)  # a plug-in may have set one of them
    for repo in base.repos.iter_enabled():
        if hasattr(repo, "_set_key_import"):
            repo._set_key_import(question)
        if ask.get("refresh"):
            repo._repo.expire()
    return base


def load(base, question):
    """Fills the sack; names of the repositories that gave no answer."""
    before = {repo.id for repo in base.repos.iter_enabled()}
    try:
        base.fill_sack(load_system_repo="auto")
    except dnf.exceptions.RepoError as error:
        if question.refused:
            raise key_refused(question)
        raise Refused("unreachable", error)
    if question.refused:
        raise key_refused(question)
    return sorted(before - {repo.id for repo in base.repos.iter_enabled()})


def key_refused(question):
    fingerprint, userid, url = question.refused[0]
    return Refused(
        "key",
        "the repository's key %s (%s, from %s) was not accepted yet: compare the fingerprint with "
        "the vendor's" % (fingerprint, userid, url),
        command=["rpm", "--import", url],
    )
