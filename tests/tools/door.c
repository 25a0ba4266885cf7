/* SPDX-License-Identifier: GPL-2.0-or-later */
/* door ROOT resolve|transaction|build PROGRAM [ARG...]: runs a program of ROOT behind the door, its
 * output ours, its status ours; 125 where the door does not open. For the tests. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "lib/door.h"
#include "lib/run.h"
#include "lib/util.h"

static const char *const profiles[] = {
        [DOOR_RESOLVE] = "resolve", [DOOR_TRANSACTION] = "transaction", [DOOR_BUILD] = "build"
};

struct entering {
        const struct sys *sys;
        struct stat root;
        struct door door;
        int words; /* our stderr: the child's is not shown when nothing was run */
};

static int enter(void *data)
{
        const struct entering *e = data;
        _cleanup_free_ char *why = NULL;
        int r = door_enter(e->sys, &e->root, &e->door, NULL, &why);
        if (r < 0)
                dprintf(e->words, "%s\n", why ? why : strerror(-r));
        return r;
}

static int profile_of(const char *name, enum door_profile *out)
{
        for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
                if (streq(profiles[i], name)) {
                        *out = (enum door_profile)i;
                        return 0;
                }
        return -EINVAL;
}

int main(int argc, char **argv)
{
        _cleanup_sys_ struct sys sys = { .root_fd = -1 };
        struct entering e = { .sys = &sys,
                              .door = { .uid = 65534, .gid = 65534 },
                              .words = fcntl(2, F_DUPFD_CLOEXEC, 3) };
        if (argc < 4 || profile_of(argv[2], &e.door.profile) < 0) {
                fputs("usage: door ROOT resolve|transaction|build PROGRAM [ARG...]\n", stderr);
                return 2;
        }
        _cleanup_free_ char *why = NULL;
        if (sys_open(argv[1], &sys, &why) < 0 || stat(sys.root, &e.root) < 0) {
                fprintf(stderr, "door: %s\n", why ? why : "no such root");
                return 2;
        }
        e.door.tools = getenv("DOOR_TOOLS") != NULL;
        e.door.net = getenv("DOOR_NET") != NULL;
        struct run run = { RUN_DEFAULT, .argv = (const char *const *)argv + 3, .timeout_ms = 60000,
                           .in_child = enter, .in_child_data = &e };
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = run_program(&run, &result);
        if (r < 0)
                return fprintf(stderr, "door: %s\n", strerror(-r)), 125;
        fputs(result.out, stdout);
        fputs(result.err, stderr);
        return result.status >= 0 ? result.status : 128 + result.signal;
}
