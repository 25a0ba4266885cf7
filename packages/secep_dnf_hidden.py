# SPDX-License-Identifier: GPL-2.0-or-later
# Goes on from secep_dnf.py: what is hidden, and by what.


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
