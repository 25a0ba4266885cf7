/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kmod-build/build_run.h"

#include <errno.h>
#include <fcntl.h>

#include "kmod-build/ampfsm/record.h"
#include "kmod-build/complaint.h"
#include "kmod-build/module_file.h"
#include "kmod-build/sandbox.h"
#include "lib/edit.h"
#include "lib/i18n.h"

#define FIND_DEPTH 4

static char *log_of(const struct build_job *job)
{
        return xasprintf("%s/build-%s-%s.log", KMOD_LOGS, job->request->module,
                         job->request->release);
}

static int save_log(const struct sys *sys, const struct build_job *job, const char *log)
{
        _cleanup_free_ char *path = log_of(job);
        int r = sys_mkdirs(sys, KMOD_LOGS, 0755);
        return r < 0 ? r : edit_replace(sys, path, log, strlen(log), 0640, NULL);
}

static int make_failed(const struct sys *sys, const struct build_job *job,
                       const struct run_result *result, const char *log, char **why)
{
        if (result->stopped)
                return fail(why, -EINTR, "interrupted while %s was built", job->request->module);
        if (result->timed_out)
                return fail(why, -ETIMEDOUT, "building %s took too long and was ended",
                            job->request->module);
        _cleanup_free_ char *path = log_of(job), *error = complaint_first(log),
                            *unsuitable = complaint_unsuitable(log, &job->tree, job->cc);
        _cleanup_free_ char *sentence =
                xasprintf(_("%s does not build for kernel %s: %s (log: %s)"), job->request->module,
                          job->request->release, unsuitable ? unsuitable : error, path);
        if (result->status > 0 && (unsuitable || complaint_of_source(log, &job->source)))
                build_remember(sys, job, sentence, unsuitable ? BUILD_UNSUITABLE : "failed", log);
        return fail(why, unsuitable ? -ENOTSUP : -EBADMSG, "%s", sentence);
}
/* The build's directory is hostile: no symlink is followed, nothing but a file is opened. */
static int find_result(int dir, const char *name, int depth, char **data, size_t *len)
{
        _cleanup_close_ int fd = sys_open_entry(dir, name, O_RDONLY);
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

static int take_module(const struct sys *sys, const struct build_job *job,
                       const struct sandbox *box, const char *module, char **why)
{
        _cleanup_free_ char *name = xasprintf("%s.ko", module), *data = NULL, *cause = NULL,
                            *to = build_ko_path(job, module);
        size_t len = 0;
        int r = find_result(box->build, name, FIND_DEPTH, &data, &len);
        if (r < 0)
                return fail(why, -EBADMSG, "the build made no %s", name);
        r = module_fits(data, len, module, &job->tree, &cause);
        if (r < 0)
                return fail(why, r, "the module %s that was built does not fit kernel %s: %s",
                            module, job->request->release, cause);
        r = signer_sign(sys, &job->signer, &job->tree, &data, &len, why);
        return r < 0 ? r : edit_replace(sys, to, data, len, 0600, why);
}

/* A tree that makes both modules makes them at once, and who needs one soon asks for the other. What
 * the operator's makes besides is kept where it will do: who asks for it then is told why not. */
static int take_result(const struct sys *sys, const struct build_job *job,
                       const struct sandbox *box, char **why)
{
        static const char *const both[] = { AMP_FILE_MODULE, AMP_NETWORK_MODULE };
        const struct kmod_request *rq = job->request;
        bool ours = !rq->source || !*rq->source;
        int r = take_module(sys, job, box, rq->module, why);
        for (size_t i = 0; r == 0 && i < ARRAY_SIZE(both); i++) {
                if (streq(both[i], rq->module))
                        continue;
                int other = take_module(sys, job, box, both[i], ours ? why : NULL);
                r = ours ? other : 0;
        }
        return r;
}

int build_run(const struct sys *sys, const struct build_job *job, char **why)
{
        _cleanup_sandbox_ struct sandbox box = { .build = -1 };
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = sandbox_make(sys, &box, why);
        if (r < 0)
                return build_tools_missing(r);
        r = bundle_write(&job->source, box.build, box.uid, box.gid);
        if (r < 0)
                return fail(why, r, "%s: %s", box.path, error_text(-r));
        progress_tell(job->request->progress, "building", -1);
        r = sandbox_run(sys, &box, job->call, job->cc, &result, why);
        if (r < 0)
                return build_tools_missing(r);
        _cleanup_free_ char *log = xasprintf("%s%s", result.err, result.out);
        save_log(sys, job, log);
        if (result.status != 0)
                r = make_failed(sys, job, &result, log, why);
        else
                r = take_result(sys, job, &box, why);
        sandbox_sweep(sys);
        return r;
}
