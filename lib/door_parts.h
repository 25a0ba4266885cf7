/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the door, in the order they are gone through. For lib/door*.c only. */
#ifndef SECEP_LIB_DOOR_PARTS_H
#define SECEP_LIB_DOOR_PARTS_H

#include "lib/door.h"

/* Descriptors of the host, opened before "/" is another. */
#define DOOR_NODES 6
#define DOOR_BINDS_MAX 8
struct door_host {
        int nodes[DOOR_NODES];     /* of /dev; -1: not there */
        int disk;                  /* the root's block device; -1: none */
        char disk_name[64];        /* in /dev */
        int binds[DOOR_BINDS_MAX]; /* of door->binds */
        size_t n_binds;
};

/* 0, or -errno with *WHY. */
int door_host_open(const struct sys *outer, const struct stat *root, const struct door *door,
                   struct door_host *host, char **why);
void door_host_close(struct door_host *host);

/* "/" becomes the root, furnished. 0, or -errno with *WHY. */
int door_mounts(const struct sys *outer, const struct stat *root, const struct door *door,
                const struct door_host *host, char **why);
/* Its parts: the working directory is the new root. */
int door_tools(const char *at, char **why);
int door_seal(const char *top, bool read_only, char **why);
int door_furnish(const struct sys *inside, const struct door *door, const struct door_host *host,
                 char **why);
int door_proc(char **why);

/* mount(2) onto the directory or file NAME of AT (no symlink is followed), or onto AT itself where
 * NAME is NULL. -errno. */
int door_mount_at(int at, const char *name, const char *source, const char *type,
                  unsigned long flags, const char *data);
/* The same of what FD is: a bind. */
int door_bind_at(int at, const char *name, int fd, bool writable);

/* The abstract sockets of the host are out of reach, where the kernel can do that; needs
 * CAP_SYS_ADMIN or no_new_privs. 0, also where it cannot, or -errno. */
int door_scope(void);
/* Filter, user, capabilities; the last thing before anything of the root runs. */
int door_rights(const struct door *door, const struct door_filter *filter, char **why);

#endif
