/* SPDX-License-Identifier: GPL-2.0 */
/* Where a dentry lies below another one of its file system: what dentry_path_raw() and d_path() tell,
 * at a third of what they cost, for it looks for no mounts. A probe calls this: nothing sleeps. */
#ifndef AMP_DENTRY_TEXT_H
#define AMP_DENTRY_TEXT_H

#include <linux/dcache.h>
#include <linux/seqlock.h>
#include <linux/string.h>

/* A slash and the name of DENTRY, right before END; where they begin, or NULL: no room from FROM on, or
 * renamed meanwhile. Its text may be replaced while it is read: that counts as far as nothing was
 * renamed meanwhile (the caller looks), but a length has to go with its text. */
static char *dentry_name_text(const struct dentry *dentry, const char *from, char *end)
{
        const unsigned int seq = raw_seqcount_begin(&dentry->d_seq);
        const unsigned char *name = READ_ONCE(dentry->d_name.name);
        const unsigned int length = READ_ONCE(dentry->d_name.len);

        if (read_seqcount_retry(&dentry->d_seq, seq) || length + 1 > end - from)
                return NULL;
        end -= length;
        memcpy(end, name, length);
        *--end = '/';
        return end;
}

/* The text "/a/b" of DENTRY below TOP (NULL: the root of its file system), which ends right before END;
 * nothing for TOP itself. NULL: it is not below TOP, too long for what there is from FROM on, or
 * something was renamed meanwhile. With preemption off: names and dentries go with RCU. */
static char *dentry_text(const struct dentry *dentry, const struct dentry *top, const char *from,
                         char *end)
{
        const unsigned int seq = read_seqbegin(&rename_lock);

        while (end && dentry != top) {
                const struct dentry *parent = READ_ONCE(dentry->d_parent);

                if (parent == dentry)
                        end = top ? NULL : end;
                else
                        end = dentry_name_text(dentry, from, end);
                if (parent == dentry)
                        break;
                dentry = parent;
        }
        return read_seqretry(&rename_lock, seq) ? NULL : end;
}

#endif
