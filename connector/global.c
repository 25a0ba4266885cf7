/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connector's version, from global.xml. */
#include <ctype.h>
#include <errno.h>

#include "connector/connector.h"
#include "connector/global.h"
#include "connector/paths.h"
#include "connector/xml.h"
#include "lib/util.h"

#define VERSION_LENGTH_MAX 64

/* Which element holds it is not confirmed: the first of these, in this order, that has a text which
 * begins like a version. */
static const char *const version_paths[] = {
        "config/agent/version",
        "config/agent/product/version",
        "config/version",
        "agent/version",
        "global/version",
        "config/agent/build/version",
        "product/version",
        "version",
        NULL,
};

struct reading {
        char *version[ARRAY_SIZE(version_paths)];
};

static size_t version_length(const char *text)
{
        const char *dot = text + strspn(text, "0123456789");
        size_t n = strspn(text, "0123456789.");

        if (dot == text || *dot != '.' || !isdigit((unsigned char)dot[1]))
                return 0;
        while (text[n - 1] == '.')
                n--;
        return n;
}

static void version_found(void *data, size_t which, const char *text)
{
        struct reading *reading = data;
        size_t n = version_length(text);

        if (n > 0 && n <= VERSION_LENGTH_MAX && !reading->version[which])
                reading->version[which] = xstrndup(text, n);
}

static int version_take(struct reading *reading, int r, char **out)
{
        char *best = NULL;

        for (size_t i = 0; i < ARRAY_SIZE(reading->version); i++) {
                if (!best && r == 0)
                        best = TAKE_PTR(reading->version[i]);
                free(reading->version[i]);
        }
        if (r == 0)
                *out = best;
        return r;
}

int global_parse(const char *path, const char *text, size_t len, char **out, char **why)
{
        struct reading reading = { 0 };
        int r = xml_parse(path, text, len, version_paths, version_found, &reading, why);

        return version_take(&reading, r, out);
}

int connector_version(const struct sys *sys, char **out, char **why)
{
        struct reading reading = { 0 };
        int r = xml_read(sys, connector_path(sys, PATH_GLOBAL_XML), version_paths, version_found,
                         &reading, why);

        return version_take(&reading, r == -ENOENT ? 0 : r, out);
}
