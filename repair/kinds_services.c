/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps on systemd's units. */
#include <errno.h>

#include "connector/connector.h"
#include "connector/paths.h"
#include "host/process.h"
#include "host/service.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/util.h"
#include "lib/wait.h"
#include "repair/kind.h"

static int unit_state(const struct change *c, struct unit_state *out, char **why)
{
        const struct systemd_api *api;
        int r = service_api(c->sys, &api, why);

        return r < 0 ? r : api->state(c->step->target, out, why);
}

static int restart_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_unit_state_ struct unit_state state = { 0 };
        int r = unit_state(c, &state, why);

        if (r == 0)
                json_object_set_new(undo, "main_pid", json_integer(state.main_pid));
        return r;
}

#define AWAIT_MS 5000
#define AWAIT_STEP_MS 100

static bool runs(const struct change *c, const char *program)
{
        _cleanup_free_ struct process *found = NULL;
        size_t n = 0;

        return *program && process_find(c->sys, program, &found, &n, NULL) == 0 && n > 0;
}

/* What the next step judges is what the service did with itself by then. */
static void await(const struct change *c, const char *program)
{
        int64_t end = now_ms() + AWAIT_MS;
        struct wait wait = { 0 };

        while (*program && !runs(c, program) && now_ms() < end &&
               wait_pause(c->sys, &wait, program, AWAIT_STEP_MS, NULL) == 0)
                ;
}

static int restart_apply(const struct change *c, const json_t *undo, char **why)
{
        int r;

        (void)undo;
        if (runs(c, c->step->key))
                return 0;
        if (streq(c->step->target, connector_path(c->sys, PATH_SERVICE)))
                r = connector_restart(c->sys, why);
        else
                r = service_restart(c->sys, c->step->target, why);
        if (r == 0)
                await(c, c->step->value);
        return r;
}

static int restart_stand(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_unit_state_ struct unit_state state = { 0 };
        int r = unit_state(c, &state, why);

        if (r < 0)
                return r;
        return state.main_pid != 0 && state.main_pid !=
                                              json_integer_value(json_object_get(undo, "main_pid"))
                       ? STAND_OURS
                       : STAND_BEFORE;
}

#define NO_QUOTA (-1) /* in the undo object */

static int quota_wanted(const struct change *c, uint64_t *out, char **why)
{
        long percent;
        int r = parse_long(c->step->value, 1, 100000, &percent);

        if (r < 0)
                return fail(why, r, "%s: not a CPU limit in per cent", c->step->value);
        *out = QUOTA_OF_PERCENT(percent);
        return 0;
}

static int quota_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_unit_state_ struct unit_state state = { 0 };
        int r = unit_state(c, &state, why);

        if (r == 0)
                json_object_set_new(undo, "quota",
                                    json_integer(state.cpu_quota == QUOTA_NONE
                                                         ? NO_QUOTA
                                                         : (json_int_t)state.cpu_quota));
        return r;
}

static int quota_apply(const struct change *c, const json_t *undo, char **why)
{
        uint64_t quota = 0;
        int r = quota_wanted(c, &quota, why);

        (void)undo;
        return r < 0 ? r : service_set_quota(c->sys, c->step->target, quota, why);
}

/* The quota of before, as the undo object has it. */
static uint64_t quota_before(const json_t *undo)
{
        json_int_t before = json_integer_value(json_object_get(undo, "quota"));

        return before == NO_QUOTA ? QUOTA_NONE : (uint64_t)before;
}

static int quota_stand(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_unit_state_ struct unit_state state = { 0 };
        uint64_t quota = 0;
        int r = quota_wanted(c, &quota, why);

        if (r == 0)
                r = unit_state(c, &state, why);
        if (r < 0)
                return r;
        if (state.cpu_quota == quota_before(undo))
                return STAND_BEFORE;
        if (state.cpu_quota == quota)
                return STAND_OURS;
        return fail(why, STAND_CHANGED, "its CPU limit is another now");
}

static int quota_revert(const struct change *c, const json_t *undo, char **why)
{
        return service_set_quota(c->sys, c->step->target, quota_before(undo), why);
}

const struct kind kinds_services[] = {
        { STEP_RESTART_SERVICE, N_("restart service %t"), KIND_LIVE | KIND_FINAL, restart_prepare,
          restart_apply, NULL, restart_stand },
        { STEP_SET_CPU_QUOTA, N_("limit the CPU of %t"), KIND_LIVE, quota_prepare, quota_apply,
          quota_revert, quota_stand, N_("limit the CPU of %t to %v per cent") },
        { .text = NULL },
};
