/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libclamav on one file at a time, in a child: no user, no capabilities, little memory and time. */
#include "connector/signatures_prove.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>

#include "connector/clamav.h"
#include "lib/i18n.h"
#include "lib/plugin.h"
#include "lib/run.h"

#define NOBODY 65534
#define TIME_LIMIT_MS 60000   /* of one file; less where sys->deadline is near */
#define TIME_AT_LEAST_MS 2000 /* also after it */
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_MAX RLIM_INFINITY /* its shadow is terabytes */
#else
#define MEMORY_MAX ((rlim_t)1 << 30)
#endif
#define CPU_SECONDS 50

struct proof {
        const struct sys *sys;
        const struct clamav_api *clamav;
        const char *path;
};

/* A copy in memory for a file that only its owner may read: the child is not its owner. */
static int copy_readable(int fd, off_t size)
{
        _cleanup_close_ int copy = memfd_create("secep-cvd", MFD_CLOEXEC);
        off_t at = 0;

        if (copy < 0)
                return -errno;
        while (at < size)
                if (sendfile(copy, fd, &at, (size_t)(size - at)) <= 0)
                        return -EIO;
        return fchmod(copy, 0444) < 0 ? -errno : TAKE_FD(copy);
}

/* A child of run_child() has lost every fd, the root's too. */
static int open_readable(const struct proof *p)
{
        _cleanup_sys_ struct sys sys = { .root_fd = -1 };
        _cleanup_close_ int fd = -1;
        struct stat st;
        int r = sys_open(p->sys->root, &sys, NULL);

        if (r < 0)
                return r;
        fd = sys_openat_nolinks(&sys, p->path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > CVD_SIZE_MAX)
                return -EINVAL;
        return st.st_mode & S_IROTH ? TAKE_FD(fd) : copy_readable(fd, st.st_size);
}

static int limit(int what, rlim_t max)
{
        struct rlimit r = { .rlim_cur = max, .rlim_max = max };

        return setrlimit(what, &r);
}

static int drop_privileges(void)
{
        if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
                               setresuid(NOBODY, NOBODY, NOBODY) < 0))
                return -errno;
        /* a change of user hides /proc/self/fd from the process itself */
        if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
                return -errno;
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || limit(RLIMIT_AS, MEMORY_MAX) < 0 ||
            limit(RLIMIT_CPU, CPU_SECONDS) < 0 || limit(RLIMIT_FSIZE, 0) < 0 ||
            limit(RLIMIT_CORE, 0) < 0 || limit(RLIMIT_NPROC, 0) < 0)
                return -errno;
        return 0;
}

static int child_verify(void *data, int out)
{
        const struct proof *p = data;
        char path[64];
        int fd = open_readable(p);

        (void)out;
        if (fd < 0 || drop_privileges() < 0)
                return CLAMAV_REFUSED;
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        return p->clamav->verify(path);
}

static int64_t time_limit(const struct sys *sys)
{
        int64_t left = sys_time_left(sys);

        return left < TIME_AT_LEAST_MS ? TIME_AT_LEAST_MS
               : left > TIME_LIMIT_MS  ? TIME_LIMIT_MS
                                       : left;
}

static void prove_one(struct proof *p, struct signature *s)
{
        struct run_child child = { .fn = child_verify,
                                   .data = p,
                                   .timeout_ms = time_limit(p->sys),
                                   .die_with_parent = true };
        _cleanup_run_result_ struct run_result result = { 0 };

        p->path = s->path;
        if (run_child(&child, &result) < 0 || result.signal || result.timed_out)
                return;
        if (result.status == CLAMAV_VERIFIED)
                s->proof = PROOF_VERIFIED;
        else if (result.status == CLAMAV_BAD_SIGNATURE || result.status == CLAMAV_MALFORMED)
                s->proof = PROOF_BAD;
}

static bool same_folder(const char *a, const char *b)
{
        size_t n = (size_t)(strrchr(a, '/') - a);

        return n == (size_t)(strrchr(b, '/') - b) && memcmp(a, b, n) == 0;
}

static bool has_verified_neighbour(const struct signatures *all, const struct signature *s)
{
        for (size_t i = 0; i < all->n; i++)
                if (all->files[i].proof == PROOF_VERIFIED &&
                    same_folder(all->files[i].path, s->path))
                        return true;
        return false;
}

/* One that fails beside one that verifies is bad; where none verifies, the library or its key may
 * be what is wrong (another key, RSA or MD5 refused). */
static void weigh(struct signatures *all)
{
        for (size_t i = 0; i < all->n; i++) {
                struct signature *s = &all->files[i];

                if (s->state != SIGNATURE_GOOD || s->proof == PROOF_VERIFIED)
                        continue;
                if (s->proof == PROOF_BAD && has_verified_neighbour(all, s)) {
                        s->state = SIGNATURE_BAD;
                        s->wrong = xstrdup(_("its digital signature does not verify"));
                        continue;
                }
                all->proof_refused = true;
                if (!all->note)
                        all->note =
                                xasprintf(_("%s: libclamav could not verify its digital signature, "
                                            "and nothing else in its directory verifies"),
                                          s->path);
        }
}

void signatures_prove(const struct sys *sys, struct signatures *all)
{
        struct proof p = { .sys = sys };
        _cleanup_free_ char *why = NULL;
        const void *clamav;
        int r = plugin_open("clamav", "secep_clamav", &clamav, &why);

        if (r < 0) {
                free(all->note);
                all->note =
                        xasprintf(_("digital signatures were not verified: %s"),
                                  why ? why : _("the plug-in secep-clamav.so is not installed"));
                return;
        }
        p.clamav = clamav;
        for (size_t i = 0; i < all->n; i++)
                if (all->files[i].state == SIGNATURE_GOOD)
                        prove_one(&p, &all->files[i]);
        weigh(all);
}
