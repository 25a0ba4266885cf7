/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Repairs that fail again until a person has arranged something. */
#ifndef SECEP_REPAIR_FAILURE_H
#define SECEP_REPAIR_FAILURE_H

/* What a person arranges where a step or a run ended with the errno -R, untranslated and static;
 * NULL: the same repair may work the next time (a lock, a network, a full disk, a
 * tool's own failure). */
const char *failure_advice(int r);

#endif
