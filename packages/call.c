/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A call of a package system's plug-in, in a child of its own: the libraries keep global state,
 * read hostile metadata, and would change our root and mounts. A session keeps the child, so that
 * what a plan opened and resolved serves its installation. */
#include <errno.h>
#include <sys/stat.h>

#include "lib/i18n.h"
#include "lib/conf.h"
#include "lib/json.h"
#include "lib/door.h"
#include "lib/run.h"
#include "lib/util.h"
#include "lib/wait.h"
#include "lib/worker.h"
#include "packages/call.h"

#define LOCK_WAIT_TICK_MS 200
#define REPLY_MAX ((size_t)4 * 1024 * 1024)

struct package_session {
        struct worker *worker; /* the child that stays; NULL: none */
        struct stat root;
        char *name, *version, *offline; /* what it was asked about */
};

static void session_end(struct package_session *s)
{
        worker_close(TAKE_PTR(s->worker), NULL);
        free(TAKE_PTR(s->name));
        free(TAKE_PTR(s->version));
        free(TAKE_PTR(s->offline));
}

struct package_session *package_session_new(void)
{
        return xcalloc(1, sizeof(struct package_session));
}

void package_session_free(struct package_session *session)
{
        if (session)
                session_end(session);
        free(session);
}

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

static bool same(const char *a, const char *b)
{
        return streq(a ? a : "", b ? b : "");
}

/* Was it asked about the same package of the same root? */
static bool session_fits(const struct package_session *s, const struct call *call)
{
        return s->worker && call->op < PACKAGE_REMOVE && !call->request.refresh &&
               !call->request.extra && same(s->name, call->request.name) &&
               same(s->version, call->request.version) &&
               same(s->offline, call->sys->offline_dir) && s->root.st_dev == call->root.st_dev &&
               s->root.st_ino == call->root.st_ino;
}

/* WORKER is kept where something is still to come. */
static void session_keep(struct package_session *s, struct worker *worker, const struct call *call,
                         int r)
{
        if (!s || r < 0 || call->op > PACKAGE_PREPARE) {
                worker_close(worker, NULL);
                if (s)
                        session_end(s);
                return;
        }
        s->worker = worker;
        if (s->name)
                return;
        s->root = call->root;
        s->name = copy(call->request.name);
        s->version = copy(call->request.version);
        s->offline = copy(call->sys->offline_dir);
}

void package_result_add(struct package_result *out, const char *name, const char *version,
                        const char *old)
{
        out->changes = xreallocarray(out->changes, out->n_changes + 1, sizeof(*out->changes));
        out->changes[out->n_changes++] =
                (struct package_change){ xstrdup(name), xstrdup(version), copy(old), 0, 0 };
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
                struct package_change *last = &out->changes[out->n_changes - 1];
                last->download = json_integer_value(json_object_get(item, "download"));
                last->size = json_integer_value(json_object_get(item, "size"));
        }
        json_array_foreach(json_object_get(j, "candidates"), i, item) if (json_is_string(item))
                strv_add(&out->candidates, json_string_value(item));
        json_array_foreach(json_object_get(j, "command"), i, item) if (json_is_string(item))
                strv_add(&out->command, json_string_value(item));
        out->name = copy(json_text(j, "name"));
        out->version = copy(json_text(j, "version"));
        int r = (int)json_integer_value(json_object_get(j, "r"));
        const char *text = json_text(j, "why");
        return r < 0 ? fail(why, r, "%s", text ? text : error_text(-r)) : 0;
}

static char *request_line(const struct call *call)
{
        json_t *names = call->request.names ? json_array() : json_null();
        for (char *const *n = call->request.names; n && *n; n++)
                json_array_append_new(names, json_text_new(*n));
        _cleanup_json_ json_t *j = json_pack("{s:i,s:o}", "op", (int)call->op, "names", names);
        return json_dumps(j, JSON_COMPACT);
}

/* The child for CALL: the one that stays, or one that is begun. */
static int worker_of(const struct call *call, struct worker **out)
{
        struct package_session *s = call->request.session;
        const struct run_child child = {
                .fn = call_inside,
                .data = (void *)call,
                .output_max = REPLY_MAX,
                .asked = true,
        };
        if (s && session_fits(s, call)) {
                *out = TAKE_PTR(s->worker);
                return 0;
        }
        if (s)
                session_end(s);
        return worker_open(&child, out);
}

static int call_alone(const struct call *call, struct package_result *out, char **why)
{
        struct worker *worker = NULL;
        _cleanup_free_ char *ask = request_line(call), *said = NULL;
        int r = worker_of(call, &worker), signal = 0;
        if (r < 0)
                return fail(why, r, "start the package system: %s", error_text(-r));
        r = worker_ask(worker, ask, on_line, (void *)call->request.progress, &said);
        _cleanup_json_ json_t *j = r == 0 ? json_loads(said, 0, NULL) : NULL;
        if (!j) {
                worker_close(worker, &signal);
                return fail(why, -EIO, "the package library ended by signal %d without an answer",
                            signal);
        }
        r = read_reply(j, out, why);
        session_keep(call->request.session, worker, call, r);
        return r;
}

static int call_again(const struct call *call, struct package_result *out, char **reason)
{
        package_result_free(out);
        free(TAKE_PTR(*reason));
        return call_alone(call, out, reason);
}

/* What a person would run in the root, with the version. */
static char *by_hand(const struct call *call)
{
        const struct package_request *q = &call->request;
        const char *name = q->name ? q->name : "", *version = q->version ? q->version : "";
        size_t n = strlen(version);
        struct keyfile os = { 0 };
        bool suse = call->kind == PACKAGES_RPM && os_release_read(call->sys, &os, NULL) == 0 &&
                    package_os_is_suse(&os);
        keyfile_free(&os);
        if (suse && n > 0 && version[n - 1] == '*')
                return xasprintf(
                        "zypper install %s=VERSION\" with the version of \"zypper search -s "
                        "%s\" that begins with \"%.*s",
                        name, name, (int)(n - 1), version);
        const char *between = n == 0 ? "" : call->kind == PACKAGES_DPKG || suse ? "=" : "-";
        return xasprintf("%s %s%s%s",
                         suse ? "zypper install" : package_libraries[call->kind].by_hand, name,
                         between, version);
}

static int no_library(const struct call *call, const char *reason, char **why)
{
        _cleanup_free_ char *command = by_hand(call);
        return fail(why, -ELIBACC, "%s; run \"%s\" in that root", reason ? reason : _("no plug-in"),
                    command);
}

/* The first FROM in *REASON becomes TO. */
static void reword(char **reason, const char *from, const char *to)
{
        char *at = *reason ? strstr(*reason, from) : NULL;
        if (!at)
                return;
        char *said = xasprintf("%.*s%s%s", (int)(at - *reason), *reason, to, at + strlen(from));
        free(*reason);
        *reason = said;
}

/* The operator's own name of a file of --offline, not the one it had in the child; and who holds
 * a lock, of which the child's pid namespace knows nothing. */
static void name_outside(const struct call *call, char **reason)
{
        _cleanup_free_ char *who = NULL;
        if (call->sys->offline_dir)
                reword(reason, OFFLINE_INSIDE, call->sys->offline_dir);
        if (*reason && strstr(*reason, LOCK_HOLDER_OUTSIDE))
                reword(reason, LOCK_HOLDER_OUTSIDE,
                       package_lock_program(call->sys, call->kind, &who) > 0
                               ? who
                               : _(LOCK_HOLDER_OUTSIDE));
}

/* Waited for here, where a signal reaches us: the child is in a session of its own. What is taken
 * between this and the library's own try, the library waits for. */
static int wait_for_lock(const struct call *call, struct package_result *out, char **why)
{
        struct wait wait = { 0 };
        if (call->op < PACKAGE_INSTALL || call->op > PACKAGE_REMOVE)
                return 0;
        for (;;) {
                _cleanup_free_ char *who = NULL;
                if (package_lock_holder(call->sys, call->kind, &who) <= 0)
                        return 0;
                progress_tell(call->request.progress, who, -1);
                int r = wait_pause(call->sys, &wait, who, LOCK_WAIT_TICK_MS, why);
                if (r == -EAGAIN && !out->cause)
                        out->cause = xstrdup("packages-locked");
                if (r < 0)
                        return fail(why, r, "%s", who);
        }
}

int package_call(const struct sys *sys, enum package_op op, const struct package_request *request,
                 struct package_result *out, char **why)
{
        struct call call = { sys, package_kind(sys), op, *request, { 0 }, call_resolver(sys) };
        if (request->session && op == PACKAGE_SIMULATE)
                call.op = PACKAGE_PREPARE;
        call.request.stays = request->session != NULL;
        if (call.kind == PACKAGES_NONE)
                return fail(why, -EOPNOTSUPP, "neither dpkg nor rpm keeps a database here");
        if (stat(sys->root, &call.root) < 0)
                return fail(why, -errno, "%s: %m", sys->root);
        _cleanup_free_ char *reason = NULL;
        int r = call_answers(sys, call.kind, &reason);
        if (r == 0)
                r = wait_for_lock(&call, out, &reason);
        if (r < 0)
                return fail(why, r, "%s", reason);
        r = call_alone(&call, out, &reason);
        bool lists_may_help = (r == -ENOENT || r == -ENETDOWN) && out->cause && !sys->offline_dir;
        bool asks = op == PACKAGE_SIMULATE || op == PACKAGE_PREPARE || op == PACKAGE_OFFER;
        if (lists_may_help && asks && !request->refresh) {
                call.request.refresh = true;
                r = call_again(&call, out, &reason);
        }
        if (r == -ENOENT && out->cause && op != PACKAGE_REMOVE && !sys->offline_dir &&
            conf_list(sys, "ExtraSource")) {
                call.request.refresh = true;
                call.request.extra = true;
                r = call_again(&call, out, &reason);
        }
        name_outside(&call, &reason);
        if (r == -ELIBACC || (r == -ENOENT && !out->cause))
                return no_library(&call, reason, why);
        return r < 0 ? fail(why, r, "%s", reason ? reason : error_text(-r)) : 0;
}
