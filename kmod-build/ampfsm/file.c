// SPDX-License-Identifier: GPL-2.0
/* The file monitor: create, rename, link, unlink and close after writing, seen by kprobes on the
 * security hooks and on __fput, read through the module's device; and renames for a program that
 * speaks the vendor's netlink protocol. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include "dentry_text.h"
#include "device.h"
#include "probes.h"
#include "rename.h"

/* From the end of the buffer; a path too long leaves its last name. */
static const char *path_of(struct dentry *dentry, char *buf, unsigned int *len, u8 *flags)
{
        unsigned int room = AMP_PATHS / 2;
        char *path = dentry_text(dentry, NULL, buf, buf + room - 1);

        buf[room - 1] = 0;
        if (!path || !*path)
                path = dentry_path_raw(dentry, buf, room);
        if (IS_ERR(path)) {
                *flags |= AMP_PATH_CUT;
                spin_lock(&dentry->d_lock);
                *len = min_t(unsigned int, dentry->d_name.len, room - 1);
                memcpy(buf, dentry->d_name.name, *len);
                spin_unlock(&dentry->d_lock);
                buf[(*len)++] = 0;
                return buf;
        }
        *len = buf + room - path;
        return path;
}

static void file_event(enum amp_type type, struct dentry *dentry, struct dentry *other)
{
        struct buffer *buffer;
        struct amp_record *record;
        struct amp_file *file;
        const char *path, *new_path = NULL;
        unsigned int len, new_len = 0, size;
        char *end;
        u8 flags = 0;

        if (!ring_wanted() || IS_ERR_OR_NULL(dentry))
                return;
        buffer = this_cpu_ptr(buffers);
        path = path_of(dentry, buffer->scratch[0], &len, &flags);
        if (other)
                new_path = path_of(other, buffer->scratch[1], &new_len, &flags);
        size = ALIGN(sizeof(*record) + sizeof(*file) + len + new_len, 8);
        record = ring_reserve(&buffer->ring, size);
        if (!record)
                return;
        record_fill(record, type);
        record->flags = flags;
        file = (struct amp_file *)(record + 1);
        file->dev = MAJOR(dentry->d_sb->s_dev) << 20 | MINOR(dentry->d_sb->s_dev);
        file->ino = d_really_is_positive(dentry) ? d_inode(dentry)->i_ino : 0;
        file->path_len = len;
        file->new_len = new_len;
        end = (char *)(file + 1);
        memcpy(end, path, len);
        memcpy(end + len, new_path, new_len);
        memset(end + len + new_len, 0, size - (sizeof(*record) + sizeof(*file) + len + new_len));
        record_commit(&buffer->ring, record);
}

#define ARG(type, n) ((type)regs_get_kernel_argument(regs, n))

/* create(dir, dentry, ...), mknod, symlink and unlink alike */
static int on_create(struct kprobe *p, struct pt_regs *regs)
{
        file_event(AMP_CREATE, ARG(struct dentry *, 1), NULL);
        return 0;
}

static int on_unlink(struct kprobe *p, struct pt_regs *regs)
{
        file_event(AMP_UNLINK, ARG(struct dentry *, 1), NULL);
        return 0;
}

/* link(old_dentry, dir, new_dentry) */
static int on_link(struct kprobe *p, struct pt_regs *regs)
{
        file_event(AMP_LINK, ARG(struct dentry *, 0), ARG(struct dentry *, 2));
        return 0;
}

/* rename(old_dir, old_dentry, new_dir, new_dentry, flags) */
static int on_rename(struct kprobe *p, struct pt_regs *regs)
{
        file_event(AMP_RENAME, ARG(struct dentry *, 1), ARG(struct dentry *, 3));
        return 0;
}

static int on_fput(struct kprobe *p, struct pt_regs *regs)
{
        const struct file *file = ARG(const struct file *, 0);

        /* a failed open ends here too, with no inode */
        if ((file->f_mode & (FMODE_WRITE | FMODE_OPENED)) == (FMODE_WRITE | FMODE_OPENED) &&
            S_ISREG(file_inode(file)->i_mode))
                file_event(AMP_CLOSE_WRITE, file->f_path.dentry, NULL);
        return 0;
}

/* Only while there is a reader: a disabled probe costs nothing. */
#define ON(symbol, function)                                                                       \
        {                                                                                          \
                .symbol_name = symbol, .pre_handler = function, .flags = KPROBE_FLAG_DISABLED      \
        }
static struct kprobe probes[] = {
        ON("security_inode_create", on_create),
        ON("security_inode_mknod", on_create),
        ON("security_inode_symlink", on_create),
        ON("security_inode_link", on_link),
        ON("security_inode_unlink", on_unlink),
        ON("security_inode_rename", on_rename),
        ON("__fput", on_fput),
};

static int reader_comes(void)
{
        return probes_enable();
}

static void reader_goes(void)
{
        probes_disable(probes_count);
}

static unsigned long missed_more(void)
{
        return 0;
}

static int __init file_init(void)
{
        int r;

        BUILD_BUG_ON(ARRAY_SIZE(probes) > PROBES_MAX);
        BUILD_BUG_ON(sizeof(struct rename_call) > 4096);
        r = peer_begin();
        if (r)
                return r;
        r = monitor_begin(probes, ARRAY_SIZE(probes));
        if (r)
                peer_end();
        return r;
}

static void __exit file_exit(void)
{
        monitor_end();
        peer_end();
}

module_init(file_init);
module_exit(file_exit);
MODULE_LICENSE("GPL v2");
MODULE_AUTHOR("the secep authors");
MODULE_DESCRIPTION("secep: file monitor");
