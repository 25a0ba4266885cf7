/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-installer install, upgrade, reinstall: the vendor's package, and only it, between a host made
 * ready and faults asked. */
#include <errno.h>

#include "connector/connector.h"
#include "installer/preflight.h"
#include "installer/queue.h"
#include "installer/vendor.h"
#include "installer/vendor_follow.h"
#include "installer/verb.h"
#include "lib/i18n.h"
#include "lib/run.h"
#include "lib/stop.h"
#include "repair/apply.h"
#include "repair/report.h"
#include "repair/session.h"

#define PREPARE_MS ((int64_t)15 * 60 * 1000) /* headers to be fetched, modules to be built */
#define SETTLE_MS                                                                                  \
        ((int64_t)90 *                                                                             \
         1000) /* the connector sets up its monitors; a minute long its processes are  \
                              * too young to be judged */
#define LOCAL_XML CONNECTOR_ROOT "/etc/local.xml" /* holds the GUID */
#define LOCAL_XML_MAX (1 << 20)

/* Before the vendor's scriptlets run: what the connector will look for when it starts. Its account
 * they make themselves. */
static const int readiness[] = { 19, 16, 11, 8, 9 };

static void say(void *data, const char *note)
{
        (void)data;
        (void)verb_complain(0, note);
}

/* What is left here is left for the report at the end: the connector runs without it, too. */
static int prepare(struct sys *sys, char *const *all)
{
        const struct fault *wanted[ARRAY_SIZE(readiness) + 1] = { NULL };
        struct report report = { 0 };
        _cleanup_free_ char *why = NULL;
        for (size_t i = 0; i < ARRAY_SIZE(readiness); i++)
                wanted[i] = fault_by_id(readiness[i]);
        sys->deadline = now_ms() + PREPARE_MS;
        struct session session = { .sys = sys, .faults = wanted, .argv = all, .on_note = say };
        int r = session_repair(&session, &report, &why);
        report_free(&report);
        return r < 0 ? verb_complain(EXIT_COULD_NOT_TELL, why) : EXIT_NO_FAULT_LEFT;
}

/* The names in a Depends field that no installed package bears; of alternatives the first. */
static char **needs_missing(const struct sys *sys, const char *needs)
{
        char **missing = NULL;
        _cleanup_free_ char *text = xstrdup(needs);
        for (char *save = NULL, *word = strtok_r(text, ",", &save); word;
             word = strtok_r(NULL, ",", &save)) {
                _cleanup_package_info_ struct package_info info = { 0 };
                word += strspn(word, " ");
                word[strcspn(word, " (|:")] = '\0';
                if (*word && dpkg_package(sys, word, &info, NULL) == 0 &&
                    info.state == PACKAGE_ABSENT)
                        strv_add(&missing, word);
        }
        return missing;
}

static int install_needs(struct sys *sys, const struct vendor *v, char **why)
{
        _cleanup_strv_ char **missing = needs_missing(sys, v->needs);
        int r = 0;
        sys->deadline = now_ms() + PREPARE_MS;
        for (char **name = missing; name && *name && r == 0; name++) {
                _cleanup_package_result_ struct package_result result = { 0 };
                struct package_request request = { .name = *name };
                r = package_call(sys, PACKAGE_INSTALL, &request, &result, why);
        }
        return r;
}

/* Does the package system take it? Changes nothing. */
static int try_out(const struct vendor *v, char **why)
{
        const char *const argv[] = { "rpm",           "-U",
                                     "--test",        "--oldpackage",
                                     "--replacepkgs", "--nosignature",
                                     v->path,         NULL };
        struct run run = { RUN_DEFAULT, .argv = argv, .timeout_ms = PREPARE_MS };
        return v->kind == PACKAGES_RPM ? run_checked(&run, NULL, why) : 0;
}

/* The vendor's package alone, its scriptlets seeing USERGROUPS_ENAB yes. */
static int run_package_system(struct sys *sys, const struct vendor *v, char *const *all)
{
        char *deb[] = { (char *)"--", (char *)"dpkg", (char *)"-i", v->path, NULL };
        char *rpm[] = { (char *)"--",
                        (char *)"rpm",
                        (char *)"-U",
                        (char *)"--oldpackage",
                        (char *)"--replacepkgs",
                        (char *)"--nosignature",
                        v->path,
                        NULL };
        return verb_with_usergroups.run(sys, v->kind == PACKAGES_DPKG ? deb : rpm, all);
}

static int start(struct sys *sys)
{
        _cleanup_free_ char *why = NULL;
        if (!sys_exists(sys, "/run/systemd/system"))
                return verb_complain(
                        EXIT_NO_FAULT_LEFT,
                        _("no systemd runs here: the connector starts at the next boot"));
        sys->deadline = now_ms() + SETTLE_MS;
        if (connector_active(sys) == 1 || connector_restart(sys, &why) == 0)
                return EXIT_NO_FAULT_LEFT;
        return verb_complain(EXIT_FAULT_LEFT, why);
}

/* The connector's identity: a reinstallation that loses it makes a second computer in the console. */
static int compare_identity(const struct sys *sys, const char *before, size_t length)
{
        _cleanup_free_ char *after = NULL;
        size_t n = 0;
        if (!before)
                return EXIT_NO_FAULT_LEFT;
        int r = sys_read_nolinks(sys, LOCAL_XML, LOCAL_XML_MAX, &after, &n);
        if (r < 0)
                return verb_complain(EXIT_FAULT_LEFT,
                                     _("local.xml, which holds the GUID, is gone"));
        if (n != length || memcmp(before, after, n) != 0)
                return verb_complain(EXIT_FAULT_LEFT,
                                     _("local.xml, which holds the GUID, is another than before"));
        puts(_("local.xml is as it was: the GUID is kept"));
        return EXIT_NO_FAULT_LEFT;
}

static int refuse(struct vendor *v, const char *why)
{
        (void)verb_complain(0, why);
        if (v->advice)
                fprintf(stderr, "  do: %s\n", v->advice);
        return EXIT_USAGE;
}

/* What must hold before anything is changed. */
static int look_first(struct sys *sys, const char *file, bool wants_installed, struct vendor *v,
                      char **why)
{
        if (queue_is_image(sys))
                return vendor_refuse(v, why, -EROFS,
                                     _("run it in the image's recipe, before the image is booted"),
                                     _("this system runs from an image: what is installed here "
                                       "does not stay"));
        int there = connector_installed(sys, why);
        if (there < 0)
                return there;
        if (wants_installed && !there)
                return vendor_refuse(v, why, -ENOENT, _("secep-installer install FILE"),
                                     _("no connector is installed"));
        int r = vendor_open(sys, file, v, why);
        if (r == 0)
                r = try_out(v, why);
        if (v->warning)
                (void)verb_complain(0, v->warning);
        return r;
}

static int carry_out(struct sys *sys, const char *file, bool wants_installed, char *const *all)
{
        _cleanup_vendor_ struct vendor v = VENDOR_INIT;
        _cleanup_free_ char *why = NULL, *before = NULL;
        size_t length = 0;
        int r = look_first(sys, file, wants_installed, &v, &why);
        if (r < 0)
                return refuse(&v, why);
        (void)sys_read_nolinks(sys, LOCAL_XML, LOCAL_XML_MAX, &before, &length);
        stop_catch();
        int status = preflight_obstacle(sys, &why);
        if (status != EXIT_NO_FAULT_LEFT)
                return verb_complain(status, why);
        printf(_("%s %s is the connector for this host\n"), v.name, v.version);
        fflush(stdout);
        if (install_needs(sys, &v, &why) < 0)
                return verb_complain(EXIT_FAULT_LEFT, why);
        status = prepare(sys, all);
        if (stop_asked())
                return EXIT_COULD_NOT_TELL;
        r = run_package_system(sys, &v, all);
        if (r != 0)
                return verb_complain(EXIT_FAULT_LEFT, _("the package system did not install it; a "
                                                        "second run takes up from here"));
        status = exit_worse(status, compare_identity(sys, before, length));
        status = exit_worse(status, start(sys));
        return exit_worse(status, vendor_follow(sys, now_ms() + SETTLE_MS));
}

static int install(struct sys *sys, char **argv, char *const *all)
{
        if (!argv[0] || argv[1])
                return verb_usage(&verb_install);
        return carry_out(sys, argv[0], false, all);
}

static int upgrade(struct sys *sys, char **argv, char *const *all)
{
        if (!argv[0] || argv[1])
                return verb_usage(&verb_upgrade);
        return carry_out(sys, argv[0], true, all);
}

const struct verb verb_install = {
        .name = "install",
        .usage = "FILE",
        .summary = N_(
                "check the vendor's package FILE, prepare the host, install it, check all faults"),
        .needs_root = true,
        .run = install,
};

const struct verb verb_upgrade = {
        .name = "upgrade",
        .usage = "FILE",
        .summary = N_("the same, where a connector is installed"),
        .needs_root = true,
        .run = upgrade,
};

const struct verb verb_reinstall = {
        .name = "reinstall",
        .usage = "FILE",
        .summary = N_("the same with the version that is installed; the GUID is compared"),
        .needs_root = true,
        .run = upgrade,
};
