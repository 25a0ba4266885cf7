/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connector's word, read and compared. */
#include "monitor/connector_word.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/i18n.h"
#include "lib/json.h"
#include "monitor/journal.h"

int connector_word_parse(const char *text, size_t len, struct connector_word *word)
{
        _cleanup_json_ json_t *j = json_loadb(text, len, 0, NULL);
        const json_t *ids = json_object_get(j, "ids");
        json_int_t time = json_integer_value(json_object_get(j, "time"));
        size_t i, n = 0;
        json_t *id;

        if (time <= 0 || !json_is_array(ids))
                return -EBADMSG;
        word->time = time;
        word->degraded = json_is_true(json_object_get(j, "degraded"));
        json_array_foreach(ids, i, id)
        {
                if (n < WORD_IDS && json_is_integer(id))
                        word->ids[n++] = (int)json_integer_value(id);
        }
        word->n = n;
        return 0;
}

void connector_word_read(const struct sys *sys, struct connector_word *word)
{
        _cleanup_free_ char *text = NULL;
        size_t len;
        if (sys_read_nolinks(sys, CONNECTOR_WORD, 65536, &text, &len) == 0)
                (void)connector_word_parse(text, len, word);
}

bool connector_word_names(const struct connector_word *word, int fault)
{
        for (size_t i = 0; i < word->n; i++)
                if (word->ids[i] == fault)
                        return true;
        return fault == 18 && word->degraded;
}

bool connector_word_fresh(const struct connector_word *word, int64_t when)
{
        return word->time > 0 && when - word->time < WORD_FRESH_MS &&
               word->time - when < WORD_FRESH_MS;
}

void connector_word_judge(const struct connector_word *word, const struct fault *fault,
                          int64_t when, struct finding *f)
{
        static const struct {
                int fault;
                const char *raised, *not_raised;
        } texts[] = {
                { 8, N_("the connector reports that its file system monitor did not start"),
                  N_("the connector does not report a fault of its file system monitor") },
                { 9, N_("the connector reports that its network monitor did not start"),
                  N_("the connector does not report a fault of its network monitor") },
                { 18, N_("the connector says that it is overloaded"),
                  N_("the connector does not say that it is overloaded") },
        };
        if (f->verdict != VERDICT_NOT_ASKED || !connector_word_fresh(word, when))
                return;
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
                if (texts[i].fault == fault->id) {
                        bool raised = connector_word_names(word, fault->id);
                        finding_set(f, raised ? VERDICT_FAULT : VERDICT_OK, NULL, "%s",
                                    _(raised ? texts[i].raised : texts[i].not_raised));
                        return;
                }
}

json_t *connector_word_json(const struct connector_word *word)
{
        if (!word->time)
                return json_null();
        json_t *j = json_pack("{s:I, s:b, s:[], s:[]}", "time", (json_int_t)word->time, "degraded",
                              word->degraded, "ids", "disagree");
        for (size_t i = 0; i < word->n; i++)
                json_array_append_new(json_object_get(j, "ids"), json_integer(word->ids[i]));
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                if (word->differs[i].told)
                        json_array_append_new(json_object_get(j, "disagree"),
                                              json_integer(faults[i]->id));
        return j;
}

void connector_word_ask(const struct sys *sys)
{
        int fd = sys_openat_nolinks(sys, CONNECTOR_ASK, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        if (fd >= 0)
                close(fd);
}

static bool of_two_minds(const struct connector_word *word, const struct fault_state *s,
                         int64_t now)
{
        return connector_word_fresh(word, now) && s->condition != CONDITION_UNKNOWN &&
               connector_word_names(word, s->fault->id) != (s->condition == CONDITION_RAISED);
}

int disagreement_check(struct connector_word *word, const struct states *states, int64_t now)
{
        int n = 0;
        for (size_t i = 0; i < FAULTS_COUNT; i++) {
                const struct fault_state *s = &states->of[i];
                bool differ = of_two_minds(word, s, now), told = word->differs[i].told;
                if (!differ)
                        word->differs[i].since = 0;
                else if (!word->differs[i].since || word->differs[i].since > now)
                        word->differs[i].since = now;
                word->differs[i].told =
                        differ && (told || now - word->differs[i].since >= DISAGREE_MS);
                word->differs[i].fresh_told = word->differs[i].told != told;
                word->differs[i].connector_raised = connector_word_names(word, s->fault->id);
                n += word->differs[i].fresh_told;
        }
        return n;
}

void disagreement_tell(struct connector_word *word)
{
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                if (word->differs[i].fresh_told)
                        (void)journal_disagreement(faults[i]->id, word->differs[i].told,
                                                   word->differs[i].connector_raised);
}
