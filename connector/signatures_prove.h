/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The digital signatures, by libclamav in a child that can do nothing else. */
#ifndef SECEP_CONNECTOR_SIGNATURES_PROVE_H
#define SECEP_CONNECTOR_SIGNATURES_PROVE_H

#include "connector/signatures.h"

/* Fills `proof` of every good file, turns one that does not verify into a bad one where another of
 * its folder does, and tells in `note` and `proof_refused` where libclamav gave no answer. */
void signatures_prove(const struct sys *sys, struct signatures *all);

#endif
