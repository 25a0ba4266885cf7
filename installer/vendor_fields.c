/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the package says of itself, asked of its own package system once the signature held. */
#include <ctype.h>
#include <errno.h>
#include <sys/utsname.h>

#include "connector/paths.h"
#include "installer/vendor.h"
#include "lib/i18n.h"
#include "lib/run.h"
#include "lib/util.h"

#define TIME_LIMIT_MS 60000
#define FIELDS 4

static int ask(const char *const *argv, char **out, char **why)
{
        struct run run = { RUN_DEFAULT, .argv = argv, .timeout_ms = TIME_LIMIT_MS };
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = run_checked(&run, &result, why);
        if (r == 0)
                *out = TAKE_PTR(result.out);
        return r;
}

/* Lines NAME, VERSION, ARCHITECTURE, what it needs. */
static int take_lines(struct vendor *v, char *text, char **why)
{
        char **fields[FIELDS] = { &v->name, &v->version, &v->arch, &v->needs };
        for (size_t i = 0; i < FIELDS; i++) {
                char *line = strsep(&text, "\n");
                if (!line || (!*line && i + 1 < FIELDS))
                        return fail(why, -EBADMSG, "the package does not say what it is");
                *fields[i] = xstrdup(line);
        }
        return 0;
}

static int payload_whole(struct vendor *v, char **why)
{
        const char *const argv[] = { "rpmkeys", "--checksig", "--nosignature", v->path, NULL };
        _cleanup_free_ char *out = NULL, *said = NULL;
        if (ask(argv, &out, &said) == 0)
                return 0;
        return vendor_refuse(v, why, -EBADMSG, _("download the package again from the console"),
                             _("the package's content does not match its digest"));
}

int vendor_fields(const struct sys *sys, struct vendor *v, char **why)
{
        static const char deb[] = "${Package}\n${Version}\n${Architecture}\n${Depends}\n";
        static const char rpm[] = "%{NAME}\n%{VERSION}-%{RELEASE}\n%{ARCH}\n\n";
        const char *const deb_argv[] = { "dpkg-deb", "-W", "--showformat", deb, v->path, NULL };
        const char *const rpm_argv[] = {
                "rpm", "-qp", "--nosignature", "--qf", rpm, v->path, NULL
        };
        _cleanup_free_ char *text = NULL;
        if (v->kind != package_kind(sys))
                return vendor_refuse(
                        v, why, -EMEDIUMTYPE,
                        _("get the connector's package for this distribution from the console"),
                        v->kind == PACKAGES_DPKG ? _("the package is a .deb, and this host's "
                                                     "package system is not dpkg")
                                                 : _("the package is a .rpm, and this host's "
                                                     "package system is not rpm"));
        int r = v->kind == PACKAGES_RPM ? payload_whole(v, why) : 0;
        if (r == 0)
                r = ask(v->kind == PACKAGES_DPKG ? deb_argv : rpm_argv, &text, why);
        if (r == 0)
                r = take_lines(v, text, why);
        if (r < 0 && !v->advice)
                v->advice = xstrdup(_("download the package again from the console"));
        return r;
}

/* i386 packages run on x86_64, but no connector for it is one. */
static bool arch_fits(const char *arch)
{
        static const char *const names[][4] = {
                { "x86_64", "x86_64", "amd64", NULL },
                { "aarch64", "aarch64", "arm64", NULL },
        };
        struct utsname host;
        if (streq(arch, "all") || streq(arch, "noarch"))
                return true;
        if (uname(&host) < 0)
                return false;
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                if (streq(names[i][0], host.machine))
                        return streq(names[i][1], arch) || streq(names[i][2], arch);
        return streq(host.machine, arch);
}

/* A release that is or ends in el8, .fc40, .amzn2 or the like names the distribution it was built for,
 * a Debian version ~deb12, +deb12 or 0ubuntu22.04. */
static const struct {
        const char *tag, *id, *name;
} tags[] = {
        { "el", "rhel", "RHEL" },           { "fc", "fedora", "Fedora" },
        { "amzn", "amzn", "Amazon Linux" }, { "deb", "debian", "Debian" },
        { "ubuntu", "ubuntu", "Ubuntu" },
};

/* The number after TAG, where TAG begins a word of VERSION; "" where it does not. Digits may stand
 * before Debian's and Ubuntu's, but not before the short ones: a commit's digest has them, too. */
static const char *tag_number(const char *version, const char *tag)
{
        for (const char *at = version; (at = strstr(at, tag)); at++) {
                unsigned char before = at > version ? (unsigned char)at[-1] : '.';
                if (strlen(tag) > 2 ? !isalpha(before) : !isalnum(before))
                        return at + strlen(tag);
        }
        return "";
}

static int distribution_fits(const struct keyfile *os, struct vendor *v, char **why)
{
        const char *host = keyfile_get(os, "", "VERSION_ID");
        for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
                const char *number = tag_number(v->version, tags[i].tag);
                size_t n = strspn(number, "0123456789");
                if (n == 0)
                        continue;
                if (os_release_is(os, tags[i].id) && host && strspn(host, "0123456789") == n &&
                    strncmp(host, number, n) == 0)
                        return 0;
                return vendor_refuse(
                        v, why, -EMEDIUMTYPE,
                        _("get the connector's package for this distribution from the console"),
                        _("the package is for %s %.*s, and this host is %s %s"), tags[i].name,
                        (int)n, number, keyfile_get(os, "", "ID") ?: "?", host ?: "?");
        }
        return 0;
}

int vendor_fits(const struct sys *sys, struct vendor *v, char **why)
{
        struct keyfile os = { 0 };
        const char *connector = connector_path(sys, PATH_PACKAGE);
        if (!streq(v->name, connector))
                return vendor_refuse(v, why, -EMEDIUMTYPE,
                                     _("give the file that the console calls the connector"),
                                     _("the package is %s, not the connector %s"), v->name,
                                     connector);
        if (!arch_fits(v->arch))
                return vendor_refuse(
                        v, why, -EMEDIUMTYPE,
                        _("get the connector's package for this architecture from the console"),
                        _("the package is for the architecture %s, which this host is not"),
                        v->arch);
        int r = os_release_read(sys, &os, why);
        if (r == 0)
                r = distribution_fits(&os, v, why);
        keyfile_free(&os);
        return r;
}
