/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 11: which package brings the headers, and what keeps it from coming. */
#include <errno.h>

#include "faults/advice.h"
#include "faults/gate.h"
#include "faults/kernel_headers.h"
#include "faults/past.h"
#include "faults/plan_packages.h"
#include "kernels/boot.h"
#include "packages/packages.h"
#include "lib/i18n.h"

static int without_effect(struct finding *f, const char *name)
{
        finding_set(f, VERDICT_BLOCKED, f->cause,
                    "%s; package %s was reinstalled %d times within a day and that did not help",
                    f->why, name, STEP_TRIES);
        finding_do(f, DO_PERSON, "find out what removes files of the package %s", name);
        kernel_console_note(f);
        return 0;
}

/* Reinstalled twice within a day, and the fault was left each time: a third time would not help. */
static int plan_reinstall(const struct sys *sys, const char *name, const char *version,
                          struct finding *f, struct plan *plan)
{
        if (past_in_vain(sys, STEP_REINSTALL_PACKAGE, name, f) >= STEP_TRIES)
                return without_effect(f, name);
        plan_add(plan, STEP_REINSTALL_PACKAGE, name, version, "");
        return 0;
}

/* Packages of the tree that are installed and not whole: the asked one always, those it depends on
 * when a file of theirs is gone. */
static int plan_repair(const struct sys *sys, const char *name, struct finding *f,
                       struct plan *plan)
{
        _cleanup_package_info_ struct package_info info = { 0 };
        if (dpkg_package(sys, name, &info, NULL) < 0)
                return 0;
        char *save = NULL;
        for (char *d = info.depends ? strtok_r(info.depends, ",", &save) : NULL; d;
             d = strtok_r(NULL, ",", &save)) {
                d += strspn(d, " ");
                d[strcspn(d, " (|:")] = '\0';
                _cleanup_free_ char *gone = NULL;
                if (startswith(d, "linux-") && dpkg_file_missing(sys, d, &gone) == 1)
                        plan_add(plan, STEP_REINSTALL_PACKAGE, d, "", "");
        }
        return plan_reinstall(sys, name, "", f, plan);
}

static char *join_last(char *const *names, size_t max)
{
        size_t n = strv_length(names);
        char *out = xstrdup("");
        for (size_t i = n > max ? n - max : 0; i < n; i++) {
                _cleanup_free_ char *old = out;
                out = xasprintf("%s%s%s", old, *old ? ", " : "", names[i]);
        }
        return out;
}

static int blocked_gone(struct finding *f, const struct package_result *result, const char *why)
{
        size_t n = result->candidates ? strv_length(result->candidates) : 0;
        kernel_console_note(f);
        finding_note(f, "a repository that has them may be named with ExtraSource= in secep.conf");
        if (n == 0)
                return finding_set(f, VERDICT_BLOCKED, "package-gone",
                                   "%s; no headers of any other release are offered, either", why);
        _cleanup_free_ char *list = join_last(result->candidates, 8);
        finding_evidence(f, "releases that have headers", list, NULL);
        return finding_set(f, VERDICT_BLOCKED, "package-gone",
                           "%s; the newest kernel that has headers is %s, which means a reboot",
                           why, result->candidates[n - 1]);
}

/* Hidden by the operator's own policy, gone, not to be reached, locked, a key not accepted: each is
 * an answer of its own, and the first and the last are a person's. */
static int say_why_not(const struct sys *sys, struct finding *f,
                       const struct package_result *result, int r, const char *why)
{
        bool person = r == -EACCES || r == -ENOKEY;
        if (r == -ENOENT && result->cause)
                return blocked_gone(f, result, why);
        if (result->cause)
                finding_set(f, person ? VERDICT_BLOCKED : VERDICT_FAULT, result->cause, "%s", why);
        else
                finding_set(f, VERDICT_FAULT, f->cause, "%s; but %s", f->why, why);
        if (person)
                kernel_console_note(f);
        if (person && result->command)
                advice_argv(sys, f, result->command);
        return person ? 0 : r;
}

static int simulate(const struct sys *sys, const struct header_package *hp, const struct plan *plan,
                    struct package_result *result, char **why)
{
        const struct package_request request = { .name = hp->name,
                                                 .version = hp->version,
                                                 .provides = hp->provides,
                                                 .session = plan->packages };
        return package_call(sys, PACKAGE_SIMULATE, &request, result, why);
}

/* Something says that it has these headers: it goes before a name of the table. */
static void take_provider(struct header_package *hp, struct package_result *result)
{
        if (!result->name || !result->version || streq(result->name, hp->name))
                return;
        free(hp->name);
        free(hp->version);
        hp->name = TAKE_PTR(result->name);
        hp->version = TAKE_PTR(result->version);
        hp->known_from = _("what provides kernel-devel-uname-r");
}

/* Not to be had by that name: what says that it has these headers may be. */
static int simulate_other(const struct sys *sys, const char *release, struct header_package *hp,
                          const struct plan *plan, struct package_result *result, int gone,
                          char **why)
{
        _cleanup_header_package_ struct header_package other = { 0 };
        _cleanup_free_ char *reason = NULL;
        if (header_package_provided(sys, release, &other, NULL) < 0 || streq(other.name, hp->name))
                return gone;
        _cleanup_package_result_ struct package_result answer = { 0 };
        int r = simulate(sys, &other, plan, &answer, &reason);
        if (r < 0)
                return gone;
        free(*why);
        *why = NULL;
        package_result_free(result);
        *result = answer;
        answer = (struct package_result){ 0 };
        header_package_free(hp);
        *hp = other;
        other = (struct header_package){ 0 };
        return 0;
}

static int plan_headers(const struct sys *sys, const char *release, struct header_package *hp,
                        struct finding *f, struct plan *plan)
{
        _cleanup_package_result_ struct package_result result = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = simulate(sys, hp, plan, &result, &why);
        if (r == -ENOENT && result.cause)
                r = simulate_other(sys, release, hp, plan, &result, r, &why);
        if (r == -ENOENT && result.cause && hp->guess)
                finding_note(f,
                             "no installed package says what the headers of kernel %s are called, "
                             "and none offered provides them: %s is only how most are",
                             release, hp->name);
        if (r < 0)
                return say_why_not(sys, f, &result, r, why);
        take_provider(hp, &result);
        _cleanup_free_ char *package = xasprintf("%s (%s)", hp->name, hp->known_from);
        finding_evidence(f, "package of the headers", package, NULL);
        bool there = result.n_changes == 0 && package_kind(sys) == PACKAGES_RPM;
        if (there)
                return plan_reinstall(sys, hp->name, hp->version, f, plan);
        plan_add(plan, STEP_INSTALL_PACKAGE, hp->name, hp->version, "");
        plan_add_packages(plan, &result);
        return 0;
}

/* The link is the kernel's package's own (kernel-core on RHEL), not the headers'; where it is
 * nobody's, it is made. */
static int plan_link(const struct sys *sys, const char *release, struct finding *f,
                     struct plan *plan)
{
        _cleanup_free_ char *link = xasprintf("/lib/modules/%s/build", release);
        _cleanup_free_ char *usr = xasprintf("/usr%s", link);
        _cleanup_free_ char *name = NULL, *version = NULL, *why = NULL;
        char *paths[] = { usr, link, NULL };
        int r = package_owner(sys, paths, &name, &version, &why);
        if (r == 0)
                return plan_reinstall(sys, name, package_kind(sys) == PACKAGES_RPM ? version : "",
                                      f, plan);
        if (r != -ENOENT && r != -EOPNOTSUPP)
                return finding_set(f, VERDICT_FAULT, f->cause, "%s; but %s", f->why,
                                   why ? why : error_text(-r)),
                       r;
        finding_to_plan(f, plan);
        return 0;
}

static int no_name(struct finding *f, const char *why)
{
        kernel_console_note(f);
        return finding_set(f, VERDICT_BLOCKED, f->cause, "%s; %s", f->why, why);
}

int kernel_headers_plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        _cleanup_header_package_ struct header_package hp = { 0 };
        _cleanup_package_info_ struct package_info info = { 0 };
        _cleanup_free_ char *release = NULL, *why = NULL;
        int r = release_asked(sys, &release, &why);
        if (r == 0 && streq(f->cause, "link-missing"))
                return plan_link(sys, release, f, plan);
        if (r == 0)
                r = header_package_find(sys, release, &hp, &why);
        if (r == -ENOENT)
                return no_name(f, why);
        if (r == 0 && package_kind(sys) == PACKAGES_DPKG)
                r = dpkg_package(sys, hp.name, &info, &why);
        if (r < 0)
                return finding_set(f, VERDICT_FAULT, f->cause, "%s; but %s", f->why, why), r;
        if (info.state == PACKAGE_INSTALLED)
                return plan_repair(sys, hp.name, f, plan);
        return plan_headers(sys, release, &hp, f, plan);
}
