/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnf 4 by its own Python API: a small program (secep_dnf.py) in the interpreter that the root's dnf
 * itself runs in. It resolves, answers, and waits; told to, it installs what it resolved. */
#include <errno.h>

#include "lib/dialog.h"
#include "lib/json.h"
#include "lib/door.h"
#include "lib/i18n.h"
#include "packages/rpm_db.h"
#include "packages/rpm_dnf.h"
#include "packages/rpm_resolver.h"

#define SCRIPT_MAX ((size_t)4096)
#define SIGN "SECEP "
#define ANSWERED "}\n"

/* The program's text, in this plug-in: whatever is in the root, it is ours. */
__asm__(".pushsection .rodata\n"
        "secep_dnf_py:\n"
        ".incbin \"packages/secep_dnf.py\"\n"
        ".incbin \"packages/secep_dnf_hidden.py\"\n"
        ".incbin \"packages/secep_dnf_do.py\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char program[] __asm__("secep_dnf_py");

static struct dialog *waiting;

/* "#!/usr/libexec/platform-python" of dnf or yum, malloc'ed; NULL: it is no Python program. */
static char *interpreter_of(const struct sys *sys)
{
        static const char *const names[] = { "/usr/bin/dnf", "/usr/bin/yum" };
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                _cleanup_free_ char *text = NULL;
                if (sys_read(sys, names[i], SCRIPT_MAX, &text, NULL) < 0 ||
                    !startswith(text, "#!/usr/"))
                        continue;
                _cleanup_free_ char *path = xstrndup(text + 2, strcspn(text + 2, " \t\r\n"));
                if (strstr(path, "python") && !strstr(path, ".."))
                        return TAKE_PTR(path);
        }
        return NULL;
}

static bool there(const struct sys *sys)
{
        _cleanup_free_ char *interpreter = interpreter_of(sys);
        return interpreter != NULL;
}

/* --- asking --- */

static char *ask_line(const struct sys *sys, const struct package_request *request, const char *op)
{
        _cleanup_json_ json_t *j =
                json_pack("{s:s,s:o,s:o,s:b,s:I}", "op", op, "name", json_text_new(request->name),
                          "version", json_text_new(request->version), "refresh", request->refresh,
                          "timeout", (json_int_t)sys_time_left(sys) / 1000 + 1);
        json_object_set_new(j, "provides", json_text_new(request->provides));
        if (request->extra) {
                json_object_set_new(j, "reposdir", json_string(EXTRA_INSIDE "/repos"));
                json_object_set_new(j, "cachedir", json_string(EXTRA_INSIDE "/cache"));
        }
        _cleanup_free_ char *text = json_dumps(j, JSON_COMPACT);
        return xasprintf("%s\n", text);
}

static int start(const struct sys *sys, const struct package_request *request, const char *op,
                 struct dialog **out, char **why)
{
        _cleanup_free_ char *interpreter = interpreter_of(sys), *ask = NULL;
        const char *const argv[] = { interpreter, "-I", "-c", program, NULL };
        const char *const env[] = { "HOME=/root", "LANG=C.UTF-8", NULL };
        const struct run run = { RUN_DEFAULT, .argv = argv, .env = env };
        int r = request->extra ? dnf_extra_repos(sys, why) : 0;
        if (r < 0)
                return r;
        r = dialog_start(&run, out);
        if (r < 0)
                return fail(why, r, "%s: %s", interpreter, error_text(-r));
        ask = ask_line(sys, request, op);
        dialog_answer(*out, ask);
        return 0;
}

/* --- its answer --- */

/* The last line of TEXT that is an answer. */
static json_t *last_answer(const char *text)
{
        json_t *last = NULL;
        for (const char *at = text; (at = strstr(at, SIGN)); at += strlen(SIGN)) {
                if (at != text && at[-1] != '\n')
                        continue;
                const char *json = at + strlen(SIGN);
                json_t *j = json_loadb(json, strcspn(json, "\n"), 0, NULL);
                if (!json_is_object(j)) {
                        json_decref(j);
                        continue;
                }
                json_decref(last);
                last = j;
        }
        return last;
}

static const struct {
        const char *word;
        int error;
        const char *cause;
} refusals[] = {
        { "gone", -ENOENT, "package-gone" },
        { "hidden", -EACCES, "package-hidden" },
        { "unreachable", -ENETDOWN, "repository-unreachable" },
        { "locked", -EAGAIN, "packages-locked" },
        { "key", -ENOKEY, "key-not-accepted" },
        { "unsolvable", -ENOTUNIQ, NULL },
        { "signature", -EBADMSG, NULL },
        { "space", -ENOSPC, NULL },
};

static int refusal(const json_t *answer, struct package_result *out, char **why)
{
        const char *word = json_text(answer, "cause"), *said = json_text(answer, "why");
        for (size_t i = 0; word && i < ARRAY_SIZE(refusals); i++)
                if (streq(refusals[i].word, word))
                        return fail(why, rpm_cause(out, refusals[i].cause, refusals[i].error),
                                    "dnf: %s", said ? said : word);
        return fail(why, -EIO, "dnf: %s", said ? said : _("it did not say why"));
}

/* New ones go by name, version and release, changed ones by their name. */
static void take_changes(const json_t *answer, struct package_result *out)
{
        if (json_text(answer, "name") && json_text(answer, "version") && !out->name) {
                out->name = xstrdup(json_text(answer, "name"));
                out->version = xstrdup(json_text(answer, "version"));
        }
        size_t i;
        json_t *c;
        json_array_foreach(json_object_get(answer, "changes"), i, c)
        {
                const char *name = json_text(c, "name"), *evr = json_text(c, "evr");
                bool new = json_is_true(json_object_get(c, "new"));
                if (!name || !evr)
                        continue;
                _cleanup_free_ char *nevr = xasprintf("%s-%s", name, evr);
                package_result_add(out, new ? nevr : name, evr, new ? NULL : "");
                struct package_change *last = &out->changes[out->n_changes - 1];
                last->download = json_integer_value(json_object_get(c, "download"));
                last->size = json_integer_value(json_object_get(c, "size"));
        }
        json_array_foreach(json_object_get(answer, "candidates"), i, c) if (json_is_string(c))
                strv_add(&out->candidates, json_string_value(c));
        json_array_foreach(json_object_get(answer, "command"), i, c) if (json_is_string(c))
                strv_add(&out->command, json_string_value(c));
}

static int take_answer(const char *said, const char *err, struct package_result *out, char **why)
{
        _cleanup_json_ json_t *answer = last_answer(said);
        if (!answer)
                return fail(why, -EIO, "dnf's Python API gave no answer: %.300s", err ? err : "");
        if (!json_is_true(json_object_get(answer, "ok"))) {
                take_changes(answer, out);
                return refusal(answer, out, why);
        }
        take_changes(answer, out);
        return 0;
}

/* Waits for the first answer: 0 with *SAID, or -errno. */
static int first_answer(const struct sys *sys, struct dialog *d, struct package_result *out,
                        char **said, char **why)
{
        if (dialog_until(d, ANSWERED, sys_time_left(sys) + 1) == -ETIMEDOUT)
                return fail(why, rpm_cause(out, "repository-unreachable", -ENETDOWN), NO_ANSWER);
        *said = dialog_said(d);
        return 0;
}

/* --- the resolver --- */

static bool waits(void)
{
        return waiting != NULL;
}

static void drop(void)
{
        dialog_drop(TAKE_PTR(waiting));
}

static int begin(const struct sys *sys, const struct package_request *request, char **why)
{
        return waiting ? 0 : start(sys, request, "install", &waiting, why);
}

static int simulate(const struct sys *sys, const struct package_request *request,
                    struct package_result *out, char **why)
{
        _cleanup_free_ char *said = NULL;
        int r = first_answer(sys, waiting, out, &said, why);
        if (r == 0)
                r = take_answer(said, NULL, out, why);
        if (r < 0 || !request->stays)
                drop();
        return r;
}

static int change(const char *verb, const struct sys *sys, const struct package_request *request,
                  struct package_result *out, char **said)
{
        _cleanup_free_ char *first = NULL;
        _cleanup_run_result_ struct run_result result = { 0 };
        struct package_result planned = { 0 };
        progress_tell(request->progress, verb, -1);
        if (!streq(verb, "install"))
                drop();
        int r = waiting ? 0 : start(sys, request, verb, &waiting, said);
        if (r == 0)
                r = first_answer(sys, waiting, out, &first, said);
        if (r == 0)
                r = take_answer(first, NULL, &planned, said);
        if (r < 0) {
                out->cause = out->cause ? out->cause : TAKE_PTR(planned.cause);
                out->command = out->command ? out->command : TAKE_PTR(planned.command);
                package_result_free(&planned);
                drop();
                return r;
        }
        package_result_free(&planned);
        dialog_answer(waiting, "do\n");
        dialog_finish(TAKE_PTR(waiting), &result);
        r = take_answer(result.out, result.err, &planned, said);
        out->cause = out->cause ? out->cause : TAKE_PTR(planned.cause);
        out->command = out->command ? out->command : TAKE_PTR(planned.command);
        package_result_free(&planned);
        return r;
}

/* A whole run of OP. */
static int ask(const struct sys *sys, const struct package_request *request, const char *op,
               struct package_result *out, char **why)
{
        _cleanup_free_ char *said = NULL;
        struct dialog *d = NULL;
        int r = start(sys, request, op, &d, why);
        if (r == 0)
                r = first_answer(sys, d, out, &said, why);
        if (r == 0)
                r = take_answer(said, NULL, out, why);
        dialog_drop(d);
        return r;
}

static int candidates(const struct sys *sys, const struct package_request *request,
                      struct package_result *out, char **why)
{
        return ask(sys, request, "offer", out, why);
}

/* By their plain names. */
static int provider(const struct sys *sys, const struct package_request *request,
                    struct package_result *out, char **why)
{
        int r = ask(sys, request, "provider", out, why);
        for (size_t i = 0; i < out->n_changes; i++) {
                struct package_change *c = &out->changes[i];
                size_t n = strlen(c->name), tail = strlen(c->version) + 1;
                if (n > tail)
                        c->name[n - tail] = '\0';
        }
        return r;
}

const struct rpm_resolver rpm_resolver_dnf_api = {
        .there = there,
        .begin = begin,
        .simulate = simulate,
        .waits = waits,
        .drop = drop,
        .change = change,
        .candidates = candidates,
        .provider = provider,
};
