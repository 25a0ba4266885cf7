/* SPDX-License-Identifier: GPL-2.0 */
/* The new name of a rename as its caller gave it, made absolute.
 *
 * The name is taken when the call begins: from the kernel's copy, where the function is handed one
 * (5.11, and 5.10 from 5.10.162); where it is not, from the caller's memory at the end. In front of it goes at the end, as far
 * as the name is relative, the directory it is relative to, and the caller's root where that is not
 * everybody's. A probe calls this: nothing sleeps, and a call brings its own room. */
#ifndef AMP_RENAME_PATH_H
#define AMP_RENAME_PATH_H

#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>

#include "dentry_text.h"

#define RENAME_ROOM 4080 /* for a path; an instance may have 4096 bytes in all */
#define RENAME_END (RENAME_ROOM - 1)

/* In the probe's instance. TEXT: the name, its 0 byte, and at the end what goes in front of it. */
struct rename_call {
        int dir;                 /* newdirfd */
        u16 length;              /* of the name, without its 0 byte */
        u16 at;                  /* where what goes in front begins; it ends at RENAME_END */
        const char __user *name; /* NULL: TEXT has it */
        char text[RENAME_ROOM];
};

/* fs_struct's lock is part of a sequence lock since 6.17. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define rename_lock_fs(fs) read_seqlock_excl(&(fs)->seq)
#define rename_unlock_fs(fs) read_sequnlock_excl(&(fs)->seq)
#else
#define rename_lock_fs(fs) spin_lock(&(fs)->lock)
#define rename_unlock_fs(fs) spin_unlock(&(fs)->lock)
#endif

/* LENGTH: what a copy of the name into the text said. 0, or -ENAMETOOLONG, or -ENOENT: nothing to tell. */
static int rename_keep(struct rename_call *call, long length)
{
        if (length == -E2BIG || length >= RENAME_END)
                return -ENAMETOOLONG;
        call->length = length;
        call->at = RENAME_END;
        return length > 0 ? 0 : -ENOENT;
}

static int rename_name_at_begin(struct rename_call *call, unsigned long argument)
{
        const struct filename *name = (const void *)argument;
        char *to = call->text;

        call->name = NULL;
        if (IS_ERR_OR_NULL(name))
                return -ENOENT;
        if (access_ok((const void __user *)argument, 1)) {
                call->name = (const char __user *)argument;
                return 0;
        }
        /* a size that the compiler knows would have the name's length taken first, byte by byte */
        OPTIMIZER_HIDE_VAR(to);
        return rename_keep(call, strscpy(to, name->name, RENAME_ROOM));
}

static int rename_name_at_end(struct rename_call *call)
{
        long length;

        if (!call->name)
                return 0;
        pagefault_disable();
        length = strncpy_from_user(call->text, call->name, RENAME_ROOM);
        pagefault_enable();
        return length < 0 ? -EFAULT : rename_keep(call, length);
}

/* Where what goes in front may begin. */
static char *rename_room(struct rename_call *call)
{
        return call->text + call->length + 1;
}

/* Puts the text PREFIX, which ends right before AT, in front. */
static void rename_prefixed(struct rename_call *call, const char *prefix)
{
        if (prefix[0] != '/' || prefix + 1 != call->text + call->at)
                call->at = prefix - call->text;
}

/* In front of a relative name: the directory PATH and a slash. The kernel's functions write the end
 * of a buffer and a 0 byte, which is to be our slash. */
static int rename_put_directory(struct rename_call *call, const struct path *path)
{
        char *room = rename_room(call);
        const int bytes = call->text + call->at - room;
        const char *prefix;

        if (bytes < 2)
                return -ENAMETOOLONG;
        prefix = d_path(path, room, bytes);
        call->text[--call->at] = '/';
        if (IS_ERR(prefix))
                return PTR_ERR(prefix);
        rename_prefixed(call, prefix);
        return 0;
}

/* As rename_put_directory() for a directory in the mount that ROOT is in. False: not for this one, or
 * renamed meanwhile; nothing is put then. */
static bool rename_put_near(struct rename_call *call, const struct path *path,
                            const struct path *root)
{
        char *room = rename_room(call), *end = call->text + call->at;

        if (path->mnt != root->mnt || d_unhashed(path->dentry) || end - room < 1)
                return false;
        *--end = '/';
        end = dentry_text(path->dentry, root->dentry, room, end);
        if (end)
                call->at = end - call->text;
        return end;
}

static int rename_put_opened(struct rename_call *call)
{
        struct file *dir = fget_raw(call->dir);
        int r;

        if (!dir)
                return -EBADF;
        r = rename_put_directory(call, &dir->f_path);
        fput(dir);
        return r;
}

/* In front of an absolute name: where ROOT lies below TOP, the root of its mount, which is the root
 * of all. Both paths are those inside the file system. */
static int rename_put_root(struct rename_call *call, struct dentry *root, struct dentry *top)
{
        char *room = rename_room(call), *end = call->text + call->at;
        const char first = *end;
        const char *prefix;
        int above;

        prefix = dentry_path_raw(top, room, end - room + 1);
        above = IS_ERR(prefix) ? 0 : end - prefix;
        if (!IS_ERR(prefix))
                prefix = dentry_path_raw(root, room, end - room + 1);
        *end = first;
        if (IS_ERR(prefix))
                return PTR_ERR(prefix);
        rename_prefixed(call, above > 1 ? prefix + above : prefix);
        return 0;
}

/* The first process's root and mount namespace are everybody's. A program in another mount namespace
 * is told by its own paths, as it sees them; one whose root is on another mount of ours cannot be told
 * without looking into mounts: -EXDEV. With FS locked. */
static int rename_put_chroot(struct rename_call *call, struct fs_struct *fs)
{
        const struct task_struct *first = init_pid_ns.child_reaper;
        const struct fs_struct *all = READ_ONCE(first->fs);

        if (!all || (fs->root.dentry == all->root.dentry && fs->root.mnt == all->root.mnt) ||
            !current->nsproxy || !first->nsproxy ||
            current->nsproxy->mnt_ns != first->nsproxy->mnt_ns)
                return 0;
        if (fs->root.mnt != all->root.mnt || all->root.dentry != all->root.mnt->mnt_root)
                return -EXDEV;
        return rename_put_root(call, fs->root.dentry, all->root.dentry);
}

static int rename_path(struct rename_call *call)
{
        struct fs_struct *fs = current->fs;
        bool relative;
        int r;

        if (!fs)
                return -ENOENT;
        r = rename_name_at_end(call);
        if (r)
                return r;
        relative = call->text[0] != '/';
        if (relative && call->dir != AT_FDCWD) {
                r = rename_put_opened(call);
                if (r)
                        return r;
        }
        rename_lock_fs(fs);
        if (relative && call->dir == AT_FDCWD && !rename_put_near(call, &fs->pwd, &fs->root))
                r = rename_put_directory(call, &fs->pwd);
        r = r ?: rename_put_chroot(call, fs);
        rename_unlock_fs(fs);
        return r;
}

#endif
