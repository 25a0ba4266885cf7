/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state file. */
#include "monitor/store.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/edit.h"
#include "lib/i18n.h"
#include "lib/json.h"

#define STATE_MAX ((size_t)1 << 20)

void store_init(struct store *store)
{
        *store = (struct store){ 0 };
        states_init(&store->states);
}

void store_free(struct store *store)
{
        states_free(&store->states);
        event_list_free(&store->waiting);
        *store = (struct store){ 0 };
}

static json_t *state_json(const struct fault_state *s)
{
        return json_pack("{s:i, s:s, s:o, s:I, s:I, s:I}", "fault", s->fault->id, "condition",
                         condition_name(s->kept), "cause", json_text_new(s->cause), "since",
                         (json_int_t)s->since, "raises", (json_int_t)s->raises, "clears",
                         (json_int_t)s->clears);
}

char *store_text(const struct store *store)
{
        _cleanup_json_ json_t *j =
                json_pack("{s:i, s:s, s:I, s:[], s:[]}", "schema", STATE_SCHEMA, "version", VERSION,
                          "seq", (json_int_t)store->seq, "faults", "waiting");
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                json_array_append_new(json_object_get(j, "faults"),
                                      state_json(&store->states.of[i]));
        for (size_t i = 0; i < store->waiting.n; i++)
                json_array_append_new(json_object_get(j, "waiting"),
                                      event_json(&store->waiting.all[i]));
        return json_dumps(j, JSON_INDENT(1) | JSON_ENSURE_ASCII);
}

static int64_t not_after(int64_t when, int64_t now)
{
        return when < 0 ? 0 : when > now ? now : when;
}

static uint64_t count_of(const json_t *j, const char *key)
{
        json_int_t n = json_integer_value(json_object_get(j, key));
        return n > 0 ? (uint64_t)n : 0;
}

static int state_take(struct store *store, const json_t *j, int64_t now, char **note)
{
        json_int_t id = json_integer_value(json_object_get(j, "fault"));
        const char *condition = json_text(j, "condition"), *cause = json_text(j, "cause");
        int kept = condition ? condition_parse(condition) : -EINVAL;
        struct fault_state *s = id > 0 && id < 1000 ? states_find(&store->states, (int)id) : NULL;

        if (kept < 0 || id <= 0)
                return -EBADMSG;
        if (!s) {
                if (!*note)
                        *note = xasprintf(_("fault %lld of the state file is not known: dropped"),
                                          (long long)id);
                return 0;
        }
        s->kept = (enum condition)kept;
        free(s->cause);
        s->cause = cause && kept == CONDITION_RAISED ? xstrdup(cause) : NULL;
        s->since = not_after(json_integer_value(json_object_get(j, "since")), now);
        s->raises = count_of(j, "raises");
        s->clears = count_of(j, "clears");
        return 0;
}

static int waiting_take(struct store *store, const json_t *j)
{
        struct event e;
        int r = event_from_json(j, &e);
        if (r < 0)
                return r;
        event_list_add(&store->waiting, &e);
        free(e.cause);
        free(e.why);
        return 0;
}

static int root_take(struct store *store, const json_t *root, int64_t now, char **note)
{
        const json_t *faults_of = json_object_get(root, "faults"),
                     *waiting = json_object_get(root, "waiting");
        size_t i;
        json_t *j;

        if (!json_is_array(faults_of) || !json_is_array(waiting) ||
            !json_is_integer(json_object_get(root, "seq")))
                return -EBADMSG;
        json_array_foreach(faults_of, i, j)
        {
                if (state_take(store, j, now, note) < 0)
                        return -EBADMSG;
        }
        json_array_foreach(waiting, i, j)
        {
                if (waiting_take(store, j) < 0)
                        return -EBADMSG;
        }
        store->seq = count_of(root, "seq");
        return 0;
}

int store_parse(struct store *store, const char *text, size_t len, int64_t now, char **note,
                char **why)
{
        json_error_t error;
        _cleanup_json_ json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
        json_int_t schema = json_integer_value(json_object_get(root, "schema"));
        _cleanup_free_ char *dropped = NULL;

        if (!root)
                return fail(why, -EBADMSG, "line %d: %s", error.line, error.text);
        if (schema > STATE_SCHEMA)
                return fail(why, -EPROTONOSUPPORT, "schema %lld is newer than ours, %d",
                            (long long)schema, STATE_SCHEMA);
        if (schema != STATE_SCHEMA || root_take(store, root, now, &dropped) < 0) {
                store_free(store);
                store_init(store);
                return fail(why, -EBADMSG, "not a state of secep-monitord");
        }
        if (dropped)
                *note = TAKE_PTR(dropped);
        return 0;
}

static void set_aside(const struct sys *sys, const char *why, char **note)
{
        _cleanup_close_ int dir = sys_openat(sys, STATE_DIR, O_RDONLY | O_DIRECTORY, 0);
        bool moved = dir >= 0 && renameat(dir, "state.json", dir, "state.json.bad") == 0;
        *note = xasprintf(moved ? _("%s: %s; moved to state.json.bad, going on from %s")
                                : _("%s: %s; going on from %s"),
                          STATE_FILE, why, EVENTS_LOG);
}

void store_load(const struct sys *sys, struct store *store, int64_t now, char **note)
{
        _cleanup_free_ char *text = NULL, *why = NULL;
        size_t len = 0;
        int r = sys_read_nolinks(sys, STATE_FILE, STATE_MAX, &text, &len);

        store_init(store);
        if (r == 0)
                r = store_parse(store, text, len, now, note, &why);
        if (r == 0)
                return;
        if (r != -ENOENT)
                set_aside(sys, why ? why : error_text(-r), note);
        event_log_recover(sys, &store->states, &store->seq);
}

int store_save(const struct sys *sys, const struct store *store, char **why)
{
        _cleanup_free_ char *text = store_text(store);
        int r = sys_mkdirs(sys, STATE_DIR, 0700);
        if (r < 0)
                return fail(why, r, "%s: %s", STATE_DIR, error_text(-r));
        return edit_replace(sys, STATE_FILE, text, strlen(text), 0644, why);
}
