/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks of fault 5 write down. */
#include "faults/scan_user.h"
#include "lib/i18n.h"

void look_ail(struct look *l, enum verdict verdict, const char *cause, const char *fmt, ...)
{
        __typeof__(l->fault) *first = verdict == VERDICT_BLOCKED ? &l->blocked : &l->fault;
        if (first->why)
                return;
        va_list ap;
        va_start(ap, fmt);
        first->why = xvasprintf(_(fmt), ap);
        va_end(ap);
        first->verdict = verdict;
        first->cause = cause;
        first->told = l->f->n_evidence;
}

void look_untold(struct look *l, int error, const char *fmt, ...)
{
        if (l->error)
                return;
        va_list ap;
        va_start(ap, fmt);
        l->untold = xvasprintf(_(fmt), ap);
        va_end(ap);
        l->error = error;
}
