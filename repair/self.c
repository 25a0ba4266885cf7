/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Repair= of secep.conf. */
#include "repair/self.h"

#include "lib/conf.h"
#include "lib/util.h"

bool self_repair_allowed(const struct sys *sys, int fault)
{
        _cleanup_free_ char *words = xstrdup(conf_string(sys, "Repair", ""));
        char *rest = words;
        for (char *word; (word = strsep(&rest, " ,\t"));) {
                long n;
                if (parse_long(word, 1, 1000, &n) == 0 && n == fault)
                        return true;
        }
        return false;
}
