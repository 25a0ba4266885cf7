/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Module builds: the cache, the lock, and a build where neither has the answer. */
#include "kmod-build/build.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#include "kmod-build/build_run.h"
#include "kmod-build/module_file.h"
#include "kmod-build/sandbox.h"
#include "lib/i18n.h"
#include "lib/edit.h"
#include "lib/i18n.h"
#include "lib/wait.h"

/* What a killed run left; only under the lock. */
static void sweep(const struct sys *sys)
{
        sandbox_sweep(sys);
        edit_sweep(sys, KMOD_STATE);
}

/* Where somebody builds, that one sweeps. */
static void sweep_unless_busy(const struct sys *sys)
{
        _cleanup_close_ int fd = sys_openat(sys, KMOD_STATE "/build.lock", O_RDWR | O_NOFOLLOW, 0);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
                sweep(sys);
}

static int build_lock(const struct sys *sys, char **why)
{
        struct wait wait = { 0 };
        _cleanup_close_ int fd =
                sys_openat(sys, KMOD_STATE "/build.lock", O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
        if (fd < 0)
                return fail(why, fd, "%s/build.lock: %s", KMOD_STATE, sys_why(fd));
        while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
                if (errno != EWOULDBLOCK && errno != EINTR)
                        return fail(why, -errno, "%s/build.lock: %s", KMOD_STATE,
                                    error_text(errno));
                int r = wait_pause(sys, &wait, _("another module build"), 50, why);
                if (r < 0)
                        return fail(why, r == -EAGAIN ? -EBUSY : r,
                                    "another module build is still running");
        }
        return TAKE_FD(fd);
}

/* A module in the cache is asked again whether it fits: the cache is a file like any other. */
static bool finished(const struct sys *sys, const struct build_job *job)
{
        _cleanup_free_ char *data = NULL;
        size_t len = 0;
        return sys_read_nolinks(sys, job->ko, MODULE_MAX, &data, &len) == 0 &&
               module_fits(data, len, job->request->module, &job->tree, NULL) == 0;
}
static int build_locked(const struct sys *sys, const struct build_job *job, bool *cached,
                        char **why)
{
        _cleanup_close_ int lock = build_lock(sys, why);
        if (lock < 0)
                return lock;
        sweep(sys);
        *cached = finished(sys, job);
        if (*cached)
                return 0;
        bool unsuitable = false;
        _cleanup_free_ char *sentence = build_remembered(sys, job, &unsuitable);
        if (sentence)
                return fail(why, unsuitable ? -ENOTSUP : -EBADMSG,
                            "%s; not tried again until an input changes", sentence);
        return build_run(sys, job, why);
}

int kmod_build(const struct sys *sys, const struct kmod_request *request, struct kmod_built *out,
               char **why)
{
        _cleanup_build_job_ struct build_job job = { 0 };
        int r = build_job_open(sys, request, &job, why);
        if (r < 0)
                return r;
        bool cached = finished(sys, &job);
        if (cached) {
                sweep_unless_busy(sys);
        } else {
                r = sys_mkdirs(sys, KMOD_STATE, 0700);
                if (r < 0)
                        return fail(why, r, "%s: %s", KMOD_STATE, error_text(-r));
                r = build_locked(sys, &job, &cached, why);
                if (r < 0)
                        return r;
        }
        char *path = TAKE_PTR(job.ko);
        *out = (struct kmod_built){ path, cached };
        return 0;
}

char *kmod_known_bad(const struct sys *sys, const struct kmod_request *request, bool *unsuitable)
{
        _cleanup_build_job_ struct build_job job = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = build_job_open(sys, request, &job, &why);
        *unsuitable = r == -ENOTSUP;
        if (r < 0)
                return *unsuitable ? TAKE_PTR(why) : NULL;
        return build_remembered(sys, &job, unsuitable);
}

void kmod_built_free(struct kmod_built *built)
{
        free(built->path);
        *built = (struct kmod_built){ 0 };
}
