/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-installer preflight. */
#include "installer/preflight.h"

#include <errno.h>

#include "host/memory.h"
#include "installer/vendor.h"
#include "installer/verb.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/layout.h"
#include "packages/packages.h"
#include "repair/report.h"
#include "selinux/secep_selinux.h"

#define MIB (1024 * 1024LL)
#define MEMORY_NEEDED (1024 * MIB) /* the vendor's requirement */
#define DISK_NEEDED (1536 * MIB)   /* likewise */
#define CONNECTOR_TOP "/opt/cisco"
#define SECURE_BOOT "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define LOCKDOWN "/sys/kernel/security/lockdown"
#define SMALL 4096

static void add_distribution(const struct sys *sys, struct facts *f)
{
        struct keyfile os = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = os_release_read(sys, &os, &why);
        const char *name = r < 0 ? NULL : keyfile_get(&os, "", "PRETTY_NAME");
        facts_add(f, "distribution", name ? FACT_OK : FACT_UNKNOWN,
                  xstrdup(name  ? name
                          : why ? why
                                : "?"),
                  NULL);
        bool known = package_kind(sys) != PACKAGES_NONE;
        facts_add(f, "package-system", known ? FACT_OK : FACT_PERSON,
                  xstrdup(!known                               ? _("none that is known")
                          : package_kind(sys) == PACKAGES_DPKG ? "dpkg"
                                                               : "rpm"),
                  known ? NULL : xstrdup(_("the connector is there for dpkg and rpm only")));
        keyfile_free(&os);
}

static void add_kernel(const struct sys *sys, struct facts *f)
{
        const char *release = sys->release ? sys->release : "?";
        _cleanup_free_ char *tree = xasprintf("/lib/modules/%s/build", release);
        bool btf = sys_exists(sys, "/sys/kernel/btf/vmlinux"), headers = sys_exists(sys, tree);
        facts_add(f, "kernel", FACT_OK, xstrdup(release), NULL);
        facts_add(f, "btf", FACT_OK, xstrdup(btf ? _("yes") : _("no")), NULL);
        facts_add(f, "headers", headers || btf ? FACT_OK : FACT_REPAIRABLE,
                  xstrdup(headers ? _("yes") : _("no")),
                  headers || btf ? NULL : xstrdup("secep-repair --fault 11"));
}

/* Four bytes of attributes, then the variable. */
static void add_secure_boot(const struct sys *sys, struct facts *f)
{
        _cleanup_free_ char *text = NULL, *lock = NULL;
        size_t n = 0;
        int r = sys_read(sys, SECURE_BOOT, SMALL, &text, &n);
        if (r == 0 && n >= 5)
                facts_add(f, "secure-boot", FACT_OK, xstrdup(text[4] ? _("on") : _("off")), NULL);
        else
                facts_add(f, "secure-boot", r == -ENOENT ? FACT_OK : FACT_UNKNOWN,
                          xstrdup(r == -ENOENT ? _("no") : error_text(-r)), NULL);
        r = sys_read(sys, LOCKDOWN, SMALL, &lock, NULL);
        bool confidential = r == 0 && strstr(lock, "[confidentiality]");
        bool integrity = r == 0 && strstr(lock, "[integrity]");
        facts_add(f, "lockdown", confidential ? FACT_PERSON : FACT_OK,
                  xstrdup(confidential ? "confidentiality"
                          : integrity  ? "integrity"
                                       : "none"),
                  confidential ? xstrdup(_("start the kernel with lockdown=integrity or none"))
                               : NULL);
}

static void add_selinux(const struct sys *sys, struct facts *f)
{
        _cleanup_selinux_state_ struct selinux_state state = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = selinux_state_read(sys, &state, &why);
        facts_add(f, "selinux", r < 0 ? FACT_UNKNOWN : FACT_OK,
                  xstrdup(r < 0 ? (why ? why : "?") : selinux_mode_name(state.mode)), NULL);
}

static void add_amount(struct facts *f, const char *name, int r, int64_t has, int64_t needs)
{
        if (r < 0)
                facts_add(f, name, FACT_UNKNOWN, xstrdup(error_text(-r)), NULL);
        else
                facts_add(f, name, has < needs ? FACT_PERSON : FACT_OK,
                          xasprintf("%lld MiB", (long long)(has / MIB)),
                          has < needs
                                  ? xasprintf(_("%lld MiB are needed"), (long long)(needs / MIB))
                                  : NULL);
}

void facts_collect(const struct sys *sys, struct facts *out)
{
        int64_t memory = 0, disk = 0;
        add_distribution(sys, out);
        add_kernel(sys, out);
        add_secure_boot(sys, out);
        add_selinux(sys, out);
        int r = memory_available(sys, &memory);
        add_amount(out, "memory-available", r, memory, MEMORY_NEEDED);
        r = disk_available(sys, CONNECTOR_TOP, &disk);
        add_amount(out, "disk-available", r, disk, DISK_NEEDED);
        facts_rivals(sys, out);
}

int preflight_obstacle(const struct sys *sys, char **why)
{
        int64_t disk = 0;
        if (disk_available(sys, CONNECTOR_TOP, &disk) == 0 && disk < DISK_NEEDED)
                return (void)fail(why, -ENOSPC,
                                  "%s has %lld MiB free, the connector needs %lld MiB",
                                  CONNECTOR_TOP, (long long)(disk / MIB),
                                  (long long)(DISK_NEEDED / MIB)),
                       EXIT_PERSON_NEEDED;
        return EXIT_NO_FAULT_LEFT;
}

static void print_text(const struct facts *facts)
{
        struct layout layout;
        layout_open(&layout, stdout);
        for (size_t i = 0; i < facts->n; i++) {
                const struct fact *f = &facts->facts[i];
                const struct layout_cell row[] = {
                        { f->name, 16, STYLE_PLAIN },
                        { f->state == FACT_OK ? "" : fact_state_name(f->state), 14, STYLE_BAD },
                        { f->value, 0, STYLE_PLAIN },
                };
                layout_row(&layout, 2, row, ARRAY_SIZE(row));
                if (f->advice)
                        layout_command(&layout, 36, "do: ", f->advice);
        }
}

static void print_json(const struct facts *facts, int status)
{
        _cleanup_json_ json_t *answer = json_answer_new();
        json_t *list = json_array();
        for (size_t i = 0; i < facts->n; i++) {
                const struct fact *f = &facts->facts[i];
                json_t *one = json_object();
                json_object_set_new(one, "name", json_text_new(f->name));
                json_object_set_new(one, "state", json_text_new(fact_state_name(f->state)));
                json_object_set_new(one, "value", json_text_new(f->value));
                json_object_set_new(one, "do", json_text_new(f->advice));
                json_array_append_new(list, one);
        }
        json_object_set_new(answer, "facts", list);
        json_object_set_new(answer, "exit", json_integer(status));
        json_print(answer, stdout);
}

static void add_package(const struct sys *sys, const char *file, struct facts *facts)
{
        _cleanup_vendor_ struct vendor v = VENDOR_INIT;
        char *why = NULL;
        if (vendor_open(sys, file, &v, &why) < 0)
                facts_add(facts, "package", FACT_PERSON, why, TAKE_PTR(v.advice));
        else
                facts_add(facts, "package", FACT_OK,
                          xasprintf("%s %s%s%s", v.name, v.version, v.warning ? "; " : "",
                                    v.warning ? v.warning : ""),
                          NULL);
}

static int preflight(struct sys *sys, char **argv, char *const *all)
{
        struct facts facts = { 0 };
        bool json = argv[0] && streq(argv[0], "--json");
        char **rest = argv + json;
        (void)all;
        if (rest[0] && (rest[1] || rest[0][0] == '-'))
                return verb_usage(&verb_preflight);
        if (json)
                i18n_end();
        facts_collect(sys, &facts);
        if (rest[0])
                add_package(sys, rest[0], &facts);
        int status = facts_exit(&facts);
        if (json)
                print_json(&facts, status);
        else
                print_text(&facts);
        facts_free(&facts);
        return status;
}

const struct verb verb_preflight = {
        .name = "preflight",
        .usage = "[--json] [FILE]",
        .summary = N_("facts about this host, and whether package FILE is for it; changes nothing"),
        .needs_root = true,
        .run = preflight,
};
