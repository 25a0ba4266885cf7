/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One question to systemd in a look: how a service stands and how it last ended. systemd's own
 * socket is asked, without libsystemd and without a bus daemon. */
#ifndef SECEP_HOST_UNIT_ASK_H
#define SECEP_HOST_UNIT_ASK_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/sys.h"

#define UNIT_WORD_MAX 32

/* Words of org.freedesktop.systemd1(5): "failed", "auto-restart", "exit-code". CODE and STATUS are
 * those of waitid(2) for the main process: CODE is CLD_EXITED, CLD_KILLED or CLD_DUMPED, 0 where
 * none ended. */
struct unit_end {
        char active[UNIT_WORD_MAX], sub[UNIT_WORD_MAX], result[UNIT_WORD_MAX];
        int32_t code, status;
};

/* Asks for UNIT, for at most LIMIT_MS. 0; -ESRCH: this system is not run by systemd (or not
 * running); -EACCES for who is not root; -ETIMEDOUT; -EBADMSG: an answer that is none; or -errno. */
int unit_ask(const struct sys *sys, const char *unit, int64_t limit_ms, struct unit_end *out);

/* Did it fail, or is it started again and again after it failed? */
bool unit_failed(const struct unit_end *end);

/* "exit-code, status 127", "core-dump, signal 11", "timeout": malloc'ed. */
char *unit_end_text(const struct unit_end *end);

#endif
