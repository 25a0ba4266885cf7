/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libsepol has read. */
#include "selinux/policy_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sepol/sepol.h>
#include <stdio_ext.h>
#include <sys/vfs.h>

#include "lib/util.h"

#define POLICY_MAX (64 << 20)

/* libsepol reads megabytes, and the questions of one look are about the same file. */
static struct {
        struct stat st; /* of what lasts */
        uint32_t class; /* the shadows' */
        struct policy_shadows shadows;
        int shadowless; /* 0, or why there are none */
} memory;

static int read_whole(int fd, struct policy_image *out)
{
        size_t size = (size_t)out->st.st_size;
        out->bytes = xreallocarray(NULL, size + 1, 1); /* not zeroed: it is read into */
        while (out->len < size) {
                ssize_t got = read(fd, out->bytes + out->len, size - out->len);
                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return -errno;
                if (got == 0)
                        break;
                out->len += (size_t)got;
        }
        return 0;
}

int policy_image_read(const struct sys *sys, const char *path, struct policy_image *out, char **why)
{
        _cleanup_policy_image_ struct policy_image image = { .len = 0 };
        _cleanup_close_ int fd = sys_openat(sys, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
        struct statfs fs;
        if (fd < 0 && fd != -EINVAL)
                return fail(why, fd, "%s: %s", path, error_text(-fd));
        if (fd < 0 || fstat(fd, &image.st) < 0 || !S_ISREG(image.st.st_mode))
                return fail(why, -EBADMSG, "%s: not a regular file", path);
        if (image.st.st_size > POLICY_MAX)
                return fail(why, -EBADMSG, "%s: not a policy that can be read here", path);
        image.lasts = fstatfs(fd, &fs) == 0 && fs.f_type != SELINUX_MAGIC;
        int r = read_whole(fd, &image);
        if (r < 0)
                return fail(why, r, "%s: %s", path, error_text(-r));
        *out = image;
        image.bytes = NULL;
        return 0;
}

void policy_image_free(struct policy_image *image)
{
        free(image->bytes);
        image->bytes = NULL;
}

static bool is_in_memory(const struct policy_image *image)
{
        const struct stat *a = &image->st, *b = &memory.st;
        return image->lasts && a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
               a->st_size == b->st_size &&
               memcmp(&a->st_mtim, &b->st_mtim, sizeof(a->st_mtim)) == 0 &&
               memcmp(&a->st_ctim, &b->st_ctim, sizeof(a->st_ctim)) == 0;
}

/* BYTES, which are IMAGE's with or without shadows. */
static int sepol_read(const struct policy_image *image, unsigned char *bytes, size_t len)
{
        _cleanup_fclose_ FILE *file = fmemopen(bytes, len, "r");
        memory.st = (struct stat){ 0 };
        policy_shadows_free(&memory.shadows);
        sepol_debug(0);
        if (file) /* no other thread has it: a million small reads without a lock */
                (void)__fsetlocking(file, FSETLOCKING_BYCALLER);
        if (!file || sepol_set_policydb_from_file(file) < 0)
                return -EBADMSG;
        if (image->lasts)
                memory.st = image->st;
        return 0;
}

/* With the shadows of CLASS: 0, -ENOENT: no boolean decides about it, or another -errno. */
static int read_with_shadows(const struct policy_image *image, const struct policy_head *head,
                             const struct head_class *class)
{
        _cleanup_policy_conditions_ struct policy_conditions c = { 0 };
        _cleanup_free_ unsigned char *bytes = NULL;
        struct policy_shadows shadows = { .n = 0 };
        size_t len = 0;
        int r = policy_conditions_read(image->bytes, image->len, head->end, head->version,
                                       class->value, &c);
        if (r == 0)
                r = policy_shadows_make(&c, head, class, &bytes, &len, &shadows);
        if (r < 0)
                return r;
        r = sepol_read(image, bytes, len);
        if (r < 0)
                policy_shadows_free(&shadows);
        else
                memory.shadows = shadows;
        memory.class = class->value;
        memory.shadowless = r;
        return r;
}

int policy_memory_load(const struct policy_image *image, const struct policy_head *head,
                       const struct head_class *class)
{
        if (is_in_memory(image))
                return 0;
        int shadowless = read_with_shadows(image, head, class);
        if (shadowless < 0 && sepol_read(image, image->bytes, image->len) < 0)
                return -EBADMSG;
        memory.class = class->value;
        memory.shadowless = shadowless;
        return 0;
}

int policy_memory_shadows(const struct policy_image *image, const struct policy_head *head,
                          const struct head_class *class, const struct policy_shadows **out)
{
        static const struct policy_shadows none;
        if (!is_in_memory(image) || memory.class != class->value) {
                int r = read_with_shadows(image, head, class);
                if (r < 0 && r != -ENOENT)
                        return r;
                *out = r == 0 ? &memory.shadows : &none;
                return 0;
        }
        *out = &memory.shadows;
        return memory.shadowless == -ENOENT ? 0 : memory.shadowless;
}
