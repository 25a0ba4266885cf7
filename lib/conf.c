/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/secep/secep.conf. */
#include "lib/conf.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>

#include "lib/keyfile.h"
#include "lib/util.h"

#define CONF_PATH "/etc/secep/secep.conf"
#define CONF_MAX (1 << 20) /* no operator writes more */

enum type { TEXT, NUMBER, LIST };

/* Every key there is. A room adds its own; the man page secep.conf(5) explains each. */
static const struct key {
        const char *name;
        enum type type;
        long min, max; /* of a NUMBER */
} keys[] = {
        { "AmpCli", TEXT, 0, 0 },
        { "AmpCliSeconds", NUMBER, 1, 600 },
        { "ConflictingModule", LIST, 0, 0 },
        { "ConnectorPackage", TEXT, 0, 0 },
        { "ConnectorService", TEXT, 0, 0 },
        { "DaemonLog", TEXT, 0, 0 },
        { "DaemonProgram", TEXT, 0, 0 },
        { "ExtraSource", LIST, 0, 0 },
        { "GlobalXml", TEXT, 0, 0 },
        { "KeepMode", LIST, 0, 0 },
        { "ModuleSigningCertificate", TEXT, 0, 0 },
        { "ModuleSigningKey", TEXT, 0, 0 },
        { "ModuleSource", TEXT, 0, 0 },
        { "PolicyXml", TEXT, 0, 0 },
        { "ScanLog", TEXT, 0, 0 },
        { "ScanProgram", TEXT, 0, 0 },
        { "ScanQuietSeconds", NUMBER, 1, 86400 },
        { "ScanRestartLimit", NUMBER, 1, 1000 },
        { "SignatureDir", TEXT, 0, 0 },
        { "SignatureMemoryPercent", NUMBER, 1, 100000000 },
        { "ThrottlePercent", NUMBER, 1, 100000 },
};

struct conf {
        struct keyfile file;
        struct {
                char **values;
        } of[ARRAY_SIZE(keys)];
};

static size_t key_index(const char *name)
{
        size_t i = 0;
        while (i < ARRAY_SIZE(keys) && !streq(keys[i].name, name))
                i++;
        return i;
}

static const char *conf_take(struct conf *conf, const struct keyfile_entry *e)
{
        size_t i = key_index(e->key);
        long number;
        if (*e->section || i == ARRAY_SIZE(keys))
                return "no such setting";
        if (keys[i].type == NUMBER && parse_long(e->value, keys[i].min, keys[i].max, &number) < 0)
                return "not a whole number in the allowed range";
        if (keys[i].type != LIST) {
                strv_free(conf->of[i].values);
                conf->of[i].values = NULL;
        }
        strv_add(&conf->of[i].values, e->value);
        return NULL;
}

void conf_free(struct conf *conf)
{
        if (!conf)
                return;
        for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
                strv_free(conf->of[i].values);
        keyfile_free(&conf->file);
        free(conf);
}

int conf_load(struct sys *sys, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        struct conf *conf = xcalloc(1, sizeof(*conf));
        int r = sys_read(sys, CONF_PATH, CONF_MAX, &text, &len);
        if (r < 0 && r != -ENOENT && r != -ENOTDIR)
                fail(why, r, "%s: %s", CONF_PATH, strerror(-r));
        else
                r = text ? keyfile_parse(CONF_PATH, text, len, &conf->file, why) : 0;
        for (size_t i = 0; r == 0 && i < conf->file.n; i++) {
                const struct keyfile_entry *e = &conf->file.entries[i];
                const char *bad = conf_take(conf, e);
                if (bad)
                        r = fail(why, -EBADMSG, "%s:%u: %s: %s", CONF_PATH, e->line, e->key, bad);
        }
        if (r < 0) {
                conf_free(conf);
                return r;
        }
        conf_free(sys->conf);
        sys->conf = conf;
        return 0;
}

char *const *conf_list(const struct sys *sys, const char *key)
{
        size_t i = key_index(key);
        assert(i < ARRAY_SIZE(keys));
        return sys->conf ? sys->conf->of[i].values : NULL;
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
