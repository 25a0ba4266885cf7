/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plan of fault 16: a newer connector, else, where the operator allows it, another kernel. */
#include <errno.h>

#include "connector/paths.h"
#include "faults/advice.h"
#include "faults/allow.h"
#include "faults/kernel_compat.h"
#include "faults/plan_packages.h"
#include "kernels/boot.h"
#include "lib/i18n.h"

/* --- a newer connector --- */

/* "1:1.26.0.900-2" -> "1.26.0.900" */
static char *upstream(const char *version)
{
        const char *epoch = strchr(version, ':');
        version = epoch ? epoch + 1 : version;
        return xstrndup(version, strcspn(version, "-"));
}

static bool supports(const struct kernel_question *q, const char *package_version)
{
        _cleanup_free_ char *version = upstream(package_version);
        return q->refused ||
               compat_judge(&q->compat, &q->os, q->release, version, NULL) == COMPAT_FITS;
}

/* Asked of what the lists have now, then of lists brought up to date: LOOK takes what it wants from
 * an offer and returns whether there was something. 1, 0, or -errno with *WHY. */
static int search(const struct sys *sys, struct package_request request, struct finding *f,
                  bool (*look)(const struct package_result *, void *), void *data, char **why)
{
        for (int turn = 0; turn < 2; turn++) {
                _cleanup_package_result_ struct package_result offer = { 0 };
                _cleanup_free_ char *reason = NULL;
                request.refresh = turn == 1;
                int r = package_call(sys, PACKAGE_OFFER, &request, &offer, &reason);
                bool none = r == -ENOENT || r == -EOPNOTSUPP;
                if (r < 0 && !none)
                        return fail(why, r, "%s", reason);
                if (r == -EOPNOTSUPP)
                        finding_note(f, "no repository was asked: %s", reason);
                if (r == 0 && look(&offer, data))
                        return 1;
                if (none || sys->offline_dir)
                        return 0;
        }
        return 0;
}

struct connector_search {
        const struct kernel_question *q;
        char *version; /* found */
};

static bool look_connector(const struct package_result *offer, void *data)
{
        struct connector_search *search = data;
        for (size_t i = offer->n_changes; i > 0 && !search->version; i--)
                if (supports(search->q, offer->changes[i - 1].version))
                        search->version = xstrdup(offer->changes[i - 1].version);
        return search->version != NULL;
}

/* --- another kernel --- */

struct kernel_choice {
        const struct kernel_question *q;
        struct kernel_packages packages;
        char *release;           /* NULL: none */
        char *package, *version; /* NULL: installed */
};

static void choice_set(struct kernel_choice *c, const char *release, const char *package,
                       const char *version)
{
        free(c->release);
        free(c->package);
        free(c->version);
        c->release = xstrdup(release);
        c->package = package ? xstrdup(package) : NULL;
        c->version = version ? xstrdup(version) : NULL;
}

static void cleanup_choice(struct kernel_choice *c)
{
        kernel_packages_free(&c->packages);
        free(c->release);
        free(c->package);
        free(c->version);
}

static bool has_image(const struct sys *sys, const char *release)
{
        _cleanup_free_ char *boot = xasprintf("/boot/vmlinuz-%s", release);
        _cleanup_free_ char *modules = xasprintf("/lib/modules/%s/vmlinuz", release);
        return sys_exists(sys, boot) || sys_exists(sys, modules);
}

/* A dpkg that was killed in it leaves a kernel that may have no initial RAM disk yet: installed
 * once more. */
static void choose_there(const struct sys *sys, const char *release, struct kernel_choice *c)
{
        _cleanup_free_ char *name = xasprintf("linux-image-%s", release);
        bool broken = dpkg_broken(sys, name);
        choice_set(c, release, broken ? name : NULL, broken ? "" : NULL);
}

static int choose_installed(const struct sys *sys, struct kernel_choice *c, char **why)
{
        _cleanup_strv_ char **list = NULL;
        int r = release_list(sys, &list, why);
        for (char **release = list; r == 0 && *release && !c->release; release++)
                if (kernel_fits(c->q, *release) && has_image(sys, *release))
                        choose_there(sys, *release, c);
        return r;
}

static bool look_kernel(const struct package_result *offer, void *data)
{
        struct kernel_choice *c = data;
        for (size_t i = 0; i < offer->n_changes; i++) {
                const struct package_change *p = &offer->changes[i];
                _cleanup_free_ char *release = kernel_release_of(&c->packages, p->name, p->version);
                if (release && kernel_fits(c->q, release) &&
                    (!c->release || release_compare(release, c->release) > 0))
                        choice_set(c, release, p->name, p->version);
        }
        return c->release != NULL;
}

/* The newest that is installed, else the newest to be had. */
static int choose(const struct sys *sys, struct kernel_choice *c, struct finding *f, char **why)
{
        _cleanup_header_package_ struct header_package headers = { 0 };
        int r = choose_installed(sys, c, why);
        if (r < 0 || c->release || header_package_find(sys, c->q->release, &headers, NULL) < 0 ||
            kernel_packages_of(package_kind(sys), &headers, c->q->release, &c->packages, NULL) < 0)
                return r;
        r = search(sys, (struct package_request){ .name = c->packages.pattern }, f, look_kernel, c,
                   why);
        return r < 0 ? r : 0;
}

static void plan_kernel(const struct sys *sys, const struct kernel_choice *c, struct plan *plan)
{
        if (c->package)
                (void)plan_install(sys, plan, STEP_INSTALL_KERNEL, c->package, c->version,
                                   c->release);
        plan_add(plan, STEP_SET_BOOT_KERNEL, c->release, "", "");
}

/* --- the order --- */

static void blocked(struct finding *f, const char *what)
{
        finding_set(f, VERDICT_BLOCKED, f->cause,
                    "%s; no configured repository has a newer connector that supports it; %s",
                    f->why, what);
        kernel_console_note(f);
}

static int plan_allowed(const struct sys *sys, const struct kernel_choice *c, struct finding *f,
                        struct plan *plan)
{
        _cleanup_boot_ struct boot boot = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = boot_read(sys, &boot, &why);
        if (r < 0)
                return finding_set(f, VERDICT_FAULT, f->cause, "%s; but %s", f->why, why), r;
        bool ours = boot_setter(sys, &boot) != BOOT_BY_HAND;
        if (ours && sys->allow & ALLOW_KERNEL_CHANGE) {
                plan_kernel(sys, c, plan);
                return 0;
        }
        _cleanup_free_ char *hand = boot_by_hand(&boot, c->release);
        _cleanup_free_ char *what =
                !ours ? xstrdup(_("this boot loader is not changed by us"))
                : c->package
                        ? xasprintf(_("--allow kernel-change would install %s, make kernel %s the "
                                      "default to boot and leave the reboot to you"),
                                    c->package, c->release)
                        : xasprintf(_("--allow kernel-change would make kernel %s the default to "
                                      "boot and leave the reboot to you"),
                                    c->release);
        blocked(f, what);
        if (ours)
                advice_ours(sys, f, 16, "--allow kernel-change");
        else if (c->package)
                finding_do(f, DO_PERSON, "install %s, %s, then reboot", c->package, hand);
        else
                finding_do(f, DO_PERSON, "%s, then reboot", hand);
        return 0;
}

static int plan_other_kernel(const struct sys *sys, const struct kernel_question *q,
                             struct finding *f, struct plan *plan)
{
        _cleanup_(cleanup_choice) struct kernel_choice c = { .q = q };
        _cleanup_free_ char *why = NULL;
        int r = choose(sys, &c, f, &why);
        if (r < 0)
                return finding_set(f, VERDICT_FAULT, f->cause, "%s; but %s", f->why, why), r;
        if (c.release)
                return plan_allowed(sys, &c, f, plan);
        blocked(f, _("and no kernel it supports is installed or offered by a repository"));
        finding_do(f, DO_PERSON, "upgrade the connector to a version that supports this kernel");
        return 0;
}

int kernel_change_plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        const struct kernel_question *q = f->facts;
        _cleanup_free_ char *why = NULL, *found = NULL;
        struct connector_search newer = { .q = q };
        const struct package_request request = { .name = connector_path(sys, PATH_PACKAGE),
                                                 .newer = true };
        int r = search(sys, request, f, look_connector, &newer, &why);
        found = newer.version;
        if (r < 0)
                return finding_set(f, VERDICT_FAULT, f->cause, "%s; but %s", f->why, why), r;
        if (r == 0)
                return plan_other_kernel(sys, q, f, plan);
        (void)plan_install(sys, plan, STEP_INSTALL_PACKAGE, request.name, found, "");
        return 0;
}
