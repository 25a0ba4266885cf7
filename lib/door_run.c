/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program behind the door. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/cgroup.h"
#include "lib/door.h"
#include "lib/i18n.h"
#include "lib/util.h"

#define WORDS_MAX ((size_t)4096) /* a page */

struct entering {
        const struct sys *sys;
        const struct door *door;
        struct stat root;
        char *words; /* shared with the child: why the door did not open */
        int (*then)(void *);
        void *then_data;
};

static int enter(void *data)
{
        struct entering *e = data;
        _cleanup_free_ char *why = NULL;
        int r = e->door->cgroup > 0 ? cgroup_join(e->door->cgroup) : 0;
        if (r < 0) {
                snprintf(e->words, WORDS_MAX, _("its control group: %s"), error_text(-r));
                return r;
        }
        r = door_enter(e->sys, &e->root, e->door, NULL, &why);
        if (r < 0)
                snprintf(e->words, WORDS_MAX, "%s", why ? why : error_text(-r));
        return r == 0 && e->then ? e->then(e->then_data) : r;
}

int door_run(const struct sys *sys, const struct door *door, const struct run *run,
             struct run_result *out, char **why)
{
        struct entering e = {
                .sys = sys, .door = door, .then = run->in_child, .then_data = run->in_child_data
        };
        if (stat(sys->root, &e.root) < 0)
                return fail(why, -errno, "%s: %m", sys->root);
        e.words = mmap(NULL, WORDS_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (e.words == MAP_FAILED)
                return fail(why, -ENOMEM, "%s: %m", run->argv[0]);
        struct run inside = *run;
        inside.in_child = enter;
        inside.in_child_data = &e;
        int r = run_program(&inside, out);
        if (r < 0)
                (void)fail(why, r, "%s cannot be run: %s", run->argv[0],
                           *e.words ? e.words : error_text(-r));
        munmap(e.words, WORDS_MAX);
        return r;
}

int door_checked(const struct sys *sys, const struct door *door, const struct run *run,
                 struct run_result *out, char **why)
{
        _cleanup_run_result_ struct run_result result = { 0 };
        if (!door_needed(sys))
                return run_checked(run, out, why);
        int r = door_run(sys, door, run, &result, why);
        if (r == 0)
                r = run_judge(run, &result, why);
        if (r == 0 && out) {
                *out = result;
                result = (struct run_result){ 0 };
        }
        return r;
}
