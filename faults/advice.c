/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands for people, right for the distribution. */
#include "faults/advice.h"

#include "lib/os_release.h"
#include "lib/shell.h"
#include "packages/packages.h"

/* TEXT and a space and WORD, quoted; NULL from then on where a word cannot be quoted. */
static char *add_word(char *text, const char *word)
{
        _cleanup_free_ char *old = text, *quoted = shell_word(word);
        return old && quoted ? xasprintf("%s%s%s", old, *old ? " " : "", quoted) : NULL;
}

/* Takes TEXT over. */
static void say(struct finding *f, char *text)
{
        _cleanup_free_ char *command = text;
        /* a line feed is what finding_do() refuses: its own words stand there then */
        finding_do(f, DO_COMMAND, "%s", command ? command : "\n");
}

/* IDS as --fault takes them. */
static void say_ours(const struct sys *sys, struct finding *f, const char *ids, const char *more)
{
        char *text = xstrdup("secep-repair");
        if (!sys->live)
                text = add_word(add_word(text, "--root"), sys->root);
        if (sys->release_given)
                text = add_word(add_word(text, "--kernel"), sys->release);
        text = add_word(add_word(text, "--fault"), ids);
        _cleanup_free_ char *head = text;
        say(f, head ? xasprintf("%s%s%s", head, *more ? " " : "", more) : NULL);
}

void advice_ours(const struct sys *sys, struct finding *f, int id, const char *more)
{
        _cleanup_free_ char *number = xasprintf("%d", id);
        say_ours(sys, f, number, more);
}

void advice_before(const struct sys *sys, struct finding *f, const struct fault *first, int id)
{
        _cleanup_finding_ struct finding holds = FINDING_INIT;
        _cleanup_free_ char *both = xasprintf("%d,%d", first->id, id);
        if (first->probe(sys, &holds) >= 0 &&
            (holds.verdict == VERDICT_OK || holds.verdict == VERDICT_NOT_APPLICABLE))
                finding_do(f, DO_PERSON, "install the headers of that kernel, then repair again");
        else
                say_ours(sys, f, both, "");
}

void advice_run(const struct sys *sys, struct finding *f, ...)
{
        char *text = xstrdup("");
        if (!sys->live)
                text = add_word(add_word(text, "chroot"), sys->root);
        va_list ap;
        va_start(ap, f);
        for (const char *word; (word = va_arg(ap, const char *));)
                text = add_word(text, word);
        va_end(ap);
        say(f, text);
}

void advice_argv(const struct sys *sys, struct finding *f, char *const *argv)
{
        char *text = xstrdup("");
        if (!sys->live)
                text = add_word(add_word(text, "chroot"), sys->root);
        for (; *argv; argv++)
                text = add_word(text, *argv);
        say(f, text);
}

/* What installs a package here: its program, and its words for doing so again. */
static const struct installer {
        enum package_kind kind;
        const char *like; /* NULL: whatever the distribution */
        const char *program, *again, *option;
} installers[] = {
        { PACKAGES_DPKG, NULL, "apt-get", "install", "--reinstall" },
        { PACKAGES_RPM, "suse", "zypper", "install", "--force" },
        { PACKAGES_RPM, NULL, "dnf", "reinstall", NULL },
};

static const struct installer *installer_of(const struct sys *sys)
{
        struct keyfile os = { 0 };
        const struct installer *found = NULL;
        enum package_kind kind = package_kind(sys);
        (void)os_release_read(sys, &os, NULL);
        for (size_t i = 0; i < ARRAY_SIZE(installers) && !found; i++)
                if (installers[i].kind == kind && (!installers[i].like || package_os_is_suse(&os)))
                        found = &installers[i];
        keyfile_free(&os);
        return found;
}

void advice_package(const struct sys *sys, struct finding *f, const char *name, bool again)
{
        const struct installer *i = installer_of(sys);
        if (!i)
                finding_do(f, DO_PERSON, "install the package %s", name);
        else if (!again)
                advice_run(sys, f, i->program, "install", name, (char *)NULL);
        else if (i->option)
                advice_run(sys, f, i->program, i->again, i->option, name, (char *)NULL);
        else
                advice_run(sys, f, i->program, i->again, name, (char *)NULL);
}
