/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading faults.json. */
#include "repair/watched.h"

#include <errno.h>

#include "lib/json.h"
#include "repair/outcome.h"
#include "repair/wait.h"

void watched_free(struct watched *w)
{
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                free(w->of[i].why);
        *w = (struct watched){ 0 };
}

/* A word of another version is not told. */
static enum verdict verdict_parse(const char *name)
{
        for (enum verdict v = VERDICT_UNKNOWN; name && v <= VERDICT_NOT_ASKED; v++)
                if (streq(verdict_name(v), name))
                        return v;
        return VERDICT_UNKNOWN;
}

static void fault_take(const json_t *list, int id, struct watched_fault *out)
{
        size_t i;
        json_t *j;
        json_array_foreach(list, i, j)
        {
                const char *why = json_text(j, "why"), *condition = json_text(j, "condition");
                if (json_integer_value(json_object_get(j, "id")) != id)
                        continue;
                out->verdict = verdict_parse(json_text(j, "verdict"));
                out->cleared = condition && streq(condition, "cleared");
                out->looked = json_integer_value(json_object_get(j, "looked"));
                out->since = json_integer_value(json_object_get(j, "since"));
                out->why = xstrdup(why ? why : "");
                return;
        }
        out->why = xstrdup("");
}

int watched_parse(const char *text, struct watched *out)
{
        _cleanup_json_ json_t *root = json_loads(text, 0, NULL);
        const json_t *list = json_object_get(root, "faults");
        struct watched w = { .time = json_integer_value(json_object_get(root, "time")) };
        if (!json_is_array(list))
                return -EBADMSG;
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                fault_take(list, faults[i]->id, &w.of[i]);
        *out = w;
        return 0;
}

int watched_read(const struct sys *sys, struct watched *out)
{
        _cleanup_free_ char *text = NULL;
        bool alive = monitor_lives(sys);
        int r = sys_read_nolinks(sys, MONITOR_SNAPSHOT, MONITOR_SNAPSHOT_MAX, &text, NULL);
        if (r >= 0)
                r = watched_parse(text, out);
        out->alive = alive;
        return r;
}

const struct watched_fault *watched_find(const struct watched *w, const struct fault *fault)
{
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                if (faults[i] == fault)
                        return &w->of[i];
        return NULL;
}

bool watched_clear_since(const struct watched_fault *f, int64_t begun)
{
        return f->cleared && f->looked >= begun &&
               (f->verdict == VERDICT_OK || f->verdict == VERDICT_NOT_APPLICABLE);
}

int watched_status(const struct watched *w, const struct fault *const *of, bool all)
{
        int status = w->alive ? EXIT_NO_FAULT_LEFT : EXIT_COULD_NOT_TELL;
        for (; *of; of++) {
                const struct watched_fault *f = watched_find(w, *of);
                if (f && !(all && f->verdict == VERDICT_NOT_ASKED))
                        status = exit_worse(status, verdict_exit(f->verdict));
        }
        return status;
}
