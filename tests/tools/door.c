/* SPDX-License-Identifier: GPL-2.0-or-later */
/* door ROOT resolve|transaction|build PROGRAM [ARG...]: runs a program of ROOT behind the door, its
 * output ours, its status ours; 125 where the door does not open. For the tests. */
#include <errno.h>
#include <stdio.h>

#include "lib/door.h"
#include "lib/run.h"
#include "lib/util.h"

static const char *const profiles[] = {
        [DOOR_RESOLVE] = "resolve", [DOOR_TRANSACTION] = "transaction", [DOOR_BUILD] = "build"
};

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
        struct door door = { .uid = 65534, .gid = 65534 };
        if (argc < 4 || profile_of(argv[2], &door.profile) < 0) {
                fputs("usage: door ROOT resolve|transaction|build PROGRAM [ARG...]\n", stderr);
                return 2;
        }
        _cleanup_free_ char *why = NULL;
        if (sys_open(argv[1], &sys, &why) < 0) {
                fprintf(stderr, "door: %s\n", why);
                return 2;
        }
        door.tools = getenv("DOOR_TOOLS") != NULL;
        door.net = getenv("DOOR_NET") != NULL;
        const struct run run = { RUN_DEFAULT, .argv = (const char *const *)argv + 3,
                                 .timeout_ms = 60000 };
        _cleanup_run_result_ struct run_result result = { 0 };
        if (door_run(&sys, &door, &run, &result, &why) < 0)
                return fprintf(stderr, "door: %s\n", why), 125;
        fputs(result.out, stdout);
        fputs(result.err, stderr);
        return result.status >= 0 ? result.status : 128 + result.signal;
}
