# SPDX-License-Identifier: GPL-2.0-or-later
# Goes on from secep_dnf.py: what would be done, doing it, the requests.

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
