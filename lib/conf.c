/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/secep/secep.conf. */
#include "lib/conf.h"

#include <errno.h>
#include <limits.h>

#include "lib/conf_keys.h"
#include "lib/i18n.h"
#include "lib/trust.h"
#include "lib/util.h"

#define CONF_PATH "/etc/secep/secep.conf"
#define CONF_MAX (1 << 20) /* no operator writes more */

/* What stands there decides what root does: only root can have written it, or put it there. A link whose
 * end is gone is no file that nobody wrote: what it said not to touch would be touched. */
static int conf_trusted(const struct sys *sys, char **why)
{
        struct stat st;
        _cleanup_free_ char *cause = NULL;
        int there = sys_stat(sys, CONF_PATH, &st);
        if (there == -ENOENT && sys_lstat(sys, CONF_PATH, &st) == 0)
                return fail(why, -ENOLINK, "%s: %s", CONF_PATH, _("leads nowhere"));
        if (there < 0)
                return 0; /* sys_read() says it */
        int r = sys_trusted(sys, CONF_PATH, &cause);
        return r < 0 ? fail(why, r, _("%s: not read: %s"), CONF_PATH, cause) : 0;
}

int conf_load(struct sys *sys, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        struct conf *conf = NULL;
        int r = conf_trusted(sys, why);
        if (r < 0)
                return r;
        r = sys_read(sys, CONF_PATH, CONF_MAX, &text, &len);
        if (r < 0 && r != -ENOENT && r != -ENOTDIR)
                return fail(why, r, "%s: %s", CONF_PATH, sys_why(r));
        r = conf_parse(CONF_PATH, text ? text : "", len, &conf, why);
        if (r < 0)
                return r;
        conf_free(sys->conf);
        sys->conf = conf;
        return 0;
}

char *const *conf_list(const struct sys *sys, const char *key)
{
        return conf_values(sys->conf, key);
}

const char *conf_string(const struct sys *sys, const char *key, const char *fallback)
{
        char *const *values = conf_list(sys, key);
        return values ? values[0] : fallback;
}

long conf_long(const struct sys *sys, const char *key, long fallback)
{
        long number = fallback;
        const char *text = conf_string(sys, key, NULL);
        if (text)
                (void)parse_long(text, LONG_MIN, LONG_MAX,
                                 &number); /* was checked by conf_load() */
        return number;
}
