# SPDX-License-Identifier: GPL-2.0-or-later
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


# --- what is hidden, and by what ---


def same_version(package, version):
    return not version or evr_of(package) == version or (
        version.endswith("*") and evr_of(package).startswith(version[:-1])
    )


def matching(base, ask, flags):
    query = base.sack.query(flags=flags).available().filter(name=ask["name"])
    arches = (base.conf.substitutions["arch"], base.conf.basearch, "noarch")
    return [p for p in query if p.arch in arches and same_version(p, ask.get("version"))]


def lines_of(path):
    try:
        with open(path, errors="replace") as stream:
            return list(enumerate(stream, 1))
    except OSError:
        return []


def patterns_fit(words, package):
    names = [
        package.name,
        "%s.%s" % (package.name, package.arch),
        "%s-%s" % (package.name, package.version),
        "%s-%s" % (package.name, evr_of(package)),
        "%s-%s.%s" % (package.name, evr_of(package), package.arch),
        "%s-%d:%s" % (package.name, package.epoch, evr_of(package)),
        "%s-%d:%s.%s" % (package.name, package.epoch, evr_of(package), package.arch),
    ]
    return any(fnmatch.fnmatchcase(n, w) for n in names for w in words)


def conf_lines(path, section):
    """(number, key, words) of the exclude and include lists of a section, continuations too."""
    inside, key = False, ""
    for number, line in lines_of(path):
        if line.startswith("["):
            inside, key = line.strip()[1:].split("]")[0] == section, ""
        elif inside and line[:1] in " \t" and key:
            yield number, key, re.split(r"[\s,]+", line.strip())
        elif inside and "=" in line and not line.startswith(("#", ";")):
            key, value = (part.strip() for part in line.split("=", 1))
            yield number, key, [w for w in re.split(r"[\s,]+", value) if w]


def excluding_line(base, package):
    repo = base.repos.get(package.reponame)
    places = [(base.conf.config_file_path, "main")]
    if repo is not None and repo.repofile:
        places.append((repo.repofile, repo.id))
    included = None
    for path, section in places:
        for number, key, words in conf_lines(path, section):
            if key in ("exclude", "excludepkgs") and patterns_fit(words, package):
                return "%s:%d: %s=%s" % (path, number, key, " ".join(words))
            if key == "includepkgs" and not patterns_fit(words, package):
                included = "%s:%d: %s=%s" % (path, number, key, " ".join(words))
    return included


def locking_line(base, package):
    paths = glob.glob("/etc/dnf/plugins/versionlock.list")
    for path in base.conf.pluginconfpath:
        for _, line in lines_of(os.path.join(path, "versionlock.conf")):
            if line.split("=")[0].strip() == "locklist":
                paths.append(line.split("=", 1)[1].strip())
    for path in paths:
        for number, line in lines_of(path):
            text = line.strip()
            lock = text.lstrip("!")
            if not lock or lock.startswith("#"):
                continue
            shunned = text.startswith("!") and patterns_fit([lock, lock + ".*"], package)
            if shunned or re.match(re.escape(package.name) + r"-(\d+:)?[\d*]", lock):
                return "%s:%d: %s" % (path, number, text)
    return None


def hidden_by(base, package):
    """The line that hides it, and the command that would install it all the same."""
    spec = "%s-%s" % (package.name, evr_of(package))
    modular = package not in base.sack.query(flags=hawkey.IGNORE_REGULAR_EXCLUDES).available()
    line = locking_line(base, package)
    if modular:
        return (
            "the module filter of repository %s" % package.reponame,
            ["dnf", "--setopt=%s.module_hotfixes=1" % package.reponame, "install", spec],
        )
    excluded = excluding_line(base, package)
    if excluded or not line:
        command = ["dnf", "--disableexcludes=all", "install", spec]
        return excluded or "an exclude of dnf's", command
    return line, ["dnf", "--disableplugin=versionlock", "install", spec]


def say_missing(base, ask, unreachable):
    spec = ask["name"] + ("-" + ask["version"] if ask.get("version") else "")
    there = matching(base, ask, hawkey.IGNORE_EXCLUDES)
    if there:
        line, command = hidden_by(base, there[-1])
        raise Refused(
            "hidden",
            "%s-%s is in repository %s, but hidden by %s"
            % (there[-1].name, evr_of(there[-1]), there[-1].reponame, line),
            command=command,
        )
    if unreachable:
        raise Refused("unreachable", "no answer from repository %s" % ", ".join(unreachable))
    raise Refused("gone", "%s is in no configured repository" % spec, offers(base, ask))


def offers(base, ask):
    query = base.sack.query().available().filter(name=ask["name"])
    return ["%s.%s" % (evr_of(p), p.arch) for p in sorted(query)]


# --- what would be done ---

REPLACED = ("Upgraded", "Downgraded", "Reinstalled")
GOES = ("Removed", "Erase", "Obsoleted")
COMES = ("Install", "Upgrade", "Downgrade", "Reinstall", "Obsoleting")


def changes_of(base):
    out = []
    for item in base.transaction:
        if item.action_name not in GOES + COMES:
            continue
        package = item.pkg
        if item.action_name in GOES:
            raise Refused(
                "unsolvable",
                "%s-%s would have to be removed for it" % (package.name, evr_of(package)),
            )
        out.append(
            {
                "name": package.name,
                "evr": evr_of(package),
                "arch": package.arch,
                "new": item.action_name == "Install",
                "download": package.downloadsize,
                "size": package.installsize,
                "repository": package.reponame,
            }
        )
    return out


def say_hidden_need(base, ask, text):
    """What it needs is there, but kept away."""
    found = re.search(r"package (\S+)(?: from \S+)? is filtered out by", text)
    there = base.sack.query(flags=hawkey.IGNORE_EXCLUDES).available()
    for package in there if found else []:
        if str(package) == found.group(1):
            line, command = hidden_by(base, package)
            raise Refused(
                "hidden",
                "%s needs %s, which is hidden by %s" % (ask["name"], package, line),
                command=command,
            )


def take_provider(base, ask):
    """The package that says it has what is wanted, in the place of the one guessed by its name."""
    found = provider(base, {"name": ask["provides"]}) if ask.get("provides") else []
    if not found or ask["op"] != "install":
        return {}
    ask["name"], ask["version"] = found[-1]["name"], found[-1]["evr"]
    return {"name": ask["name"], "version": ask["version"]}


def mark(base, ask, unreachable):
    wanted = [p for p in matching(base, ask, 0)]
    if ask["op"] == "reinstall":
        installed = base.sack.query().installed().filter(name=ask["name"])
        here = {(p.version, p.release, p.arch) for p in installed if same_version(p, ask.get("version"))}
        wanted = [p for p in wanted if (p.version, p.release, p.arch) in here]
    if not wanted:
        say_missing(base, ask, unreachable)
    best = sorted(wanted)[-1]
    spec = "%s-%d:%s.%s" % (best.name, best.epoch, evr_of(best), best.arch)
    base.args = [ask["op"], spec]  # what "dnf history" shows
    try:
        if ask["op"] == "reinstall":
            base.reinstall(spec)
        else:
            base.install(spec)
        base.resolve(allow_erasing=False)
    except dnf.exceptions.DepsolveError as error:
        say_hidden_need(base, ask, str(error))
        raise Refused("unsolvable", "%s cannot be installed: %s" % (ask["name"], error))
    except dnf.exceptions.MarkingError as error:
        raise Refused("unsolvable", error)


# --- doing it ---


class Told(dnf.callback.TransactionProgress):
    """Scriptlets that fail are no exception of dnf's."""

    def __init__(self):
        super().__init__()
        self.errors = []

    def error(self, message):
        self.errors.append(" ".join(str(message).split()))


def key_missing(base, package, words):
    """Why the package is excluded, no version that is available, and what accepts the key, if one is named."""
    why = "%s: %s" % (package, " ".join(str(words).split()))
    keys = list(base.repos[package.reponame].gpgkey)
    if not keys:
        return ("%s; no gpgkey= names a key of repository %s" % (why, package.reponame),)
    command = ["rpm", "--import"] + keys
    text = "%s: its key was not accepted yet, compare the fingerprint with the vendor's; %s accepts it"
    return text % (why, '"%s"' % " ".join(command)), (), command


def check_signatures(base):
    for package in base.transaction.install_set:
        code, words = base.package_signature_check(package)
        if code == 1 or str(words).endswith("is not installed"):  # no gpgkey=: 2
            raise Refused("key", *key_missing(base, package, words))
        if code != 0:
            raise Refused("signature", "%s: %s" % (package, words))


class Stale(Exception):
    """What the lists name is not there any more, or is another file by now."""


def download(base):
    try:
        base.download_packages(list(base.transaction.install_set))
    except dnf.exceptions.DownloadError as error:
        if "No space left" in str(error) or "not enough" in str(error).lower():
            raise Refused("space", error)
        raise Stale("unreachable", str(error))
    except dnf.exceptions.Error as error:
        raise Stale("signature", str(error))


def do(base):
    check_signatures(base)
    told = Told()
    try:
        base.do_transaction(told)
    except dnf.exceptions.Error as error:
        text = str(error)
        if "transaction lock" in text:
            raise Refused("locked", text)
        raise Refused("space" if "No space left" in text or "needs" in text else "failed", text)
    if told.errors:
        raise Refused("failed", told.errors[0])


# --- requests ---


def provider(base, ask):
    query = base.sack.query(flags=hawkey.IGNORE_EXCLUDES).available()
    found = query.filter(provides=ask["name"])
    arches = (base.conf.substitutions["arch"], base.conf.basearch, "noarch")
    return [
        {"name": p.name, "evr": evr_of(p), "arch": p.arch, "new": True}
        for p in sorted(found)
        if p.arch in arches
    ]


def serve(ask):
    question = KeyQuestion()
    base = open_base(ask, question)
    unreachable = load(base, question)
    if ask["op"] == "offer":
        found = offers(base, ask)
        if not found:
            say_missing(base, ask, unreachable)
        say(ok=True, changes=[], candidates=found)
        return
    if ask["op"] == "provider":
        say(ok=True, changes=provider(base, ask), candidates=[])
        return
    taken = take_provider(base, ask)
    mark(base, ask, unreachable)
    foreseen = changes_of(base)
    say(ok=True, changes=foreseen, candidates=[], **taken)
    if sys.stdin.readline() != "do\n":
        return
    try:
        download(base)
    except Stale as stale:
        base = look_again(base, ask, foreseen, stale)
    do(base)
    say(ok=True, changes=[], candidates=[])


def look_again(base, ask, foreseen, stale):
    """With lists of now, once; what they would bring in must be what was foreseen."""
    if ask.get("refresh"):
        raise Refused(*stale.args)
    base.close()
    ask["refresh"] = True
    question = KeyQuestion()
    base = open_base(ask, question)
    mark(base, ask, load(base, question))
    keys = ("name", "evr", "arch", "new")
    if [[c[k] for k in keys] for c in changes_of(base)] != [[c[k] for k in keys] for c in foreseen]:
        raise Refused("failed", "the repositories changed meanwhile, run again")
    try:
        download(base)
    except Stale as again:
        raise Refused(*again.args)
    return base


def main():
    try:
        serve(json.loads(sys.stdin.readline()))
    except Refused as refused:
        say(**refused.answer)
    except dnf.exceptions.LockError as error:
        say(**Refused("locked", error).answer)
    except dnf.exceptions.RepoError as error:
        say(**Refused("unreachable", error).answer)
    except OSError as error:
        say(**Refused("space" if error.errno == 28 else "failed", error).answer)
    except Exception as error:  # of dnf, of a plug-in: told, not a trace
        say(**Refused("failed", "%s: %s" % (type(error).__name__, error)).answer)


main()
