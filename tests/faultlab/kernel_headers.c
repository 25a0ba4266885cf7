/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 11: no header package in the root, and a connector too old to do without. */
#include "tests/faultlab/faultlab.h"

#include <errno.h>
#include <fcntl.h>
#include "connector/connector.h"
#include "lib/io.h"

#define GLOBAL_XML CONNECTOR_ROOT "/etc/global.xml"

/* The header packages of the root, those others depend on last. *PACKAGES: NULL for none. */
static int header_packages(const struct sys *sys, char ***packages, char **why)
{
        _cleanup_free_ char *out = NULL;
        int r = LAB_RUN_INSIDE(sys, why, &out, "dpkg-query", "-W", "-f",
                               "${Package} ${db:Status-Status}\\n");
        if (r < 0)
                return r;
        char *state = NULL;
        for (char *l = strtok_r(out, "\n", &state); l; l = strtok_r(NULL, "\n", &state)) {
                char *space = strchr(l, ' ');
                if (!space || !startswith(l, "linux-headers-") || !streq(space, " installed"))
                        continue;
                *space = 0;
                strv_add(packages, l);
        }
        return 0;
}

static int remove_headers(const struct sys *sys, char **why)
{
        _cleanup_strv_ char **packages = NULL;
        int r = header_packages(sys, &packages, why);
        if (r < 0 || !packages)
                return r;
        _cleanup_strv_ char **argv = NULL;
        strv_add(&argv, "dpkg");
        strv_add(&argv, "--purge");
        for (char **p = packages; *p; p++)
                strv_add(&argv, *p);
        return lab_run_inside(sys, why, NULL, (const char *const *)argv);
}

static int headers_are_gone(const struct sys *sys, char **why)
{
        _cleanup_strv_ char **packages = NULL;
        int r = header_packages(sys, &packages, why);
        return r < 0 ? r : packages == NULL;
}

static int age_connector(const struct sys *sys, char **why)
{
        static const char text[] =
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<config><agent><version>1.24.1.1013</version></agent></config>\n";
        int r = sys_mkdirs(sys, CONNECTOR_ROOT "/etc", 0755);
        _cleanup_close_ int fd =
                r < 0 ? r : sys_openat(sys, GLOBAL_XML, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        r = fd < 0 ? fd : io_write_all(fd, text, sizeof(text) - 1);
        return r < 0 ? fail(why, r, "%s: %s", GLOBAL_XML, strerror(-r)) : 0;
}

static int connector_is_old(const struct sys *sys, char **why)
{
        _cleanup_free_ char *text = NULL;
        int r = sys_read(sys, GLOBAL_XML, 1 << 16, &text, NULL);
        return r < 0 ? fail(why, r, "%s: %s", GLOBAL_XML, strerror(-r))
                     : strstr(text, "1.24.") != NULL;
}

const struct breakage break_kernel_headers[] = {
        { "kernel-headers", "headers-missing", "every linux-headers package purged", remove_headers,
          headers_are_gone },
        { "kernel-headers", "old-connector", "a connector of version 1.24, which needs headers",
          age_connector, connector_is_old },
        { 0 },
};
