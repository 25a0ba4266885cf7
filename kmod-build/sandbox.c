/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sandbox of a build: the door, with one directory to write in. */
#include "kmod-build/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/resource.h>

#include "kmod-build/build.h"
#include "lib/door.h"

#define MODULE_DIR "M=/tmp/secep"
#define INSIDE "/tmp/secep" /* one path for all builds: the same source gives the same bytes */
#define BUILD_LIMIT_MS ((int64_t)15 * 60 * 1000)
#define LOG_MAX ((size_t)1 << 20)
#define FILE_LIMIT ((rlim_t)512 << 20)
#define MEMORY_PER_JOB_KB 524288
#define DEPTH_MAX 64

/* No build has business there; an empty directory also hides the sockets in it. */
static const char *const hidden[] = { "/var", "/home", "/root", "/srv", "/mnt", "/media", NULL };

static int find_user(const struct sys *sys, struct sandbox *box, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        int r = sys_read(sys, "/etc/passwd", (size_t)16 << 20, &text, &len);
        if (r < 0)
                return fail(why, r, "/etc/passwd: %s", strerror(-r));
        _cleanup_fclose_ FILE *f = len ? fmemopen(text, len, "r") : NULL;
        for (struct passwd *pw; f && (pw = fgetpwent(f));)
                if (streq(pw->pw_name, BUILD_USER)) {
                        if (pw->pw_uid == 0 || pw->pw_gid == 0)
                                return fail(why, -EPERM, "the user %s must not be root",
                                            BUILD_USER);
                        box->uid = pw->pw_uid;
                        box->gid = pw->pw_gid;
                        return 0;
                }
        return fail(why, -ENOENT, "there is no user %s to build as", BUILD_USER);
}

static int make_dir(int at, const char *name, mode_t mode, uid_t uid, gid_t gid)
{
        if (mkdirat(at, name, mode) < 0)
                return -errno;
        _cleanup_close_ int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0 || fchmod(fd, mode) < 0 || fchown(fd, uid, gid) < 0)
                return -errno;
        return TAKE_FD(fd);
}

/* work.XXXXXX/{build,root}: the tree's root is bound at root, build inside at INSIDE. */
static int make_dirs(const struct sys *sys, struct sandbox *box)
{
        _cleanup_close_ int top = sys_openat(sys, KMOD_STATE, O_RDONLY | O_DIRECTORY, 0);
        if (top < 0)
                return top;
        _cleanup_free_ char *name = xasprintf("work.%d-%lld", getpid(), (long long)now_ms());
        _cleanup_close_ int work = make_dir(top, name, 0700, 0, 0);
        if (work < 0)
                return work;
        box->path = xasprintf("%s/%s", KMOD_STATE, name);
        _cleanup_close_ int point = make_dir(work, "root", 0755, 0, 0);
        if (point < 0)
                return point;
        box->build = make_dir(work, "build", 0700, box->uid, box->gid);
        return box->build < 0 ? box->build : 0;
}

int sandbox_make(const struct sys *sys, struct sandbox *out, char **why)
{
        _cleanup_sandbox_ struct sandbox box = { .build = -1 };
        int r = find_user(sys, &box, why);
        if (r < 0)
                return r;
        r = make_dirs(sys, &box);
        if (r < 0)
                return fail(why, r, "%s: %s", KMOD_STATE, strerror(-r));
        *out = box;
        box = (struct sandbox){ .build = -1 };
        return 0;
}

static long jobs(void)
{
        long cpus = sysconf(_SC_NPROCESSORS_ONLN), kb = 0;
        _cleanup_fclose_ FILE *f = fopen("/proc/meminfo", "re");
        char line[128];
        while (f && fgets(line, sizeof(line), f))
                if (startswith(line, "MemAvailable:"))
                        kb = strtol(line + strlen("MemAvailable:"), NULL, 10);
        long most = kb > 0 ? kb / MEMORY_PER_JOB_KB : 1;
        return cpus < 1 || most < 1 ? 1 : cpus < most ? cpus : most;
}

static int limit(void *data)
{
        (void)data;
        const struct rlimit size = { FILE_LIMIT, FILE_LIMIT }, core = { 0, 0 };
        return setrlimit(RLIMIT_FSIZE, &size) < 0 || setrlimit(RLIMIT_CORE, &core) < 0 ? -errno : 0;
}

static int have_tools(const struct sys *sys, char **why)
{
        static const char *const needed[] = { "make", "ld" };
        for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
                _cleanup_free_ char *path = xasprintf("/usr/bin/%s", needed[i]);
                if (!sys_exists(sys, path))
                        return fail(why, -ENOENT, "%s is not installed", needed[i]);
        }
        return 0;
}

int sandbox_run(const struct sys *sys, const struct sandbox *box, const struct tree *tree,
                const char *cc, struct run_result *out, char **why)
{
        _cleanup_free_ char *work = NULL;
        int r = have_tools(sys, why);
        if (r == 0)
                r = sys_host_path(sys, box->path, &work, why);
        if (r < 0)
                return r;
        _cleanup_free_ char *at = xasprintf("%s/root", work), *build = xasprintf("%s/build", work),
                            *j = xasprintf("-j%ld", jobs()), *cc_is = xasprintf("CC=%s", cc);
        const struct door_bind binds[] = { { build, INSIDE, true }, { 0 } };
        const struct door door = { .profile = DOOR_BUILD,
                                   .at = at,
                                   .fresh = hidden,
                                   .binds = binds,
                                   .uid = box->uid,
                                   .gid = box->gid };
        const char *const argv[] = { "make",     "-C",      tree->path,
                                     MODULE_DIR, cc_is,     "CONFIG_DEBUG_INFO_BTF_MODULES=",
                                     j,          "modules", NULL };
        const char *const env[] = { "HOME=/tmp", NULL };
        const struct run run = { RUN_DEFAULT,
                                 .argv = argv,
                                 .env = env,
                                 .die_with_parent = true,
                                 .timeout_ms = BUILD_LIMIT_MS,
                                 .output_max = LOG_MAX,
                                 .in_child = limit };
        return door_run(sys, &door, &run, out, why);
}

static void remove_below(int fd, int depth)
{
        _cleanup_closedir_ DIR *dir = fdopendir(fd);
        if (!dir || depth > DEPTH_MAX)
                return;
        for (struct dirent *e; (e = readdir(dir));) {
                if (streq(e->d_name, ".") || streq(e->d_name, ".."))
                        continue;
                if (unlinkat(dirfd(dir), e->d_name, 0) == 0)
                        continue;
                int below = openat(dirfd(dir), e->d_name,
                                   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (below >= 0)
                        remove_below(below, depth + 1);
                unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
        }
}

void sandbox_sweep(const struct sys *sys)
{
        _cleanup_closedir_ DIR *dir = NULL;
        if (sys_opendir(sys, KMOD_STATE, &dir) < 0)
                return;
        for (struct dirent *e; (e = readdir(dir));) {
                if (!startswith(e->d_name, "work."))
                        continue;
                int fd = openat(dirfd(dir), e->d_name,
                                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (fd >= 0)
                        remove_below(fd, 0);
                unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
        }
}

void sandbox_free(struct sandbox *box)
{
        if (box->build >= 0)
                close(box->build);
        free(box->path);
        *box = (struct sandbox){ .build = -1 };
}
