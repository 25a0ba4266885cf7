/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-monitord --ask-connector, for secep-ampcli.service: the daemon itself runs no program. */
#include <errno.h>

#include "connector/ampcli.h"
#include "lib/json.h"
#include "monitor/monitor.h"
#include "monitor/snapshot.h"
#include "monitor/say.h"
#include "repair/outcome.h"

int connector_word_ask_now(struct sys *sys)
{
        _cleanup_ampcli_ struct ampcli_status status = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = ampcli_ask(sys, &status, &why);
        if (r == -ENOENT)
                return EXIT_NO_FAULT_LEFT; /* no connector, nothing to ask */
        if (r < 0)
                return monitor_say("%s", why ? why : error_text(-r)), EXIT_COULD_NOT_TELL;
        _cleanup_json_ json_t *j = json_pack("{s:I, s:b, s:[]}", "time", (json_int_t)epoch_ms(),
                                             "degraded", ampcli_degraded(&status), "ids");
        for (size_t i = 0; i < status.n_faults; i++)
                json_array_append_new(json_object_get(j, "ids"), json_integer(status.faults[i].id));
        _cleanup_free_ char *text = json_dumps(j, JSON_COMPACT);
        if (run_replace(sys, WORD_DIR, WORD_NAME, text, &why) < 0)
                return monitor_say("%s", why), EXIT_COULD_NOT_TELL;
        return EXIT_NO_FAULT_LEFT;
}
