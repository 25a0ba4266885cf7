/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What 16 asks of a root, and whether another kernel would do. */
#include "connector/connector.h"
#include "faults/kernel_compat.h"
#include "kernels/boot.h"

int kernel_question_ask(const struct sys *sys, struct kernel_question *q, char **why)
{
        int r = release_asked(sys, &q->release, why);
        if (r == 0)
                q->version_error = connector_version(sys, &q->version, &q->version_why);
        if (r == 0)
                r = compat_load(sys, &q->compat, why);
        if (r == 0)
                r = os_release_read(sys, &q->os, why);
        return r;
}

void kernel_question_free(struct kernel_question *q)
{
        free(q->release);
        free(q->version);
        free(q->version_why);
        compat_free(&q->compat);
        keyfile_free(&q->os);
}

void kernel_question_drop(void *q)
{
        kernel_question_free(q);
        free(q);
}

bool kernel_fits(const struct kernel_question *q, const char *release)
{
        bool known = compat_judge(&q->compat, &q->os, release, q->version, NULL) == COMPAT_FITS;
        return known && !streq(release, q->release) &&
               (!q->refused || release_compare(release, q->release) < 0);
}
