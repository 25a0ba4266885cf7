/* SPDX-License-Identifier: GPL-2.0-or-later */
/* faultlab --root DIR list | break SLUG[:CAUSE] ... | check [SLUG[:CAUSE] ...]
 * break without a cause makes every cause of the slug; check prints which hold and ends 0 when all
 * asked for do. The running system is never broken: --root has to be another directory, but in a guest
 * of tests/vm/lab, whose kernel's command line has lab=NAME. */
#include "tests/faultlab/faultlab.h"

#include <errno.h>

static const struct breakage *const tables[] = { break_scan_user,      break_kernel_headers,
                                                 break_selinux_policy, break_scan_start,
                                                 break_scan_restarts,  break_event_overload,
                                                 break_file_monitor,   break_network_monitor,
                                                 break_kernel_compat };

/* SLUG, SLUG:CAUSE, or NULL for every row. */
static bool matches(const struct breakage *b, const char *name)
{
        if (!name)
                return true;
        size_t n = strlen(b->slug);
        return strncmp(name, b->slug, n) == 0 &&
               (name[n] == 0 || (name[n] == ':' && streq(name + n + 1, b->cause)));
}

static void print_row(const struct breakage *b, const char *text)
{
        _cleanup_free_ char *name = xasprintf("%s:%s", b->slug, b->cause);
        printf("%-34s %s\n", name, text);
}

static int show(const struct sys *sys, const struct breakage *b)
{
        (void)sys;
        print_row(b, b->what);
        return 0;
}

static int make(const struct sys *sys, const struct breakage *b)
{
        _cleanup_free_ char *why = NULL;
        int r = b->make(sys, &why);
        if (r < 0)
                fprintf(stderr, "faultlab: %s:%s: %s\n", b->slug, b->cause, why ? why : "failed");
        else
                printf("broken: %s:%s, %s\n", b->slug, b->cause, b->what);
        return r < 0 ? 1 : 0;
}

static int check(const struct sys *sys, const struct breakage *b)
{
        _cleanup_free_ char *why = NULL;
        int r = b->holds(sys, &why);
        print_row(b, r < 0 ? (why ? why : "cannot tell") : (r ? "broken" : "not broken"));
        return r == 1 ? 0 : 1;
}

/* Runs VERB on the rows NAME names; 2 where it names none. */
static int each(const struct sys *sys, const char *name,
                int (*verb)(const struct sys *, const struct breakage *))
{
        int status = 0;
        bool any = false;
        for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
                for (const struct breakage *b = tables[i]; b->slug; b++)
                        if (matches(b, name)) {
                                any = true;
                                status |= verb(sys, b);
                        }
        if (!any)
                fprintf(stderr, "faultlab: no such breakage: %s\n", name);
        return any ? status : 2;
}

static const struct {
        const char *name;
        bool needs_name;
        int (*verb)(const struct sys *, const struct breakage *);
} verbs[] = { { "list", false, show }, { "break", true, make }, { "check", false, check } };

static int act(const struct sys *sys, int argc, char **argv)
{
        for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
                if (!streq(argv[0], verbs[i].name) || (verbs[i].needs_name && argc < 2))
                        continue;
                int status = argc < 2 ? each(sys, NULL, verbs[i].verb) : 0;
                for (int k = 1; k < argc && status < 2; k++)
                        status |= each(sys, argv[k], verbs[i].verb);
                return status;
        }
        return 2;
}

static bool in_guest(const struct sys *sys)
{
        _cleanup_free_ char *line = NULL;
        return sys_read(sys, "/proc/cmdline", 1 << 16, &line, NULL) == 0 && strstr(line, " lab=");
}

int main(int argc, char **argv)
{
        _cleanup_free_ char *why = NULL;
        struct sys sys = { .root_fd = -1 };
        int status = 2;
        if (argc < 4 || !streq(argv[1], "--root"))
                fprintf(stderr, "usage: faultlab --root DIR list | break SLUG[:CAUSE]... | "
                                "check [SLUG[:CAUSE]...]\n");
        else if (sys_open(argv[2], &sys, &why) < 0)
                fprintf(stderr, "faultlab: %s\n", why ? why : argv[2]);
        else if (sys.live && !in_guest(&sys))
                fprintf(stderr, "faultlab: %s is the running system\n", argv[2]);
        else
                status = act(&sys, argc - 3, argv + 3);
        sys_close(&sys);
        return status;
}
