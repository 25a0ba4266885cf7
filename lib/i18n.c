/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gettext in a locale of its own. */
#include "lib/i18n.h"

#include <libintl.h>
#include <locale.h>

#include "lib/util.h"

#define DOMAIN "secep"

static locale_t language; /* NULL: not opened yet, or English */

/* A catalogue holds format strings: none comes from where somebody points to. */
static bool names_path(void)
{
        static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE",
                                             I18N_HANDED };
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                const char *value = getenv(names[i]);
                if (value && strpbrk(value, "/%"))
                        return true;
        }
        return false;
}

static const char *wanted(void)
{
        static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                const char *value = getenv(names[i]);
                if (value && *value)
                        return value;
        }
        return "C";
}

/* English is what the sentences are: no locale is set up for it, which takes a tenth of a check. LANGUAGE may
 * ask for another one, except of "C". */
static bool is_english(const char *name)
{
        if (streq(name, "C") || streq(name, "POSIX"))
                return true;
        const char *language_list = getenv("LANGUAGE");
        return (startswith(name, "C.") || startswith(name, "en_")) &&
               !(language_list && *language_list) && !getenv(I18N_HANDED);
}

/* A host with few locales made has our catalogue all the same: asked for as LANGUAGE. */
static locale_t without_locale(const char *name)
{
        if (streq(name, "C") || streq(name, "POSIX") || startswith(name, "C."))
                return NULL;
        _cleanup_free_ char *plain = strndup(name, strcspn(name, ".@"));
        if (plain)
                setenv("LANGUAGE", plain, 0);
        return newlocale(LC_MESSAGES_MASK | LC_CTYPE_MASK, "C.UTF-8", NULL);
}

static locale_t language_open(void)
{
        if (is_english(wanted()))
                return NULL;
        locale_t made = newlocale(LC_MESSAGES_MASK | LC_CTYPE_MASK, "", NULL);
        return made ? made : without_locale(wanted());
}

void i18n_begin(void)
{
        if (names_path())
                return;
        bindtextdomain(DOMAIN, LOCALE_DIR);
        bind_textdomain_codeset(DOMAIN, "UTF-8");
        textdomain(DOMAIN);
        static const char any[] = "."; /* the catalogue is read here, not in a worker's root */
        (void)i18n_text(any);
}

void i18n_end(void)
{
        textdomain("messages");
}

/* A plug-in has a copy of this file: libc's domain, one a process, is what it knows of the program's wish. */
static bool is_on(void)
{
        if (!streq(textdomain(NULL), DOMAIN))
                return false;
        static bool tried;
        if (!language && !tried)
                language = language_open();
        tried = true;
        return language != NULL;
}

char *i18n_languages(void)
{
        if (!is_on())
                return NULL;
        const char *asked = getenv("LANGUAGE");
        if (asked && *asked)
                return strdup(asked);
        return strndup(wanted(), strcspn(wanted(), ".@"));
}

/* The state that a look-up goes by, for the time of one. */
struct speaking {
        locale_t before;
        bool handed;
};

static struct speaking speak(void)
{
        const char *handed = getenv(I18N_HANDED);
        if (handed)
                setenv("LANGUAGE", handed, 1);
        return (struct speaking){ uselocale(language), handed != NULL };
}

static void hush(struct speaking s)
{
        uselocale(s.before);
        if (s.handed)
                unsetenv("LANGUAGE");
}

const char *i18n_text(const char *text)
{
        if (!*text || !is_on())
                return text;
        struct speaking s = speak();
        const char *said = dgettext(DOMAIN, text);
        hush(s);
        return said;
}

const char *i18n_plural(const char *one, const char *many, unsigned long n)
{
        if (!is_on())
                return n == 1 ? one : many;
        struct speaking s = speak();
        const char *said = dngettext(DOMAIN, one, many, n);
        hush(s);
        return said;
}
