/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store's files, for the files of this room. */
#ifndef SECEP_SELINUX_STORE_H
#define SECEP_SELINUX_STORE_H

#include "lib/sys.h"

#define SEMANAGE_CONF "/etc/selinux/semanage.conf"
#define STORE_FILE_MAX ((size_t)64 * 1024 * 1024) /* the largest policies are below 10 MiB */

/* Locks of libsemanage: the first is held through a transaction, the second while it renames. */
#define STORE_TRANS_LOCK "semanage.trans.LOCK"
#define STORE_READ_LOCK "semanage.read.LOCK"

/* The value of KEY in the root's semanage.conf, malloc'ed, NULL where it is not set. */
char *semanage_conf(const struct sys *sys, const char *key);

/* libsemanage runs, as root of this machine, the programs its configuration names: of a root that
 * is not running only what distributions ship is taken. 0, or -EPERM with the line in *WHY. */
int semanage_conf_harmless(const struct sys *sys, char **why);

/* The folder of TYPE's store, malloc'ed; NULL: there is none of a layout we know. */
char *store_find(const struct sys *sys, const char *type);

/* Which of the two, "tmp" or "previous", heals the cut-off store at PATH; NULL: neither. */
const char *store_healer(const struct sys *sys, const char *path);

/* Unpacks bzip2 data, or copies what is not packed. 0, -EBADMSG, -EFBIG. */
int store_unpack(const char *data, size_t len, char **out, size_t *out_len);

/* Opens the lock file of the store at PATH and takes it, trying until sys->deadline: an fd, -EAGAIN
 * with the holder in *WHY, or -errno. */
int store_lock(const struct sys *sys, const char *path, const char *name, char **why);

#endif
