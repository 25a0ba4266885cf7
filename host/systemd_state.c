/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ownership of a unit's state, for the plug-in and for whoever asked it. */
#include "host/systemd.h"
#include "lib/util.h"

void unit_state_free(struct unit_state *state)
{
        free(state->active);
        free(state->sub);
        free(state->result);
        free(state->cgroup);
        free(state->source);
        *state = (struct unit_state){ 0 };
}
