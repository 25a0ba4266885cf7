/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sandbox of a build: the door, with one directory to write in. */
#include "kmod-build/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/resource.h>

#include "kmod-build/build.h"
#include "kmod-build/make_call.h"
#include "lib/cgroup.h"
#include "lib/detached.h"
#include "lib/door.h"
#include "lib/i18n.h"

#define BUILD_LIMIT_MS ((int64_t)15 * 60 * 1000)
#define LOG_MAX ((size_t)1 << 20)
#define FILE_LIMIT ((rlim_t)512 << 20)
#define MEMORY_PER_JOB_KB 524288
#define MEMORY_LIMIT ((rlim_t)4 << 30) /* of one process: a compiler of one file */
#define CPU_LIMIT ((rlim_t)15 * 60)    /* seconds of one process */
#define PROCESSES 64                   /* of all builds, and so many more a job */
#define PROCESSES_PER_JOB 8
#define ROOM_MAX (1ULL << 30) /* of all that a build writes, or half of the free memory */
#define JOB_MAX (1ULL << 30)  /* of a job, where all have a limit together */
#define FILES_MAX 65536

/* No build has business there; an empty directory also hides the sockets in it. */
static const char *const hidden[] = { "/var", "/home", "/root", "/srv", "/mnt", "/media", NULL };

static int find_user(const struct sys *sys, struct sandbox *box, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        int r = sys_read(sys, "/etc/passwd", (size_t)16 << 20, &text, &len);
        if (r < 0)
                return fail(why, r, "/etc/passwd: %s", sys_why(r));
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

static long memory_kb(void)
{
        long kb = 0;
        _cleanup_fclose_ FILE *f = fopen("/proc/meminfo", "re");
        char line[128];
        while (f && fgets(line, sizeof(line), f))
                if (startswith(line, "MemAvailable:"))
                        kb = strtol(line + strlen("MemAvailable:"), NULL, 10);
        return kb;
}

/* In memory, so that no build fills the disk: each file of one has a limit, their number has none.
 * -errno: the kernel is too old, and only each file is held to its size. */
static int make_room(struct sandbox *box)
{
        unsigned long long half = (unsigned long long)memory_kb() * 1024 / 2;
        int mount = detached_make(half && half < ROOM_MAX ? half : ROOM_MAX, FILES_MAX);
        if (mount < 0)
                return mount;
        int fd = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0 || fchown(fd, box->uid, box->gid) < 0) {
                int r = -errno;
                cleanup_close(&fd);
                close(mount);
                return r;
        }
        box->build = fd;
        box->mount = mount;
        return 0;
}

/* work.XXXXXX/{build,root}: the tree's root is bound at root, build inside at SOURCES_INSIDE. */
static int make_dirs(const struct sys *sys, struct sandbox *box)
{
        _cleanup_close_ int top = sys_openat(sys, KMOD_STATE, O_RDONLY | O_DIRECTORY, 0);
        if (top < 0)
                return top;
        static unsigned number; /* a build has one, and each signature */
        _cleanup_free_ char *name =
                xasprintf("work.%d-%lld-%u", getpid(), (long long)now_ms(), number++);
        _cleanup_close_ int work = make_dir(top, name, 0700, 0, 0);
        if (work < 0)
                return work;
        box->path = xasprintf("%s/%s", KMOD_STATE, name);
        _cleanup_close_ int point = make_dir(work, "root", 0755, 0, 0);
        if (point < 0)
                return point;
        if (make_room(box) == 0)
                return 0;
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
                return fail(why, r, "%s: %s", KMOD_STATE, error_text(-r));
        *out = box;
        box = (struct sandbox){ .build = -1 };
        return 0;
}

static long jobs(void)
{
        long cpus = sysconf(_SC_NPROCESSORS_ONLN), kb = memory_kb();
        long most = kb > 0 ? kb / MEMORY_PER_JOB_KB : 1;
        return cpus < 1 || most < 1 ? 1 : cpus < most ? cpus : most;
}

static int limit(void *data)
{
        const rlim_t processes = PROCESSES + PROCESSES_PER_JOB * (rlim_t) * (const long *)data;
        const struct {
                __rlimit_resource_t what;
                rlim_t most;
        } limits[] = {
                { RLIMIT_FSIZE, FILE_LIMIT }, { RLIMIT_CORE, 0 },
                { RLIMIT_AS, MEMORY_LIMIT },  { RLIMIT_CPU, CPU_LIMIT },
                { RLIMIT_NPROC, processes },
        };
        for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
                const struct rlimit to = { limits[i].most, limits[i].most };
                if (setrlimit(limits[i].what, &to) < 0)
                        return -errno;
        }
        return 0;
}

/* Of all processes and all that they write together, where the host lends a control group: what is
 * written, and a GiB a job, but a quarter of the free memory is left to others. */
static unsigned long long memory_together(long n)
{
        unsigned long long there = (unsigned long long)memory_kb() * 1024 / 4 * 3,
                           most = ROOM_MAX + (unsigned long long)n * JOB_MAX;
        return there && there < most ? there : most;
}

/* The two limits of each process hold without it. */
static int run_in_group(const struct sys *sys, struct door *door, const struct run *run, long n,
                        struct run_result *out, char **why)
{
        _cleanup_(cgroup_free) struct cgroup group = CGROUP_NONE;
        _cleanup_run_result_ struct run_result result = { 0 };
        unsigned long long memory = memory_together(n);
        (void)cgroup_make(memory, PROCESSES + PROCESSES_PER_JOB * (unsigned)n, &group);
        door->cgroup = group.fd;
        int r = door_run(sys, door, run, &result, why);
        if (r == 0 && result.status != 0 && cgroup_out_of_memory(&group))
                return fail(
                        why, -ENOMEM,
                        _("%s used more memory than the %llu MiB that a build may: it was stopped"),
                        run->argv[0], memory >> 20);
        if (r < 0)
                return r;
        *out = result;
        result = (struct run_result){ 0 };
        return 0;
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

static char **make_argv(char *const *call, const char *cc, long n)
{
        char **argv = NULL;
        _cleanup_free_ char *j = xasprintf("-j%ld", n), *cc_is = xasprintf("CC=%s", cc);
        const char *const ours[] = { "make", "-k", j, cc_is, "CONFIG_DEBUG_INFO_BTF_MODULES=" };
        for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
                strv_add(&argv, ours[i]);
        for (size_t i = 0; call[i]; i++)
                strv_add(&argv, call[i]);
        return argv;
}

int sandbox_program(const struct sys *sys, const struct sandbox *box, const struct run *program,
                    struct run_result *out, char **why)
{
        _cleanup_free_ char *work = NULL;
        long n = jobs();
        int r = sys_host_path(sys, box->path, &work, why);
        if (r < 0)
                return r;
        _cleanup_free_ char *at = xasprintf("%s/root", work), *build = xasprintf("%s/build", work);
        const struct door_bind binds[] = { { build, SOURCES_INSIDE, true, box->mount }, { 0 } };
        struct door door = { .profile = DOOR_BUILD,
                             .at = at,
                             .fresh = hidden,
                             .binds = binds,
                             .uid = box->uid,
                             .gid = box->gid };
        /* wrapping Makefiles ask PWD where they are, and make -C does not set it */
        const char *const env[] = { "HOME=/tmp", "PWD=" SOURCES_INSIDE, NULL };
        struct run run = *program;
        run.env = env;
        run.die_with_parent = true;
        run.output_max = LOG_MAX;
        run.in_child = limit;
        run.in_child_data = &n;
        return run_in_group(sys, &door, &run, n, out, why);
}

int sandbox_run(const struct sys *sys, const struct sandbox *box, char *const *call, const char *cc,
                struct run_result *out, char **why)
{
        int r = have_tools(sys, why);
        if (r < 0)
                return r;
        _cleanup_strv_ char **argv = make_argv(call, cc, jobs());
        const struct run run = { RUN_DEFAULT, .argv = (const char *const *)argv,
                                 .timeout_ms = BUILD_LIMIT_MS, .obeys = true };
        return sandbox_program(sys, box, &run, out, why);
}

void sandbox_free(struct sandbox *box)
{
        if (box->build >= 0)
                close(box->build);
        if (box->mount > 0)
                close(box->mount);
        free(box->path);
        *box = (struct sandbox){ .build = -1 };
}
