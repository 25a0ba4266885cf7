/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The language of people. What is for machines (JSON, ids, causes, names of steps) is English always:
 * a program that is to answer so does not call i18n_begin(). */
#ifndef SECEP_LIB_I18N_H
#define SECEP_LIB_I18N_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text /* in a table: translated where it is printed */

/* Takes the language of the environment from here on. Numbers and characters are not looked at
 * differently: only messages are. */
void i18n_begin(void);

#endif
