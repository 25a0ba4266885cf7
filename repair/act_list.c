/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --history and --list. */
#include "lib/json.h"
#include "repair/history.h"
#include "repair/program.h"

int act_history(struct program *p)
{
        _cleanup_free_ char *why = NULL;
        int r = history_print(&p->sys, p->options.json, stdout, &why);
        fflush(stdout);
        return r < 0 ? program_complain(EXIT_USAGE, why) : EXIT_NO_FAULT_LEFT;
}

int act_list(struct program *p)
{
        _cleanup_json_ json_t *list = json_array();
        for (const struct fault *const *f = faults; *f; f++) {
                if (!p->options.json)
                        printf("%3d %-17s %s\n", (*f)->id, (*f)->slug, (*f)->summary);
                json_array_append_new(list, json_pack("{s:i, s:s, s:s}", "id", (*f)->id, "slug",
                                                      (*f)->slug, "summary", (*f)->summary));
        }
        if (p->options.json) {
                _cleanup_json_ json_t *j = json_pack("{s:i, s:O}", "schema", 1, "faults", list);
                json_dumpf(j, stdout, JSON_COMPACT);
                puts("");
        }
        return EXIT_NO_FAULT_LEFT;
}
