/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The child's side of a call: into the root, then the plug-in is asked until no request comes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/door.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/plugin.h"
#include "lib/stop.h"
#include "lib/util.h"
#include "packages/call.h"
#include "packages/shield.h"

struct inside {
        const struct call *call;
        struct sys sys;
        const struct package_system *system;
        int fd;
        int error; /* why it could not be entered */
        char *why;
};

static void tell_parent(void *data, const char *what, int percent)
{
        dprintf(*(int *)data, "P %d %s\n", percent, what);
}

/* A clean environment, but for what apt itself takes from it. */
static void clean_environment(bool live)
{
        static const char *const kept[] = { "http_proxy", "https_proxy", "no_proxy", "APT_CONFIG" };
        char *values[ARRAY_SIZE(kept)];
        _cleanup_free_ char *languages = i18n_languages();
        for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
                values[i] = getenv(kept[i]) ? xstrdup(getenv(kept[i])) : NULL;
        clearenv();
        for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
                if (values[i] && (live || !streq(kept[i], "APT_CONFIG")))
                        setenv(kept[i], values[i], 1);
        setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        if (languages)
                setenv(I18N_HANDED, languages, 1);
        setenv("HOME", "/root", 1);
        setenv("DEBIAN_FRONTEND", "noninteractive", 1);
        setenv("APT_LISTCHANGES_FRONTEND", "none", 1);
        setenv("NEEDRESTART_SUSPEND", "1", 1);
}

/* What dpkg and scriptlets print goes to a file in memory: when we and our parent are killed, the
 * orphans go on writing there instead of dying half-way of a broken pipe. */
static void detach_output(void)
{
        int fd = memfd_create("secep-output", MFD_CLOEXEC);
        if (fd < 0)
                return;
        dup2(fd, 1);
        dup2(fd, 2);
        close(fd);
}

static json_t *reply(int r, const char *why, const struct package_result *result)
{
        json_t *changes = json_array(), *candidates = json_array(), *command = json_array();
        for (size_t i = 0; i < result->n_changes; i++) {
                const struct package_change *c = &result->changes[i];
                json_array_append_new(
                        changes, json_pack("{s:o,s:o,s:o,s:I,s:I}", "name", json_text_new(c->name),
                                           "version", json_text_new(c->version), "old",
                                           json_text_new(c->old), "download",
                                           (json_int_t)c->download, "size", (json_int_t)c->size));
        }
        for (char **c = result->candidates; c && *c; c++)
                json_array_append_new(candidates, json_text_new(*c));
        for (char **c = result->command; c && *c; c++)
                json_array_append_new(command, json_text_new(*c));
        return json_pack("{s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "r", r, "why", json_text_new(why),
                         "cause", json_text_new(result->cause), "changes", changes, "candidates",
                         candidates, "command", command, "name", json_text_new(result->name),
                         "version", json_text_new(result->version));
}

static int carry_out(const struct inside *in, enum package_op op,
                     const struct package_request *request, struct package_result *result,
                     char **why)
{
        const struct package_system *system = in->system;
        int (*const ops[])(const struct sys *, const struct package_request *,
                           struct package_result *, char **) = {
                [PACKAGE_SIMULATE] = system->simulate, [PACKAGE_PREPARE] = system->simulate,
                [PACKAGE_INSTALL] = system->install,   [PACKAGE_REINSTALL] = system->reinstall,
                [PACKAGE_REMOVE] = system->remove,     [PACKAGE_OFFER] = system->offer,
                [PACKAGE_OWNER] = system->owner,       [PACKAGE_PROVIDER] = system->provider,
                [PACKAGE_VERSIONS] = system->versions,
        };
        if ((size_t)op >= ARRAY_SIZE(ops) || !ops[op])
                return fail(why, -EOPNOTSUPP, "the plug-in secep-%s.so cannot do that",
                            package_libraries[in->call->kind].plugin);
        return ops[op](&in->sys, request, result, why);
}

/* Names to install or to remove; NULL: any. */
static char **names_of(const json_t *ask)
{
        const json_t *names = json_object_get(ask, "names");
        char **out = json_is_array(names) ? xcalloc(1, sizeof(*out)) : NULL;
        size_t i;
        json_t *name;
        json_array_foreach(names, i, name) if (json_is_string(name))
                strv_add(&out, json_string_value(name));
        return out;
}

static char *answer(struct inside *in, const json_t *ask)
{
        struct progress progress = { tell_parent, &in->fd };
        struct package_request request = in->call->request;
        _cleanup_package_result_ struct package_result result = { 0 };
        _cleanup_strv_ char **names = names_of(ask);
        _cleanup_free_ char *why = in->why ? xstrdup(in->why) : NULL;
        request.progress = &progress;
        request.stopped = stop_asked;
        request.names = names;
        int r = in->error;
        if (r == 0)
                r = carry_out(in, (enum package_op)json_integer_value(json_object_get(ask, "op")),
                              &request, &result, &why);
        _cleanup_json_ json_t *j = reply(r, why, &result);
        return json_dumps(j, JSON_COMPACT);
}

/* What only looks leaves the caches alone; extra lists are kept apart: those of the root are read
 * beside them. */
static bool wants_fresh(const struct call *call, const struct package_library *library)
{
        return (call->request.refresh && !call->request.extra) || library->writes_cache;
}

static bool only_looks(const struct call *call)
{
        return call->op == PACKAGE_SIMULATE || call->op >= PACKAGE_OFFER;
}

static int enter_live(struct inside *in, const struct package_library *library)
{
        const struct call *call = in->call;
        int r = 0;
        if (only_looks(call) || call->request.extra)
                r = shield_caches(only_looks(call) ? library->caches : NULL,
                                  wants_fresh(call, library), call->request.extra, &in->why);
        if (r < 0)
                return r;
        in->sys = *call->sys;
        in->sys.root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        return in->sys.root_fd < 0 ? fail(&in->why, -errno, "/: %m") : 0;
}

static int enter_other(struct inside *in, const struct package_library *library)
{
        const struct call *call = in->call;
        const struct door_bind offline[] = { { call->sys->offline_dir, OFFLINE_INSIDE, false },
                                             { 0 } };
        const struct door door = {
                .profile = only_looks(call) ? DOOR_RESOLVE : DOOR_TRANSACTION,
                .net = true,
                .extra = call->request.extra,
                .disk = true, /* a kernel's scriptlets write a boot menu */
                .fresh = only_looks(call) && wants_fresh(call, library) ? library->caches : NULL,
                .binds = offline,
                .uid = call->resolver,
                .gid = call->resolver,
        };
        return door_enter(call->sys, &call->root, &door, &in->sys, &in->why);
}

static int enter(struct inside *in)
{
        const struct call *call = in->call;
        const struct package_library *library = &package_libraries[call->kind];
        const void *system = NULL;
        int r = plugin_open(library->plugin, "package_system", &system, &in->why);
        if (r < 0)
                return r;
        in->system = system;
        if (in->system->abi != PACKAGE_SYSTEM_ABI)
                return fail(&in->why, -ELIBACC, "the plug-in secep-%s.so is of another version",
                            library->plugin);
        return door_needed(call->sys) ? enter_other(in, library) : enter_live(in, library);
}

int call_inside(void *data, int fd)
{
        struct inside in = { .call = data, .fd = fd };
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        signal(SIGPIPE, SIG_IGN);
        umask(022);
        clean_environment(in.call->sys->live);
        detach_output();
        in.error = enter(&in);
        _cleanup_fclose_ FILE *requests = fdopen(fd, "r");
        while (requests && getline(&line, &size, requests) > 0) {
                _cleanup_json_ json_t *ask = json_loads(line, 0, NULL);
                _cleanup_free_ char *said = answer(&in, ask);
                dprintf(fd, "%s\n", said);
        }
        free(in.why);
        return 0;
}
