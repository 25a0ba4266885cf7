/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Module builds: key, cache, known-bad memory. */
#include "kmod-build/build.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#include "kmod-build/ampfsm/record.h"
#include "kmod-build/bundle.h"
#include "kmod-build/complaint.h"
#include "kmod-build/make_call.h"
#include "kmod-build/module_file.h"
#include "kmod-build/sandbox.h"
#include "kmod-build/sha256.h"
#include "kmod-build/sign.h"
#include "kmod-build/tree.h"
#include "lib/edit.h"
#include "lib/wait.h"

#define LOG_TAIL ((size_t)8192)
#define FIND_DEPTH 4
#define BAD_SECONDS ((int64_t)24 * 60 * 60)
#define UNSUITABLE "source-unsuitable" /* second line of a .bad */

/* All that decides the bytes of the result. */
struct job {
        const struct kmod_request *request;
        struct bundle source;
        struct tree tree;
        struct signer signer;
        char *cc, *cc_identity;
        char **call; /* of make */
        char *key;
        char *ko, *bad; /* KMOD_STATE/RELEASE-KEY-MODULE.ko, RELEASE-KEY.bad */
};

static void job_free(struct job *job)
{
        bundle_free(&job->source);
        tree_free(&job->tree);
        signer_free(&job->signer);
        free(job->cc);
        free(job->cc_identity);
        strv_free(job->call);
        free(job->key);
        free(job->ko);
        free(job->bad);
}
#define _cleanup_job_ _cleanup_(job_free)

static int tools_missing(int r)
{
        return r == -ENOENT ? -ENOPKG : r;
}

static char *ko_path(const struct job *job, const char *module)
{
        return xasprintf("%s/%s-%s-%s.ko", KMOD_STATE, job->request->release, job->key, module);
}

static void job_key(struct job *job)
{
        char source[65], key[65];
        struct sha256 h;
        bundle_digest(&job->source, source);
        sha256_init(&h);
        sha256_text(&h, source);
        sha256_text(&h, job->request->release);
        sha256_text(&h, job->tree.digest);
        sha256_text(&h, job->cc_identity);
        sha256_text(&h, job->signer.digest);
        sha256_end(&h, key);
        job->key = xstrdup(key);
        job->ko = ko_path(job, job->request->module);
        job->bad = xasprintf("%s/%s-%s.bad", KMOD_STATE, job->request->release, key);
}

static int job_open(const struct sys *sys, const struct kmod_request *request, struct job *job,
                    char **why)
{
        job->request = request;
        int r = tree_open(sys, request->release, &job->tree, why);
        if (r < 0)
                return r;
        if (request->source && *request->source)
                r = bundle_read(request->source, &job->source, why);
        else
                bundle_own(&job->source);
        if (r == 0)
                r = make_call(&job->source, &job->tree, &job->call, why);
        if (r < 0)
                return r;
        r = tree_compiler(sys, &job->tree, &job->cc, &job->cc_identity, why);
        if (r < 0)
                return tools_missing(r);
        r = signer_find(sys, &job->tree, &job->signer, why);
        if (r < 0)
                return r;
        job_key(job);
        return 0;
}

static char *log_of(const struct job *job)
{
        return xasprintf("%s/build-%s-%s.log", KMOD_LOGS, job->request->module,
                         job->request->release);
}

static int save_log(const struct sys *sys, const struct job *job, const char *log)
{
        _cleanup_free_ char *path = log_of(job);
        int r = sys_mkdirs(sys, KMOD_LOGS, 0755);
        return r < 0 ? r : edit_replace(sys, path, log, strlen(log), 0640, NULL);
}

static int remember(const struct sys *sys, const struct job *job, const char *sentence,
                    const char *kind, const char *log)
{
        size_t n = strlen(log);
        _cleanup_free_ char *text =
                xasprintf("%s\n%s\n%s", sentence, kind, n > LOG_TAIL ? log + n - LOG_TAIL : log);
        return edit_replace(sys, job->bad, text, strlen(text), 0600, NULL);
}

static int make_failed(const struct sys *sys, const struct job *job,
                       const struct run_result *result, const char *log, char **why)
{
        if (result->timed_out)
                return fail(why, -ETIMEDOUT, "building %s took too long and was ended",
                            job->request->module);
        _cleanup_free_ char *path = log_of(job), *error = complaint_first(log),
                            *unsuitable = complaint_unsuitable(log, &job->tree, job->cc);
        _cleanup_free_ char *sentence =
                xasprintf("%s does not build for kernel %s: %s (log: %s)", job->request->module,
                          job->request->release, unsuitable ? unsuitable : error, path);
        if (result->status > 0 && (unsuitable || complaint_of_source(log, &job->source)))
                remember(sys, job, sentence, unsuitable ? UNSUITABLE : "failed", log);
        return fail(why, unsuitable ? -ENOTSUP : -EBADMSG, "%s", sentence);
}

/* The build's directory is hostile: no symlink is followed, nothing but a file is opened. */
static int find_result(int dir, const char *name, int depth, char **data, size_t *len)
{
        _cleanup_close_ int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        struct stat st;
        if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
                if ((size_t)st.st_size > MODULE_MAX)
                        return -EFBIG;
                _cleanup_free_ char *buf = xcalloc((size_t)st.st_size + 1, 1);
                ssize_t n = pread(fd, buf, (size_t)st.st_size, 0);
                if (n < 0)
                        return -errno;
                *len = (size_t)n;
                *data = TAKE_PTR(buf);
                return 0;
        }
        int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        _cleanup_closedir_ DIR *d = again < 0 ? NULL : fdopendir(again);
        for (struct dirent *e; d && depth > 0 && (e = readdir(d));) {
                if (e->d_name[0] == '.')
                        continue;
                _cleanup_close_ int below =
                        openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (below >= 0 && find_result(below, name, depth - 1, data, len) == 0)
                        return 0;
        }
        return -ENOENT;
}

static int take_module(const struct sys *sys, const struct job *job, const struct sandbox *box,
                       const char *module, char **why)
{
        _cleanup_free_ char *name = xasprintf("%s.ko", module), *data = NULL, *cause = NULL,
                            *to = ko_path(job, module);
        size_t len = 0;
        int r = find_result(box->build, name, FIND_DEPTH, &data, &len);
        if (r < 0)
                return fail(why, -EBADMSG, "the build made no %s", name);
        r = module_fits(data, len, module, &job->tree, &cause);
        if (r < 0)
                return fail(why, r, "the module %s that was built does not fit kernel %s: %s",
                            module, job->request->release, cause);
        r = signer_sign(sys, &job->signer, &job->tree, box->path, &data, &len, why);
        return r < 0 ? r : edit_replace(sys, to, data, len, 0600, why);
}

/* Our source makes both modules at once, and who needs one soon asks for the other. */
static int take_result(const struct sys *sys, const struct job *job, const struct sandbox *box,
                       char **why)
{
        static const char *const own[] = { AMP_FILE_MODULE, AMP_NETWORK_MODULE };
        const struct kmod_request *rq = job->request;
        int r = take_module(sys, job, box, rq->module, why);
        for (size_t i = 0; r == 0 && !(rq->source && *rq->source) && i < ARRAY_SIZE(own); i++)
                if (!streq(own[i], rq->module))
                        r = take_module(sys, job, box, own[i], why);
        return r;
}

static int build_now(const struct sys *sys, const struct job *job, char **why)
{
        _cleanup_sandbox_ struct sandbox box = { .build = -1 };
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = sandbox_make(sys, &box, why);
        if (r < 0)
                return tools_missing(r);
        r = bundle_write(&job->source, box.build, box.uid, box.gid);
        if (r < 0)
                return fail(why, r, "%s: %s", box.path, strerror(-r));
        progress_tell(job->request->progress, "building", -1);
        r = sandbox_run(sys, &box, job->call, job->cc, &result, why);
        if (r < 0)
                return tools_missing(r);
        _cleanup_free_ char *log = xasprintf("%s%s", result.err, result.out);
        save_log(sys, job, log);
        if (result.status != 0)
                r = make_failed(sys, job, &result, log, why);
        else
                r = take_result(sys, job, &box, why);
        sandbox_sweep(sys);
        return r;
}

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
                return fail(why, fd, "%s/build.lock: %s", KMOD_STATE, strerror(-fd));
        while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
                if (errno != EWOULDBLOCK && errno != EINTR)
                        return fail(why, -errno, "%s/build.lock: %s", KMOD_STATE, strerror(errno));
                int r = wait_pause(sys, &wait, "another module build", 50, why);
                if (r < 0)
                        return fail(why, r == -EAGAIN ? -EBUSY : r,
                                    "another module build is still running");
        }
        return TAKE_FD(fd);
}

/* A module in the cache is asked again whether it fits: the cache is a file like any other. */
static bool finished(const struct sys *sys, const struct job *job)
{
        _cleanup_free_ char *data = NULL;
        size_t len = 0;
        return sys_read_nolinks(sys, job->ko, MODULE_MAX, &data, &len) == 0 &&
               module_fits(data, len, job->request->module, &job->tree, NULL) == 0;
}

/* For a day: what it failed for may have been put right where the key does not look. */
static char *remembered(const struct sys *sys, const struct job *job, bool *unsuitable)
{
        char *text = NULL;
        struct stat st;
        if (sys_lstat_nolinks(sys, job->bad, &st) < 0 || st.st_mtime > time(NULL) ||
            time(NULL) - st.st_mtime >= BAD_SECONDS ||
            sys_read_nolinks(sys, job->bad, LOG_TAIL * 2, &text, NULL) < 0)
                return NULL;
        char *end = text + strcspn(text, "\n");
        *unsuitable = startswith(end, "\n" UNSUITABLE "\n");
        *end = '\0';
        return text;
}

static int build_locked(const struct sys *sys, const struct job *job, bool *cached, char **why)
{
        _cleanup_close_ int lock = build_lock(sys, why);
        if (lock < 0)
                return lock;
        sweep(sys);
        *cached = finished(sys, job);
        if (*cached)
                return 0;
        bool unsuitable = false;
        _cleanup_free_ char *sentence = remembered(sys, job, &unsuitable);
        if (sentence)
                return fail(why, unsuitable ? -ENOTSUP : -EBADMSG,
                            "%s; not tried again until an input changes", sentence);
        return build_now(sys, job, why);
}

int kmod_build(const struct sys *sys, const struct kmod_request *request, struct kmod_built *out,
               char **why)
{
        _cleanup_job_ struct job job = { 0 };
        int r = job_open(sys, request, &job, why);
        if (r < 0)
                return r;
        bool cached = finished(sys, &job);
        if (cached) {
                sweep_unless_busy(sys);
        } else {
                r = sys_mkdirs(sys, KMOD_STATE, 0755);
                if (r < 0)
                        return fail(why, r, "%s: %s", KMOD_STATE, strerror(-r));
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
        _cleanup_job_ struct job job = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = job_open(sys, request, &job, &why);
        *unsuitable = r == -ENOTSUP;
        if (r < 0)
                return *unsuitable ? TAKE_PTR(why) : NULL;
        return remembered(sys, &job, unsuitable);
}

void kmod_built_free(struct kmod_built *built)
{
        free(built->path);
        *built = (struct kmod_built){ 0 };
}
