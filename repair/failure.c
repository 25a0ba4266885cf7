/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repair/failure.h"

#include <errno.h>
#include <stddef.h>

#include "lib/i18n.h"
#include "lib/util.h"

#define IN_THE_WAY                                                                                 \
        N_("move away what stands where the file or directory named above should be, then repair " \
           "again")

static const struct {
        int error;
        const char *advice;
} table[] = {
        { EPERM, N_("clear the immutable flag of what is named above (lsattr shows it, chattr -i "
                    "clears it), then repair again") },
        { EROFS, N_("mount the file system of what is named above writable (mount -o remount,rw), "
                    "then repair again") },
        { ELOOP, N_("put the file or directory itself in the place of the symbolic link on that "
                    "path, then repair again") },
        { ENOTDIR, IN_THE_WAY },
        { EISDIR, IN_THE_WAY },
        { ENOTRECOVERABLE, N_("remove the lock file named above, then repair again") },
        { ERANGE, N_("widen the range of system ids in /etc/login.defs (SYS_UID_MIN to "
                     "SYS_UID_MAX, SYS_GID_MIN to SYS_GID_MAX), then repair again") },
        { EILSEQ, N_("rename the file named above, or move it away, then repair again") },
};

const char *failure_advice(int r)
{
        for (size_t i = 0; i < ARRAY_SIZE(table); i++)
                if (table[i].error == -r)
                        return table[i].advice;
        return NULL;
}
