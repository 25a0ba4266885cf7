/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading build logs. */
#include "kmod-build/complaint.h"

#include "kmod-build/make_call.h"
#include "lib/i18n.h"
#include "lib/util.h"

/* What kernels have removed: what of it a log shows, the first kernel without it. */
static const struct {
        const char *sign; /* in a line that tells an error */
        const char *what, *since;
} removed[] = {
        { "jprobe", "jprobes", "4.15" },
        { "init_timer", "init_timer", "4.15" },
        { "setup_timer", "setup_timer", "4.15" },
        { "\"access_ok\" passed 3 arguments", N_("access_ok with three arguments"), "5.0" },
        { "'access_ok' passed 3 arguments", N_("access_ok with three arguments"),
          "5.0" }, /* gcc 16 */
        { "do_gettimeofday", "do_gettimeofday", "5.0" },
        { "getnstimeofday", "getnstimeofday", "5.6" },
        { "kallsyms_lookup_name\" [", N_("kallsyms_lookup_name for modules"), "5.7" },
        { "mmap_sem", "mmap_sem", "5.8" },
        { "PDE_DATA", "PDE_DATA", "5.17" },
};

static const char *const older_compiler[] = {
        "unrecognized command-line option",
        "unrecognized command line option",
        "unknown argument: '",
        "version of GCC is too old",
        "Compiler lacks asm-goto",
};

/* The sandbox's own limits: what a compiler says after that is not the reason. */
static const struct {
        const char *sign, *what;
} limits[] = {
        { "No space left on device", N_("the build wrote more than a build may: it was stopped") },
        { "File size limit exceeded", N_("the build wrote more than a build may: it was stopped") },
        { "annot fork", N_("the build started more processes than a build may") },
        { "fork: Resource temporarily", N_("the build started more processes than a build may") },
};

char *complaint_first(const char *log)
{
        for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
                if (strstr(log, limits[i].sign))
                        return xstrdup(_(limits[i].what));
        static const char *const signs[] = {
                "error:",    "ERROR: ",           "undefined!", "No rule to make",
                "not found", "Permission denied", "*** "
        };
        for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
                const char *at = strstr(log, signs[i]), *line = at;
                if (!at)
                        continue;
                while (line > log && line[-1] != '\n')
                        line--;
                if (startswith(line, SOURCES_INSIDE "/"))
                        line += strlen(SOURCES_INSIDE "/");
                size_t n = strcspn(line, "\n");
                return xasprintf("%.*s", n < 300 ? (int)n : 300, line);
        }
        return xstrdup(_("make failed and printed no error"));
}

/* The next line of *LOG, malloc'ed, NULL at the end. */
static char *next_line(const char **log)
{
        size_t n = strcspn(*log, "\n");
        if (!**log)
                return NULL;
        char *line = xstrndup(*log, n);
        *log += n + ((*log)[n] == '\n');
        return line;
}

static bool tells_error(const char *line)
{
        return strstr(line, "error:") || strstr(line, "undefined!");
}

static char *removed_since(const char *log, const struct tree *tree)
{
        for (size_t i = 0; i < ARRAY_SIZE(removed); i++) {
                const char *at = log;
                if (version_compare(tree->release, removed[i].since) < 0)
                        continue;
                for (char *line; (line = next_line(&at)); free(line)) {
                        if (!tells_error(line) || !strstr(line, removed[i].sign))
                                continue;
                        free(line);
                        return xasprintf(_("its source uses %s, which Linux %s removed: it needs "
                                           "an older kernel"),
                                         _(removed[i].what), removed[i].since);
                }
        }
        return NULL;
}

char *complaint_unsuitable(const char *log, const struct tree *tree, const char *cc)
{
        char *sentence = removed_since(log, tree);
        for (size_t i = 0; !sentence && i < ARRAY_SIZE(older_compiler); i++)
                if (strstr(log, older_compiler[i]))
                        sentence = xasprintf(
                                _("it needs a newer compiler than %s: install the one the kernel "
                                  "was "
                                  "built with (%s)"),
                                cc, tree->compiler ? tree->compiler : _("it does not say which"));
        return sentence;
}

/* A header of the kernel that is not there may come back with the header package. */
static bool of_kernel(const char *line)
{
        static const char *const folders[] = { "linux/", "asm/", "generated/", "uapi/",
                                               "asm-generic/" };
        const char *fatal = strstr(line, "fatal error: ");
        for (size_t i = 0; fatal && i < ARRAY_SIZE(folders); i++)
                if (startswith(fatal + strlen("fatal error: "), folders[i]))
                        return true;
        return false;
}

static bool blames(const char *line, const struct bundle *source)
{
        if (startswith(line, "ERROR: modpost: ") && strstr(line, "undefined!"))
                return true;
        if (!strstr(line, "error:") || of_kernel(line))
                return false;
        if (startswith(line, SOURCES_INSIDE "/"))
                line += strlen(SOURCES_INSIDE "/");
        for (size_t i = 0; i < source->n; i++) {
                size_t n = strlen(source->files[i].name);
                if (startswith(line, source->files[i].name) && line[n] == ':')
                        return true;
        }
        return false;
}

bool complaint_of_source(const char *log, const struct bundle *source)
{
        bool found = false;
        for (char *line; (line = next_line(&log)); free(line))
                found = found || blames(line, source);
        return found;
}
