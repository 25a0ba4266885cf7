/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Abstract sockets have no file that a mount could hide: who is in the host's network namespace
 * reaches all of the host's. Landlock keeps them apart from Linux 6.12 on (its ABI 6). */
#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "lib/door_parts.h"
#include "lib/util.h"

/* linux/landlock.h; the numbers are the same on every architecture, and newer than the headers we
 * build with. */
#define CALL_CREATE_RULESET 444
#define CALL_RESTRICT_SELF 446
#define ASK_VERSION 1U
#define SCOPE_ABSTRACT_UNIX_SOCKET 1U
#define ABI_WITH_SCOPES 6

struct ruleset {
        uint64_t files, net, scoped;
};

int door_scope(void)
{
        const struct ruleset rules = { .scoped = SCOPE_ABSTRACT_UNIX_SOCKET };
        if (syscall(CALL_CREATE_RULESET, NULL, 0, ASK_VERSION) < ABI_WITH_SCOPES)
                return 0;
        _cleanup_close_ int fd = (int)syscall(CALL_CREATE_RULESET, &rules, sizeof(rules), 0);
        return fd < 0 || syscall(CALL_RESTRICT_SELF, fd, 0) < 0 ? -errno : 0;
}
