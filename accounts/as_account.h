/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This thread as an account, for file access alone, and itself again. A process that becomes the account
 * costs a millisecond, this some twenty system calls.
 *
 * Taken on: the supplementary groups, the real, effective and saved group, and the file system user of
 * setfsuid(2), which decides about modes and ACLs; of the capabilities only those stay in effect that
 * lead back. The groups are taken whole because FUSE asks for the real and saved ids too: as group
 * root, a mount that is root's alone would let this thread in.
 *
 * What the account could do meanwhile: nothing. kill(2) and ptrace(2) look at the real, effective and
 * saved user, which stay as they were. Only this thread changes (the system calls themselves: libc's
 * wrappers would change every thread), so no thread may be started before the end. A signal's handler
 * runs as the account: ours only note the signal (lib/stop.h). Credentials that change clear the
 * signal of prctl(PR_SET_PDEATHSIG) and make the process undumpable: both are put back.
 *
 * What this cannot tell: a file system that asks for the real or saved user, too, (FUSE, mounted by the
 * account) refuses here what it grants to the account. So a way found is one; a refusal is to be asked
 * again by a process that is the account in all. */
#ifndef SECEP_ACCOUNTS_AS_ACCOUNT_H
#define SECEP_ACCOUNTS_AS_ACCOUNT_H

#include "accounts/accounts.h"

struct as_account; /* what this thread was before */

/* 0 with *WAS, to be given to as_account_end(); or -errno, and everything is as before. */
int as_account_begin(const struct account_ids *ids, struct as_account **was);
/* Back, and WAS freed. What cannot be put back ends the process by abort(3): it would go on as somebody
 * else. */
void as_account_end(struct as_account *was);

#endif
