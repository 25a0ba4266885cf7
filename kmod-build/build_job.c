/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kmod-build/build_job.h"

#include <errno.h>
#include <time.h>

#include "kmod-build/make_call.h"
#include "lib/sha256.h"
#include "lib/edit.h"

#define LOG_TAIL ((size_t)8192)
#define BAD_SECONDS ((int64_t)24 * 60 * 60)

void build_job_free(struct build_job *job)
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
int build_tools_missing(int r)
{
        return r == -ENOENT ? -ENOPKG : r;
}

char *build_ko_path(const struct build_job *job, const char *module)
{
        return xasprintf("%s/%s-%s-%s.ko", KMOD_STATE, job->request->release, job->key, module);
}

static void job_key(struct build_job *job)
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
        job->ko = build_ko_path(job, job->request->module);
        job->bad = xasprintf("%s/%s-%s.bad", KMOD_STATE, job->request->release, key);
}

int build_job_open(const struct sys *sys, const struct kmod_request *request, struct build_job *job,
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
                return build_tools_missing(r);
        r = signer_find(sys, &job->tree, &job->signer, why);
        if (r < 0)
                return r;
        job_key(job);
        return 0;
}

int build_remember(const struct sys *sys, const struct build_job *job, const char *sentence,
                   const char *kind, const char *log)
{
        size_t n = strlen(log);
        _cleanup_free_ char *text =
                xasprintf("%s\n%s\n%s", sentence, kind, n > LOG_TAIL ? log + n - LOG_TAIL : log);
        return edit_replace(sys, job->bad, text, strlen(text), 0600, NULL);
}

char *build_remembered(const struct sys *sys, const struct build_job *job, bool *unsuitable)
{
        char *text = NULL;
        struct stat st;
        if (sys_lstat_nolinks(sys, job->bad, &st) < 0 || st.st_mtime > time(NULL) ||
            time(NULL) - st.st_mtime >= BAD_SECONDS ||
            sys_read_nolinks(sys, job->bad, LOG_TAIL * 2, &text, NULL) < 0)
                return NULL;
        char *end = text + strcspn(text, "\n");
        *unsuitable = startswith(end, "\n" BUILD_UNSUITABLE "\n");
        *end = '\0';
        return text;
}
