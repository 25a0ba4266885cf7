/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A module's source tree in memory: ours (built into the program) or a directory of the operator.
 */
#ifndef SECEP_KMOD_BUILD_BUNDLE_H
#define SECEP_KMOD_BUILD_BUNDLE_H

#include <stddef.h>
#include <sys/types.h>

struct bundle {
        struct bundle_file {
                char *name; /* below the tree, without "." and ".." */
                char *data;
                size_t len;
        } * files; /* sorted by name */
        size_t n;
};

/* The sources of our two modules. */
void bundle_own(struct bundle *out);

/* Reads directory DIR of the host: regular files, at most 4096 of them, 64 MiB, 8 levels. What a
 * build leaves behind (*.o, *.ko, .git) is passed over. 0, or -errno with *WHY: a symlink or
 * special file in it is -EINVAL and named. */
int bundle_read(const char *dir, struct bundle *out, char **why);

void bundle_digest(const struct bundle *bundle, char hex[65]);

/* Writes the tree below the empty directory DIR_FD, all of it owned by UID and GID. 0 or -errno. */
int bundle_write(const struct bundle *bundle, int dir_fd, uid_t uid, gid_t gid);

void bundle_free(struct bundle *bundle);
#define _cleanup_bundle_ _cleanup_(bundle_free)

/* The bytes of the file NAME of BUNDLE, ended by a 0; NULL: it has none. */
const char *bundle_text(const struct bundle *bundle, const char *name);

#endif
