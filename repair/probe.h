/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking the probe of a fault. */
#ifndef SECEP_REPAIR_PROBE_H
#define SECEP_REPAIR_PROBE_H

#include "faults/fault.h"

/* The answer replaces what is in F; a probe that fails is an answer too: could not tell. */
void look(const struct sys *sys, const struct fault *fault, struct finding *f);
/* The same, proving what a look can only guess. */
void look_deep(const struct sys *sys, const struct fault *fault, struct finding *f);
/* As deep as FAULT needs before something is done about it: in depth where a look leaves it open. */
void look_to_act(const struct sys *sys, const struct fault *fault, struct finding *f);

#endif
