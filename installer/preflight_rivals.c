/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who else watches: other protection products, other users of fanotify. */
#include <ctype.h>
#include <errno.h>

#include "installer/preflight.h"
#include "lib/i18n.h"
#include "lib/util.h"

#define INFO_MAX 65536
#define COMM_MAX 64

/* Where the products lie by their own installers. */
static const struct {
        const char *path, *name;
} products[] = {
        { "/opt/CrowdStrike/falconctl", "CrowdStrike Falcon" },
        { "/opt/sentinelone/bin/sentinelctl", "SentinelOne" },
        { "/opt/microsoft/mdatp/sbin/wdavdaemon", "Microsoft Defender" },
        { "/opt/ds_agent/ds_agent", "Trend Micro Deep Security" },
        { "/opt/sophos-spl/bin/wdctl", "Sophos" },
        { "/opt/carbonblack/psc/bin/cbagentd", "Carbon Black" },
        { "/opt/eset/efs/sbin/startd", "ESET" },
        { "/opt/kaspersky/kesl/bin/kesl-control", "Kaspersky" },
};

static void add_products(const struct sys *sys, struct facts *facts)
{
        bool any = false;
        for (size_t i = 0; i < ARRAY_SIZE(products); i++) {
                if (!sys_exists(sys, products[i].path))
                        continue;
                any = true;
                facts_add(facts, "other-product", FACT_PERSON, xstrdup(products[i].name),
                          xstrdup(_("exclude each from the other in their consoles, or keep one")));
        }
        if (!any)
                facts_add(facts, "other-product", FACT_OK, xstrdup(_("none")), NULL);
}

/* fdinfo of a fanotify group begins a line "fanotify flags:" (proc(5)). */
static bool uses_fanotify(const struct sys *sys, const char *pid)
{
        _cleanup_free_ char *path = xasprintf("/proc/%s/fdinfo", pid);
        _cleanup_closedir_ DIR *dir = NULL;
        bool found = false;
        if (sys_opendir(sys, path, &dir) < 0)
                return false;
        for (struct dirent *e; !found && (e = readdir(dir));) {
                _cleanup_free_ char *file = NULL, *text = NULL;
                if (e->d_name[0] == '.')
                        continue;
                file = xasprintf("%s/%s", path, e->d_name);
                found = sys_read(sys, file, INFO_MAX, &text, NULL) == 0 &&
                        strstr(text, "fanotify flags:");
        }
        return found;
}

static void add_user(const struct sys *sys, const char *pid, struct facts *facts)
{
        _cleanup_free_ char *path = xasprintf("/proc/%s/comm", pid), *name = NULL;
        if (sys_read(sys, path, COMM_MAX, &name, NULL) == 0)
                name[strcspn(name, "\n")] = '\0';
        facts_add(facts, "fanotify-user", FACT_OK, xasprintf("%s (pid %s)", name ? name : "?", pid),
                  NULL);
}

void facts_rivals(const struct sys *sys, struct facts *facts)
{
        _cleanup_closedir_ DIR *proc = NULL;
        add_products(sys, facts);
        int r = sys_opendir(sys, "/proc", &proc);
        if (r < 0) {
                facts_add(facts, "fanotify-user", FACT_UNKNOWN, xstrdup(error_text(-r)), NULL);
                return;
        }
        size_t before = facts->n;
        for (struct dirent *e; (e = readdir(proc));)
                if (isdigit((unsigned char)e->d_name[0]) && uses_fanotify(sys, e->d_name))
                        add_user(sys, e->d_name, facts);
        if (facts->n == before)
                facts_add(facts, "fanotify-user", FACT_OK, xstrdup(_("none")), NULL);
}
