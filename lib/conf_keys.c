/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of secep.conf and their values. */
#include "lib/conf_keys.h"
#include "lib/i18n.h"

#include <assert.h>
#include <errno.h>

#include "lib/keyfile.h"
#include "lib/util.h"

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
        { "Repair", TEXT, 0, 0 },
        { "ScanLog", TEXT, 0, 0 },
        { "ScanProgram", TEXT, 0, 0 },
        { "ScanQuietSeconds", NUMBER, 1, 86400 },
        { "ScanRestartLimit", NUMBER, 1, 1000 },
        { "SignatureDir", TEXT, 0, 0 },
        { "SignatureMemoryPercent", NUMBER, 1, 100000000 },
        { "ThrottlePercent", NUMBER, 1, 100000 },
        { "VendorKey", TEXT, 0, 0 },
        { "VendorKeyFile", TEXT, 0, 0 },
};

struct conf {
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
                return _("no such setting");
        if (keys[i].type == NUMBER && parse_long(e->value, keys[i].min, keys[i].max, &number) < 0)
                return _("not a whole number in the allowed range");
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
        free(conf);
}

int conf_parse(const char *name, const char *text, size_t len, struct conf **out, char **why)
{
        struct keyfile file = { 0 };
        struct conf *conf = xcalloc(1, sizeof(*conf));
        int r = keyfile_parse(name, text, len, &file, why);
        for (size_t i = 0; r == 0 && i < file.n; i++) {
                const struct keyfile_entry *e = &file.entries[i];
                const char *bad = conf_take(conf, e);
                if (bad)
                        r = fail(why, -EBADMSG, "%s:%u: %s: %s", name, e->line, e->key, bad);
        }
        keyfile_free(&file);
        if (r < 0)
                conf_free(conf);
        else
                *out = conf;
        return r;
}

char *const *conf_values(const struct conf *conf, const char *key)
{
        size_t i = key_index(key);
        assert(i < ARRAY_SIZE(keys));
        return conf ? conf->of[i].values : NULL;
}
