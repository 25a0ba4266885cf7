/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking for a repair. */
#include "monitor/self_repair.h"

#include <fcntl.h>

#include "lib/json.h"
#include "monitor/monitor.h"
#include "monitor/say.h"
#include "repair/self.h"

const char *const repair_result_names[REPAIR_RESULTS] = {
        [REPAIR_CLEARED] = REPAIR_WORD_CLEARED,
        [REPAIR_LEFT] = REPAIR_WORD_LEFT,
        [REPAIR_GIVEN_UP] = REPAIR_WORD_GIVEN_UP,
};

void self_repair_request(const struct sys *sys, int fault)
{
        if (!self_repair_allowed(sys, fault))
                return;
        _cleanup_free_ char *path = xasprintf("%s/%d", SELF_REPAIR_NEW, fault);
        int r = sys_mkdirs(sys, SELF_REPAIR_NEW, 0700);
        _cleanup_close_ int fd =
                r < 0 ? r : sys_openat_nolinks(sys, path, O_WRONLY | O_CREAT | O_NONBLOCK, 0644);
        if (fd < 0)
                monitor_say("a repair of fault %d could not be asked for: %s: %s", fault, path,
                            error_text(-fd));
}

void self_repair_counts(const struct sys *sys, struct repair_counts *out)
{
        _cleanup_free_ char *text = NULL;
        *out = (struct repair_counts){ 0 };
        if (sys_read_nolinks(sys, REPAIR_RESULTS_FILE, 4096, &text, NULL) < 0)
                return;
        _cleanup_json_ json_t *j = json_loads(text, 0, NULL);
        for (size_t i = 0; i < REPAIR_RESULTS; i++) {
                json_int_t n = json_integer_value(json_object_get(j, repair_result_names[i]));
                out->of[i] = n > 0 ? (uint64_t)n : 0;
        }
}
