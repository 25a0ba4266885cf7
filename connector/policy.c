/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The console's policy, read by local names below its `config` element. */
#include <errno.h>
#include <fnmatch.h>

#include "connector/paths.h"
#include "connector/policy.h"
#include "connector/xml.h"
#include "lib/util.h"

#define EXCLUSIONS_MAX 10000
#define EXCLUSION_PATH_FIELD 3

enum wanted {
        WANTED_CONFIG,
        WANTED_FILE,
        WANTED_NETWORK,
        WANTED_BARE_CONFIG,
        WANTED_BARE_FILE,
        WANTED_BARE_NETWORK,
        WANTED_NAME,
        WANTED_SERIAL,
        WANTED_ITEM
};

/* An option counts at its own place only: in the envelope, or in a policy that was taken out of it. */
static const char *const wanted_paths[] = {
        [WANTED_CONFIG] = "/Signature/Object/config",
        [WANTED_FILE] = "/Signature/Object/config/agent/driver/protmode/file",
        [WANTED_NETWORK] = "/Signature/Object/config/agent/nfm/enable",
        [WANTED_BARE_CONFIG] = "/config",
        [WANTED_BARE_FILE] = "/config/agent/driver/protmode/file",
        [WANTED_BARE_NETWORK] = "/config/agent/nfm/enable",
        [WANTED_NAME] = "janus/policy/name",
        [WANTED_SERIAL] = "janus/policy/serial_number",
        [WANTED_ITEM] = "exclusions/process/item",
        NULL,
};

struct reading {
        struct policy policy;
        unsigned told; /* the options that were there */
        bool has_config;
        size_t n_exclusions;
};

/* Of an option that is there twice one that is on counts: which of them the connector takes is not
 * known, and what is off is not looked at. */
static void option_set(struct reading *reading, unsigned option, const char *text)
{
        if (!streq(text, "0"))
                reading->policy.on |= option;
        else if (!(reading->told & option))
                reading->policy.on &= ~option;
        reading->told |= option;
}

static void string_set(char **at, const char *text)
{
        free(*at);
        *at = xstrdup(text);
}

/* "version|auth type|hash|path|flags" */
static void exclusion_add(struct reading *reading, const char *item)
{
        _cleanup_free_ char *path = NULL;

        for (int field = 0; field < EXCLUSION_PATH_FIELD && item; field++) {
                item = strchr(item, '|');
                item = item ? item + 1 : NULL;
        }
        if (!item || reading->n_exclusions == EXCLUSIONS_MAX)
                return;
        path = xstrndup(item, strcspn(item, "|"));
        if (!*path)
                return;
        strv_add(&reading->policy.exclusions, path);
        reading->n_exclusions++;
}

static void policy_found(void *data, size_t which, const char *text)
{
        struct reading *reading = data;

        switch ((enum wanted)which) {
        case WANTED_CONFIG:
        case WANTED_BARE_CONFIG:
                reading->has_config = true;
                break;
        case WANTED_FILE:
        case WANTED_BARE_FILE:
                option_set(reading, OPTION_FILE_MONITOR, text);
                break;
        case WANTED_NETWORK:
        case WANTED_BARE_NETWORK:
                option_set(reading, OPTION_NETWORK_MONITOR, text);
                break;
        case WANTED_NAME:
                string_set(&reading->policy.name, text);
                break;
        case WANTED_SERIAL:
                string_set(&reading->policy.serial, text);
                break;
        case WANTED_ITEM:
                exclusion_add(reading, text);
                break;
        }
}

#define READING_INIT                                                                               \
        {                                                                                          \
                .policy.on = OPTION_FILE_MONITOR | OPTION_NETWORK_MONITOR                          \
        }

static int policy_take(struct reading *reading, const char *path, int r, struct policy *out,
                       char **why)
{
        if (r == 0 && !reading->has_config)
                r = fail(why, -EBADMSG, "%s: no policy in it (no element config)", path);
        if (r < 0)
                policy_free(&reading->policy);
        else
                *out = reading->policy;
        return r;
}

int policy_parse(const char *path, const char *text, size_t len, struct policy *out, char **why)
{
        struct reading reading = READING_INIT;
        int r = xml_parse(path, text, len, wanted_paths, policy_found, &reading, why);

        return policy_take(&reading, path, r, out, why);
}

int policy_read(const struct sys *sys, struct policy *out, char **why)
{
        const char *path = connector_path(sys, PATH_POLICY_XML);
        struct reading reading = READING_INIT;
        int r = xml_read(sys, path, wanted_paths, policy_found, &reading, why);

        return policy_take(&reading, path, r, out, why);
}

void policy_free(struct policy *policy)
{
        free(policy->name);
        free(policy->serial);
        strv_free(policy->exclusions);
        *policy = (struct policy){ 0 };
}

bool policy_excludes(const struct policy *policy, const char *path)
{
        for (char **p = policy->exclusions; p && *p; p++)
                if (fnmatch(*p, path, FNM_NOESCAPE) == 0)
                        return true;
        return false;
}

int connector_gate(const struct sys *sys, struct connector_gate *out, char **why)
{
        _cleanup_policy_ struct policy policy = { 0 };
        int r = policy_read(sys, &policy, why);

        if (r == -ENOENT)
                *out = (struct connector_gate){
                        .on = OPTION_FILE_MONITOR | OPTION_NETWORK_MONITOR,
                };
        else if (r < 0)
                return r;
        else
                *out = (struct connector_gate){ .on = policy.on, .policy_file = true };
        return 0;
}
