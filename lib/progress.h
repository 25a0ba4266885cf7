/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far a long step is, told to whoever shows it. */
#ifndef SECEP_LIB_PROGRESS_H
#define SECEP_LIB_PROGRESS_H

struct progress {
        void (*tell)(void *data, const char *what, int percent); /* percent -1: not known */
        void *data;
};

static inline void progress_tell(const struct progress *p, const char *what, int percent)
{
        if (p && p->tell)
                p->tell(p->data, what, percent);
}

#endif
