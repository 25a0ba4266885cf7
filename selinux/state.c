/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is SELinux on, does it enforce, and which policy is it? */
#include "selinux/secep_selinux.h"

#include <ctype.h>
#include <errno.h>
#include <selinux/selinux.h>

#include "lib/i18n.h"
#include "lib/util.h"

#define CONFIG "/etc/selinux/config"
#define CONFIG_MAX ((size_t)64 * 1024)
#define VERSION_MAX 999

const char *selinux_mode_name(enum selinux_mode mode)
{
        static const char *const names[] = { N_("absent"), N_("disabled"), N_("permissive"),
                                             N_("enforcing") };
        return names[mode];
}

/* The value of KEY, as libselinux reads the file: the last line that begins with it counts, without
 * white space at its end. NULL: none. */
static char *config_value(const char *text, const char *key)
{
        char *value = NULL;
        for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
                const char *at = line + strspn(line, " \t");
                if (!startswith(at, key))
                        continue;
                at += strlen(key);
                size_t len = strcspn(at, "\n");
                while (len > 0 && isspace((unsigned char)at[len - 1]))
                        len--;
                free(value);
                value = xstrndup(at, len);
        }
        return value;
}

static enum selinux_mode mode_of(const char *word)
{
        for (enum selinux_mode m = SELINUX_DISABLED; m <= SELINUX_ENFORCING; m++)
                if (word && strcasecmp(word, selinux_mode_name(m)) == 0)
                        return m;
        return SELINUX_DISABLED;
}

static void find_policy(const struct sys *sys, struct selinux_state *state)
{
        _cleanup_free_ char *path = xasprintf("/etc/selinux/%s/policy", state->type);
        _cleanup_closedir_ DIR *dir = NULL;
        if (sys_opendir(sys, path, &dir) < 0)
                return;
        long newest = 0, n;
        for (const struct dirent *e; (e = readdir(dir));)
                if (startswith(e->d_name, "policy.") &&
                    parse_long(e->d_name + strlen("policy."), 1, VERSION_MAX, &n) == 0 &&
                    n > newest)
                        newest = n;
        if (newest > 0)
                state->policy = xasprintf("%s/policy.%ld", path, newest);
        state->version = (unsigned)newest;
}

static enum selinux_mode mode_live(void)
{
        if (is_selinux_enabled() != 1)
                return SELINUX_DISABLED;
        return security_getenforce() == 1 ? SELINUX_ENFORCING : SELINUX_PERMISSIVE;
}

int selinux_state_read(const struct sys *sys, struct selinux_state *out, char **why)
{
        _cleanup_free_ char *text = NULL;
        int r = sys_read(sys, CONFIG, CONFIG_MAX, &text, NULL);
        if (r < 0 && r != -ENOENT && r != -ENOTDIR)
                return fail(why, r, "%s: %s", CONFIG, strerror(-r));
        struct selinux_state state = { .configured = SELINUX_ABSENT };
        if (text) {
                _cleanup_free_ char *word = config_value(text, "SELINUX=");
                state.configured = mode_of(word);
                state.type = config_value(text, "SELINUXTYPE=");
        }
        /* The type is a name below /etc/selinux and of the store, never a way elsewhere. */
        if (!state.type || !*state.type || strchr(state.type, '/') || state.type[0] == '.') {
                free(state.type);
                state.type = xstrdup("targeted");
        }
        find_policy(sys, &state);
        if (sys->live)
                state.mode = mode_live();
        else
                state.mode = state.policy ? state.configured : SELINUX_ABSENT;
        *out = state;
        return 0;
}

void selinux_state_free(struct selinux_state *state)
{
        free(state->type);
        free(state->policy);
        *state = (struct selinux_state){ 0 };
}
