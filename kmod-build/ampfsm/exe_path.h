/* SPDX-License-Identifier: GPL-2.0 */
/* The file of the calling program, found in a probe: nothing sleeps. */
#ifndef AMP_EXE_PATH_H
#define AMP_EXE_PATH_H

#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/version.h>

#define EXE_ROOM 4096

/* A reference, or NULL: it has none, or no memory any more. */
static struct file *exe_file_get(void)
{
        struct mm_struct *mm = current->mm;
        struct file *file = NULL;

        if (!mm || current->flags & PF_KTHREAD)
                return NULL;
        rcu_read_lock();
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
        file = get_file_rcu(&mm->exe_file);
#else
        file = rcu_dereference(mm->exe_file);
        if (file && !get_file_rcu(file))
                file = NULL; /* another one is coming just now */
#endif
        rcu_read_unlock();
        return file;
}

/* Its path in BUF of EXE_ROOM bytes, as the caller's root has it, without what the kernel says of a
 * removed one; *LENGTH with its 0 byte. NULL: there is none to tell. */
static const char *exe_path(char *buf, unsigned int *length)
{
        static const char removed[] = " (deleted)";
        const unsigned int more = sizeof(removed) - 1;
        struct file *file = exe_file_get();
        char *path;

        if (!file)
                return NULL;
        path = d_path(&file->f_path, buf, EXE_ROOM);
        if (!IS_ERR(path)) {
                *length = buf + EXE_ROOM - path;
                if (d_unlinked(file->f_path.dentry) && *length > more &&
                    memcmp(buf + EXE_ROOM - 1 - more, removed, more) == 0) {
                        *length -= more;
                        path[*length - 1] = 0;
                }
        }
        fput(file);
        return IS_ERR(path) ? NULL : path;
}

#endif
