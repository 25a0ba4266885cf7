/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source trees. */
#include "kmod-build/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/sha256.h"
#include "lib/i18n.h"
#include "lib/io.h"
#include "lib/sys.h"
#include "lib/util.h"

#define FILES_MAX 4096
#define BYTES_MAX ((size_t)64 << 20)
#define DEPTH_MAX 8

/* The files as bytes in the program; the paths are those of the build, which runs at the top. */
#define EMBED(label, path)                                                                         \
        __asm__(".section .rodata\n" #label "_start:\n.incbin \"" path "\"\n" #label "_end:\n"     \
                ".byte 0\n.previous\n");                                                           \
        extern const char label##_start[], label##_end[]

EMBED(source_kbuild, "kmod-build/ampfsm/Kbuild");
EMBED(source_dentry_text, "kmod-build/ampfsm/dentry_text.h");
EMBED(source_device, "kmod-build/ampfsm/device.h");
EMBED(source_exe_path, "kmod-build/ampfsm/exe_path.h");
EMBED(source_file, "kmod-build/ampfsm/file.c");
EMBED(source_flow, "kmod-build/ampfsm/flow.h");
EMBED(source_flow_cache, "kmod-build/ampfsm/flow_cache.h");
EMBED(source_flow_end, "kmod-build/ampfsm/flow_end.h");
EMBED(source_flow_probes, "kmod-build/ampfsm/flow_probes.h");
EMBED(source_flow_record, "kmod-build/ampfsm/flow_record.h");
EMBED(source_flow_table, "kmod-build/ampfsm/flow_table.h");
EMBED(source_fsm, "kmod-build/ampfsm/fsm.h");
EMBED(source_network, "kmod-build/ampfsm/network.c");
EMBED(source_nke, "kmod-build/ampfsm/nke.h");
EMBED(source_nke_dump, "kmod-build/ampfsm/nke_dump.h");
EMBED(source_nke_peer, "kmod-build/ampfsm/nke_peer.h");
EMBED(source_peer, "kmod-build/ampfsm/peer.h");
EMBED(source_peer_send, "kmod-build/ampfsm/peer_send.h");
EMBED(source_peer_state, "kmod-build/ampfsm/peer_state.h");
EMBED(source_pool, "kmod-build/ampfsm/pool.h");
EMBED(source_probes, "kmod-build/ampfsm/probes.h");
EMBED(source_record, "kmod-build/ampfsm/record.h");
EMBED(source_rename, "kmod-build/ampfsm/rename.h");
EMBED(source_rename_path, "kmod-build/ampfsm/rename_path.h");
EMBED(source_ring, "kmod-build/ampfsm/ring.h");
EMBED(source_waker, "kmod-build/ampfsm/waker.h");

static const struct {
        const char *name, *start, *end;
} own[] = {
        { "Kbuild", source_kbuild_start, source_kbuild_end },
        { "dentry_text.h", source_dentry_text_start, source_dentry_text_end },
        { "device.h", source_device_start, source_device_end },
        { "exe_path.h", source_exe_path_start, source_exe_path_end },
        { "file.c", source_file_start, source_file_end },
        { "flow.h", source_flow_start, source_flow_end },
        { "flow_cache.h", source_flow_cache_start, source_flow_cache_end },
        { "flow_end.h", source_flow_end_start, source_flow_end_end },
        { "flow_probes.h", source_flow_probes_start, source_flow_probes_end },
        { "flow_record.h", source_flow_record_start, source_flow_record_end },
        { "flow_table.h", source_flow_table_start, source_flow_table_end },
        { "fsm.h", source_fsm_start, source_fsm_end },
        { "network.c", source_network_start, source_network_end },
        { "nke.h", source_nke_start, source_nke_end },
        { "nke_dump.h", source_nke_dump_start, source_nke_dump_end },
        { "nke_peer.h", source_nke_peer_start, source_nke_peer_end },
        { "peer.h", source_peer_start, source_peer_end },
        { "peer_send.h", source_peer_send_start, source_peer_send_end },
        { "peer_state.h", source_peer_state_start, source_peer_state_end },
        { "pool.h", source_pool_start, source_pool_end },
        { "probes.h", source_probes_start, source_probes_end },
        { "record.h", source_record_start, source_record_end },
        { "rename.h", source_rename_start, source_rename_end },
        { "rename_path.h", source_rename_path_start, source_rename_path_end },
        { "ring.h", source_ring_start, source_ring_end },
        { "waker.h", source_waker_start, source_waker_end },
};

static const char *const left_behind[] = {
        ".o", ".ko", ".mod", ".mod.c", ".cmd", "Module.symvers", "modules.order", ".git", ".o.d"
};

static void bundle_add(struct bundle *b, const char *name, char *data, size_t len)
{
        b->files = xreallocarray(b->files, b->n + 1, sizeof(*b->files));
        b->files[b->n++] = (struct bundle_file){ xstrdup(name), data, len };
}

void bundle_own(struct bundle *out)
{
        *out = (struct bundle){ 0 };
        for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
                size_t len = (size_t)(own[i].end - own[i].start);
                bundle_add(out, own[i].name, xstrndup(own[i].start, len), len);
        }
}

static bool passed_over(const char *name)
{
        for (size_t i = 0; i < ARRAY_SIZE(left_behind); i++) {
                size_t n = strlen(left_behind[i]), len = strlen(name);
                if (len >= n && streq(name + len - n, left_behind[i]))
                        return true;
        }
        return streq(name, ".") || streq(name, "..");
}

struct reading {
        struct bundle *bundle;
        const char *dir;
        size_t bytes;
        char **why;
};

static int read_file(struct reading *r, int fd, const char *path, const struct stat *st)
{
        size_t len = (size_t)st->st_size, done = 0;
        if (r->bundle->n >= FILES_MAX || len > BYTES_MAX - r->bytes)
                return fail(r->why, -EFBIG, "%s: more source than a module has", r->dir);
        r->bytes += len;
        _cleanup_free_ char *data = xcalloc(len + 1, 1);
        while (done < len) {
                ssize_t n = read(fd, data + done, len - done);
                if (n < 0)
                        return fail(r->why, -errno, "%s/%s: %s", r->dir, path, error_text(errno));
                if (n == 0)
                        break;
                done += (size_t)n;
        }
        bundle_add(r->bundle, path, TAKE_PTR(data), done);
        return 0;
}

static int read_dir(struct reading *r, int fd, const char *prefix, int depth);

static int read_entry(struct reading *r, int dir, const char *prefix, const char *name, int depth)
{
        _cleanup_free_ char *path = xasprintf("%s%s", prefix, name);
        _cleanup_close_ int fd = sys_open_entry(dir, name, O_RDONLY);
        struct stat st;
        if (fd == -ELOOP)
                return fail(r->why, -EINVAL, "%s/%s: %s", r->dir, path,
                            _("a symlink in a source tree"));
        if (fd == -EINVAL)
                return fail(r->why, -EINVAL, "%s/%s: neither file nor directory", r->dir, path);
        if (fd < 0 || fstat(fd, &st) < 0)
                return fail(r->why, fd < 0 ? fd : -errno, "%s/%s: %s", r->dir, path,
                            error_text(fd < 0 ? -fd : errno));
        if (S_ISREG(st.st_mode))
                return read_file(r, fd, path, &st);
        _cleanup_free_ char *below = xasprintf("%s/", path);
        return read_dir(r, TAKE_FD(fd), below, depth + 1);
}

static int read_dir(struct reading *r, int fd, const char *prefix, int depth)
{
        _cleanup_closedir_ DIR *dir = fdopendir(fd);
        if (!dir || depth > DEPTH_MAX) {
                if (!dir)
                        close(fd);
                return fail(r->why, -ELOOP, "%s/%s: too deep", r->dir, prefix);
        }
        for (struct dirent *e; (e = readdir(dir));) {
                int result = passed_over(e->d_name)
                                     ? 0
                                     : read_entry(r, dirfd(dir), prefix, e->d_name, depth);
                if (result < 0)
                        return result;
        }
        return 0;
}

static int by_name(const void *a, const void *b)
{
        return strcmp(((const struct bundle_file *)a)->name, ((const struct bundle_file *)b)->name);
}

int bundle_read(const char *dir, struct bundle *out, char **why)
{
        _cleanup_bundle_ struct bundle b = { 0 };
        struct reading reading = { &b, dir, 0, why };
        int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return fail(why, -errno, "module source %s: %s", dir, error_text(errno));
        int r = read_dir(&reading, fd, "", 0);
        if (r < 0)
                return r;
        if (b.n == 0)
                return fail(why, -ENOENT, "module source %s: no file in it", dir);
        qsort(b.files, b.n, sizeof(*b.files), by_name);
        *out = b;
        b = (struct bundle){ 0 };
        return 0;
}

void bundle_digest(const struct bundle *bundle, char hex[65])
{
        struct sha256 h;
        sha256_init(&h);
        for (size_t i = 0; i < bundle->n; i++) {
                sha256_text(&h, bundle->files[i].name);
                sha256_field(&h, bundle->files[i].data, bundle->files[i].len);
        }
        sha256_end(&h, hex);
}

/* The directory of NAME below DIR_FD, made where it is missing; *LAST is the file's own name. */
static int open_parent(int dir_fd, const char *name, uid_t uid, gid_t gid, const char **last)
{
        _cleanup_close_ int at = fcntl(dir_fd, F_DUPFD_CLOEXEC, 3);
        for (const char *slash; at >= 0 && (slash = strchr(name, '/')); name = slash + 1) {
                _cleanup_free_ char *part = xstrndup(name, (size_t)(slash - name));
                if (mkdirat(at, part, 0755) < 0 && errno != EEXIST)
                        return -errno;
                int next = openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (next < 0 || fchown(next, uid, gid) < 0)
                        return -errno;
                close(at);
                at = next;
        }
        *last = name;
        return at < 0 ? -errno : TAKE_FD(at);
}

int bundle_write(const struct bundle *bundle, int dir_fd, uid_t uid, gid_t gid)
{
        for (size_t i = 0; i < bundle->n; i++) {
                const struct bundle_file *f = &bundle->files[i];
                const char *last = NULL;
                _cleanup_close_ int parent = open_parent(dir_fd, f->name, uid, gid, &last);
                if (parent < 0)
                        return parent;
                _cleanup_close_ int fd =
                        openat(parent, last, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
                if (fd < 0 || fchown(fd, uid, gid) < 0)
                        return -errno;
                int r = io_write_all(fd, f->data, f->len);
                if (r < 0)
                        return r;
        }
        return 0;
}

void bundle_free(struct bundle *bundle)
{
        for (size_t i = 0; i < bundle->n; i++) {
                free(bundle->files[i].name);
                free(bundle->files[i].data);
        }
        free(bundle->files);
        *bundle = (struct bundle){ 0 };
}

const char *bundle_text(const struct bundle *bundle, const char *name)
{
        for (size_t i = 0; i < bundle->n; i++)
                if (streq(bundle->files[i].name, name))
                        return bundle->files[i].data;
        return NULL;
}
