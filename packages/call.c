/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A call of a package system's plug-in, in a child of its own: the libraries keep global state,
 * read hostile metadata, and would change our root and mounts. What comes back is lines of text:
 * "P PERCENT WHAT" while it works, one JSON object at the end. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/json.h"
#include "lib/plugin.h"
#include "lib/run.h"
#include "lib/util.h"
#include "packages/inside.h"
#include "packages/packages.h"

#define REPLY_MAX ((size_t)4 * 1024 * 1024)

static const char *const apt_caches[] = { "/var/lib/apt/lists", "/var/cache/apt", NULL };
static const char *const dnf_caches[] = { "/var/cache/dnf", "/var/cache/libdnf5", NULL };

static const struct {
        const char *plugin;
        const char *by_hand; /* what a person would run in the root */
        const char *const *caches;
        bool writes_cache; /* dnf does not work on a read-only one */
} systems[] = {
        [PACKAGES_DPKG] = { "apt", "apt-get install", apt_caches, false },
        [PACKAGES_RPM] = { "rpm", "dnf install", dnf_caches, true },
};

struct call {
        const struct sys *sys;
        enum package_kind kind;
        enum package_op op;
        struct package_request request;
        struct stat root;
};

/* --- in the child --- */

static void tell_parent(void *data, const char *what, int percent)
{
        dprintf(*(int *)data, "P %d %s\n", percent, what);
}

/* A clean environment, but for what apt itself takes from it. */
static void clean_environment(bool live)
{
        static const char *const kept[] = { "http_proxy", "https_proxy", "no_proxy", "APT_CONFIG" };
        char *values[ARRAY_SIZE(kept)];
        for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
                values[i] = getenv(kept[i]) ? xstrdup(getenv(kept[i])) : NULL;
        clearenv();
        for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
                if (values[i] && (live || !streq(kept[i], "APT_CONFIG")))
                        setenv(kept[i], values[i], 1);
        setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        setenv("HOME", "/root", 1);
        setenv("DEBIAN_FRONTEND", "noninteractive", 1);
        setenv("APT_LISTCHANGES_FRONTEND", "none", 1);
        setenv("NEEDRESTART_SUSPEND", "1", 1);
}

/* What dpkg and scriptlets print goes to a file in memory: when we and our parent are killed, the
 * orphans go on writing there instead of dying half-way of a broken pipe. */
static int detach_output(void)
{
        int fd = memfd_create("secep-output", MFD_CLOEXEC);
        if (fd < 0)
                return -1;
        int outer = fcntl(2, F_DUPFD_CLOEXEC, 3);
        dup2(fd, 1);
        dup2(fd, 2);
        close(fd);
        return outer;
}

/* Hands the end of that file back as our standard error, for messages. */
static void replay_output(int outer)
{
        char text[8192];
        off_t size = lseek(2, 0, SEEK_END);
        off_t from = size > (off_t)sizeof(text) ? size - (off_t)sizeof(text) : 0;
        ssize_t n = outer >= 0 ? pread(2, text, sizeof(text), from) : 0;
        if (n > 0 && write(outer, text, (size_t)n) < 0)
                return;
}

static json_t *reply(int r, const char *why, const struct package_result *result)
{
        json_t *changes = json_array(), *candidates = json_array();
        for (size_t i = 0; i < result->n_changes; i++) {
                const struct package_change *c = &result->changes[i];
                json_array_append_new(changes,
                                      json_pack("{s:o,s:o,s:o}", "name", json_text_new(c->name),
                                                "version", json_text_new(c->version), "old",
                                                json_text_new(c->old)));
        }
        for (char **c = result->candidates; c && *c; c++)
                json_array_append_new(candidates, json_text_new(*c));
        return json_pack("{s:i,s:o,s:o,s:o,s:o}", "r", r, "why", json_text_new(why), "cause",
                         json_text_new(result->cause), "changes", changes, "candidates",
                         candidates);
}

static int carry_out(const struct call *call, const struct sys *inner,
                     const struct package_request *request, const struct package_system *system,
                     struct package_result *result, char **why)
{
        int (*const ops[])(const struct sys *, const struct package_request *,
                           struct package_result *, char **) = {
                [PACKAGE_SIMULATE] = system->simulate, [PACKAGE_PREPARE] = system->simulate,
                [PACKAGE_INSTALL] = system->install,   [PACKAGE_REINSTALL] = system->reinstall,
                [PACKAGE_REMOVE] = system->remove,
        };
        if (system->abi != PACKAGE_SYSTEM_ABI)
                return fail(why, -ELIBACC, "the plug-in secep-%s.so is of another version",
                            systems[call->kind].plugin);
        if (!ops[call->op])
                return fail(why, -EOPNOTSUPP, "the plug-in secep-%s.so cannot do that",
                            systems[call->kind].plugin);
        return ops[call->op](inner, request, result, why);
}

static int call_inside(void *data, int fd)
{
        const struct call *call = data;
        struct progress progress = { tell_parent, &fd };
        struct package_request request = call->request;
        struct package_result result = { 0 };
        const void *system = NULL;
        struct sys inner;
        char *why = NULL;
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        signal(SIGPIPE, SIG_IGN);
        umask(022);
        clean_environment(call->sys->live);
        request.progress = &progress;
        int outer = detach_output();
        bool simulate = call->op == PACKAGE_SIMULATE;
        int r = plugin_open(systems[call->kind].plugin, "package_system", &system, &why);
        if (r == 0)
                r = inside_enter(call->sys, &call->root, simulate,
                                 request.refresh || systems[call->kind].writes_cache,
                                 systems[call->kind].caches, &inner, &why);
        if (r == 0)
                r = carry_out(call, &inner, &request, system, &result, &why);
        replay_output(outer);
        _cleanup_json_ json_t *j = reply(r, why, &result);
        _cleanup_free_ char *text = json_dumps(j, JSON_COMPACT);
        dprintf(fd, "%s\n", text);
        return 0;
}

/* --- in the parent --- */

static void on_line(void *data, const char *line)
{
        if (!startswith(line, "P "))
                return;
        char *what;
        long percent = strtol(line + 2, &what, 10);
        if (*what == ' ' && percent >= -1 && percent <= 100)
                progress_tell(data, what + 1, (int)percent);
}

static char *copy(const char *s)
{
        return s ? xstrdup(s) : NULL;
}

void package_result_add(struct package_result *out, const char *name, const char *version,
                        const char *old)
{
        out->changes = xreallocarray(out->changes, out->n_changes + 1, sizeof(*out->changes));
        out->changes[out->n_changes++] =
                (struct package_change){ xstrdup(name), xstrdup(version), copy(old) };
}

static int read_reply(const json_t *j, struct package_result *out, char **why)
{
        size_t i;
        json_t *item;
        out->cause = copy(json_text(j, "cause"));
        json_array_foreach(json_object_get(j, "changes"), i, item)
        {
                const char *name = json_text(item, "name"), *version = json_text(item, "version");
                package_result_add(out, name ? name : "", version ? version : "",
                                   json_text(item, "old"));
        }
        json_array_foreach(json_object_get(j, "candidates"), i, item) if (json_is_string(item))
                strv_add(&out->candidates, json_string_value(item));
        int r = (int)json_integer_value(json_object_get(j, "r"));
        const char *text = json_text(j, "why");
        return r < 0 ? fail(why, r, "%s", text ? text : strerror(-r)) : 0;
}

/* The last line of the reply, which is the only one that starts with a brace. */
static json_t *last_object(const struct run_result *result)
{
        const char *at = result->out_len ? strrchr(result->out, '{') : NULL;
        while (at && at > result->out && at[-1] != '\n')
                at--;
        return at ? json_loads(at, 0, NULL) : NULL;
}

static int call_once(const struct call *call, struct package_result *out, char **why)
{
        const struct run_child child = {
                .fn = call_inside,
                .data = (void *)call,
                .output_max = REPLY_MAX,
                .on_line = on_line,
                .on_line_data = (void *)call->request.progress,
        };
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = run_child(&child, &result);
        if (r < 0)
                return fail(why, r, "start the package system: %s", strerror(-r));
        _cleanup_json_ json_t *j = last_object(&result);
        if (!j)
                return fail(why, -EIO, "the package library ended by signal %d without an answer",
                            result.signal);
        return read_reply(j, out, why);
}

static int no_library(const struct call *call, const char *reason, char **why)
{
        return fail(why, -ELIBACC, "%s; run \"%s %s\" in that root", reason ? reason : "no plug-in",
                    systems[call->kind].by_hand, call->request.name ? call->request.name : "");
}

/* The operator's own name of a file of --offline, not the one it had in the child. */
static void name_outside(const struct sys *sys, char **reason)
{
        char *at = *reason && sys->offline_dir ? strstr(*reason, OFFLINE_INSIDE) : NULL;
        if (!at)
                return;
        char *said = xasprintf("%.*s%s%s", (int)(at - *reason), *reason, sys->offline_dir,
                               at + strlen(OFFLINE_INSIDE));
        free(*reason);
        *reason = said;
}

int package_call(const struct sys *sys, enum package_op op, const struct package_request *request,
                 struct package_result *out, char **why)
{
        struct call call = { sys, package_kind(sys), op, *request, { 0 } };
        if (call.kind == PACKAGES_NONE)
                return fail(why, -EOPNOTSUPP, "neither dpkg nor rpm keeps a database here");
        if (stat(sys->root, &call.root) < 0)
                return fail(why, -errno, "%s: %m", sys->root);
        _cleanup_free_ char *reason = NULL;
        int r = call_once(&call, out, &reason);
        bool lists_may_help = (r == -ENOENT || r == -ENETDOWN) && out->cause && !sys->offline_dir;
        if (lists_may_help && (op == PACKAGE_SIMULATE || op == PACKAGE_PREPARE)) {
                call.request.refresh = true;
                package_result_free(out);
                free(TAKE_PTR(reason));
                r = call_once(&call, out, &reason);
        }
        name_outside(sys, &reason);
        if (r == -ELIBACC || (r == -ENOENT && !out->cause))
                return no_library(&call, reason, why);
        return r < 0 ? fail(why, r, "%s", reason ? reason : strerror(-r)) : 0;
}

void package_result_free(struct package_result *result)
{
        for (size_t i = 0; i < result->n_changes; i++) {
                free(result->changes[i].name);
                free(result->changes[i].version);
                free(result->changes[i].old);
        }
        free(result->changes);
        free(result->cause);
        strv_free(result->candidates);
        *result = (struct package_result){ 0 };
}
