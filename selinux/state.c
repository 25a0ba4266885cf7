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

/* isspace(3) of the C locale, as libselinux asks it. */
static const char *skip_blanks(const char *at)
{
        return at + strspn(at, " \t\n\r\f\v");
}

/* As selinux_getenforcemode(3): the first line that begins with SELINUX= in its first column and
 * goes on with one of the words, whatever stands behind that. */
bool selinux_config_mode(const char *text, enum selinux_mode *out)
{
        static const char key[] = "SELINUX=";
        for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
                if (!startswith(line, key))
                        continue;
                size_t len = strcspn(line, "\n") + 1;
                _cleanup_free_ char *copy = xstrndup(line, len);
                const char *at = skip_blanks(copy + strlen(key));
                for (enum selinux_mode m = SELINUX_DISABLED; m <= SELINUX_ENFORCING; m++) {
                        const char *word = selinux_mode_name(m);
                        if (strncasecmp(at, word, strlen(word)) != 0)
                                continue;
                        *out = m;
                        return true;
                }
        }
        return false;
}

/* As selinux_getpolicytype(3): the last line of SELINUXTYPE=, in any case, blanks before it and
 * before its value passed over, white space and control characters at its end dropped. */
char *selinux_config_type(const char *text)
{
        static const char key[] = "SELINUXTYPE=";
        char *type = NULL;
        for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
                const char *at = line + strspn(line, " \t\r\f\v");
                if (strncasecmp(at, key, strlen(key)) != 0)
                        continue;
                at += strlen(key);
                at += strspn(at, " \t\r\f\v");
                size_t len = strcspn(at, "\n");
                while (len > 1 &&
                       (isspace((unsigned char)at[len - 1]) || iscntrl((unsigned char)at[len - 1])))
                        len--;
                free(type);
                type = xstrndup(at, len);
        }
        return type;
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

static bool has_store(const struct sys *sys, const char *type)
{
        _cleanup_selinux_store_ struct selinux_store store = { 0 };
        return selinux_store_read(sys, type, &store, NULL) == 0 && store.path && !store.cut_off &&
               store.n_modules > 0;
}

/* What libselinux takes where no type is named was chosen when it was built: "targeted", and
 * "default" with Debian's. */
static char *type_unnamed(const struct sys *sys)
{
        bool debians = !sys_exists(sys, "/etc/selinux/targeted") &&
                       sys_exists(sys, "/etc/selinux/default");
        return xstrdup(debians ? "default" : "targeted");
}

static int config_read(const struct sys *sys, struct selinux_state *state, char **why)
{
        _cleanup_free_ char *text = NULL;
        int r = sys_read(sys, CONFIG, CONFIG_MAX, &text, NULL);
        if (r < 0 && r != -ENOENT && r != -ENOTDIR)
                return fail(why, r, "%s: %s", CONFIG, sys_why(r));
        state->type = selinux_config_type(text ? text : "");
        /* The type is a name below /etc/selinux and of the store, never a way elsewhere. */
        if (!state->type || !*state->type || strchr(state->type, '/') || state->type[0] == '.') {
                free(state->type);
                state->type = type_unnamed(sys);
        }
        state->unread = text && !selinux_config_mode(text, &state->configured);
        return 0;
}

int selinux_state_read(const struct sys *sys, struct selinux_state *out, char **why)
{
        _cleanup_selinux_state_ struct selinux_state state = { .configured = SELINUX_ABSENT };
        int r = config_read(sys, &state, why);
        if (r < 0)
                return r;
        find_policy(sys, &state);
        state.store = state.policy || has_store(sys, state.type);
        if (sys->live)
                state.mode = mode_live();
        else if (state.unread)
                return fail(why, -EBADMSG, "%s has no SELINUX= line with a valid value", CONFIG);
        else
                state.mode = state.store ? state.configured : SELINUX_ABSENT;
        *out = state;
        state = (struct selinux_state){ 0 };
        return 0;
}

void selinux_state_free(struct selinux_state *state)
{
        free(state->type);
        free(state->policy);
        *state = (struct selinux_state){ 0 };
}
