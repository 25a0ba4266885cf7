/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The language of people. What is for machines (JSON, ids, causes, names of steps) is English always:
 * a program that answers so does not call i18n_begin(). The process's own locale stays "C", so that no
 * library changes what it says or how it reads numbers. */
#ifndef SECEP_LIB_I18N_H
#define SECEP_LIB_I18N_H

#ifdef __cplusplus
extern "C" {
#endif

/* TEXT in the language of the environment, TEXT itself where there is no translation. Functions that
 * take a format of a sentence (fail(), finding_set(), ...) ask this themselves. */
const char *i18n_text(const char *text) __attribute__((format_arg(1)));
/* The same of one or many, chosen by N. */
const char *i18n_plural(const char *one, const char *many, unsigned long n)
        __attribute__((format_arg(1), format_arg(2)));

#define _(text) i18n_text(text)
#ifdef SECEP_POT /* po/update.sh looks for the call */
#define N_(text) i18n_text(text)
#else
#define N_(text) text /* in a table: translated where it is printed */
#endif

/* Takes the language of LC_ALL, LC_MESSAGES, LANG and LANGUAGE from here on; none where one of them
 * names a path. */
void i18n_begin(void);
/* English again: the answer is for a machine. */
void i18n_end(void);

/* The languages asked for, as LANGUAGE has them, malloc'ed; NULL for English (and without memory). A worker that clears its
 * environment keeps them as I18N_HANDED: LANGUAGE would be obeyed by the programs it starts, whose
 * words are read. What was looked up before is there in another root, too. */
#define I18N_HANDED "SECEP_LANGUAGE"
char *i18n_languages(void);

#ifdef __cplusplus
}
#endif
#endif
