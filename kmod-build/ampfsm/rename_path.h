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

#define RENAME_ROOM 4080 /* for a path; an instance may have 4096 bytes in all */

/* In the probe's instance. */
struct rename_call {
        int dir;                 /* newdirfd */
        int at;                  /* where the path begins in TEXT, which it ends */
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

/* NAME of LENGTH bytes becomes the end of the text. */
static void rename_keep(struct rename_call *call, int length)
{
        call->text[RENAME_ROOM - 1] = 0;
        call->at = RENAME_ROOM - 1 - length;
}

/* 0, or -ENAMETOOLONG, or -ENOENT: there is nothing to tell. */
static int rename_name_at_begin(struct rename_call *call, unsigned long argument)
{
        const struct filename *name = (const void *)argument;
        int length;

        call->name = NULL;
        if (IS_ERR_OR_NULL(name))
                return -ENOENT;
        if (access_ok((const void __user *)argument, 1)) {
                call->name = (const char __user *)argument;
                return 0;
        }
        length = strnlen(name->name, RENAME_ROOM);
        if (length == RENAME_ROOM)
                return -ENAMETOOLONG;
        rename_keep(call, length);
        memcpy(call->text + call->at, name->name, length);
        return length ? 0 : -ENOENT;
}

static int rename_name_at_end(struct rename_call *call)
{
        long length;

        if (!call->name)
                return 0;
        pagefault_disable();
        length = strncpy_from_user(call->text, call->name, RENAME_ROOM);
        pagefault_enable();
        if (length <= 0)
                return -EFAULT;
        if (length == RENAME_ROOM)
                return -ENAMETOOLONG;
        rename_keep(call, length);
        memmove(call->text + call->at, call->text, length);
        return 0;
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
        const char *prefix;

        if (call->at < 2)
                return -ENAMETOOLONG;
        prefix = d_path(path, call->text, call->at);
        call->text[--call->at] = '/';
        if (IS_ERR(prefix))
                return PTR_ERR(prefix);
        rename_prefixed(call, prefix);
        return 0;
}

static int rename_put_base(struct rename_call *call, struct fs_struct *fs)
{
        struct file *dir;
        int r;

        if (call->text[call->at] == '/')
                return 0;
        if (call->dir == AT_FDCWD) {
                rename_lock_fs(fs);
                r = rename_put_directory(call, &fs->pwd);
                rename_unlock_fs(fs);
                return r;
        }
        dir = fget_raw(call->dir);
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
        const char first = call->text[call->at];
        const char *prefix;
        int above;

        prefix = dentry_path_raw(top, call->text, call->at + 1);
        above = IS_ERR(prefix) ? 0 : call->text + call->at - prefix;
        if (!IS_ERR(prefix))
                prefix = dentry_path_raw(root, call->text, call->at + 1);
        call->text[call->at] = first;
        if (IS_ERR(prefix))
                return PTR_ERR(prefix);
        rename_prefixed(call, above > 1 ? prefix + above : prefix);
        return 0;
}

/* The first process's root and mount namespace are everybody's. A program in another mount namespace
 * is told by its own paths, as it sees them; one whose root is on another mount of ours cannot be told
 * without looking into mounts: -EXDEV. */
static int rename_put_chroot(struct rename_call *call, struct fs_struct *fs)
{
        const struct task_struct *first = init_pid_ns.child_reaper;
        const struct fs_struct *all = READ_ONCE(first->fs);
        int r = 0;

        if (!all || !current->nsproxy || !first->nsproxy ||
            current->nsproxy->mnt_ns != first->nsproxy->mnt_ns)
                return 0;
        rename_lock_fs(fs);
        if (fs->root.mnt != all->root.mnt || all->root.dentry != all->root.mnt->mnt_root)
                r = path_equal(&fs->root, &all->root) ? 0 : -EXDEV;
        else if (fs->root.dentry != all->root.dentry)
                r = rename_put_root(call, fs->root.dentry, all->root.dentry);
        rename_unlock_fs(fs);
        return r;
}

static int rename_path(struct rename_call *call)
{
        struct fs_struct *fs = current->fs;
        int r;

        if (!fs)
                return -ENOENT;
        r = rename_name_at_end(call);
        if (r)
                return r;
        r = rename_put_base(call, fs);
        return r ?: rename_put_chroot(call, fs);
}

#endif
