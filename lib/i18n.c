/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the catalogues are. */
#include "lib/i18n.h"

#include <locale.h>

void i18n_begin(void)
{
        /* gettext() wants a character set of the locale, too, to recode for it: ours is UTF-8 */
        setlocale(LC_MESSAGES, "");
        setlocale(LC_CTYPE, "");
        bindtextdomain("secep", LOCALE_DIR);
        bind_textdomain_codeset("secep", "UTF-8");
        textdomain("secep");
}
