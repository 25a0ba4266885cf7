/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of options that need judging. */
#include "repair/options_values.h"

#include <errno.h>
#include <sys/stat.h>

#include "faults/allow.h"
#include "lib/i18n.h"
#include "lib/nearest.h"

static const struct fault *fault_named(const char *word)
{
        long id;
        if (parse_long(word, 1, 10000, &id) == 0)
                return fault_by_id((int)id);
        for (const struct fault *const *f = faults; *f; f++)
                if (streq((*f)->slug, word))
                        return *f;
        return NULL;
}

static int refuse_fault(const char *word, char **why)
{
        const char *slugs[FAULTS_COUNT];
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                slugs[i] = faults[i]->slug;
        _cleanup_free_ char *meant = nearest_hint("", word, slugs, FAULTS_COUNT);
        return fail(why, -EINVAL, "--fault %s: no such fault%s; secep-repair --list names them",
                    word, meant);
}

static int add_fault(struct options *o, const char *word, char **why)
{
        const struct fault *fault = fault_named(word);
        if (!fault)
                return refuse_fault(word, why);
        size_t n = 0;
        for (; o->faults[n]; n++)
                if (o->faults[n] == fault)
                        return fail(why, -EINVAL, "--fault %s is given twice", word);
        o->faults[n] = fault;
        return 0;
}

int option_fault(struct options *o, const char *value, char **why)
{
        int r;
        do {
                size_t n = strcspn(value, ",");
                _cleanup_free_ char *word = xstrndup(value, n);
                r = add_fault(o, word, why);
                value += n;
        } while (r == 0 && *value++ == ',');
        return r;
}

/* A release becomes part of paths and package names. */
int option_kernel(struct options *o, const char *value, char **why)
{
        static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789.+~_-";
        if (!*value || strchr("0123456789", *value) == NULL || strlen(value) > 128 ||
            strspn(value, allowed) != strlen(value))
                return fail(why, -EINVAL, "--kernel %s: not a kernel release as uname -r prints it",
                            value);
        o->release = value;
        return 0;
}

static void remember(struct options *o, const char *word)
{
        size_t n = 0;
        while (o->allowed[n] && !streq(o->allowed[n], word))
                n++;
        if (n < ALLOWED_MAX)
                o->allowed[n] = word;
}

int option_allow(struct options *o, const char *value, char **why)
{
        static const enum allow bits[] = { ALLOW_KERNEL_CHANGE, ALLOW_THROTTLE, ALLOW_SECOND_MODULE,
                                           ALLOW_AGAIN, ALLOW_BOOLEAN };
        static const char *const names[ARRAY_SIZE(bits)] = { "kernel-change", "throttle",
                                                             "second-module", "again", "boolean" };
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                if (streq(value, names[i])) {
                        o->allow |= bits[i];
                        remember(o, names[i]);
                        return 0;
                }
        _cleanup_free_ char *meant = nearest_hint("", value, names, ARRAY_SIZE(names));
        return fail(why, -EINVAL,
                    "--allow %s: not kernel-change, throttle, second-module, again or boolean%s",
                    value, meant);
}

int option_directory(const char *flag, const char *value, char **why)
{
        struct stat st;
        if (stat(value, &st) < 0)
                return fail(why, -EINVAL, "%s %s: %s", flag, value, error_text(errno));
        if (!S_ISDIR(st.st_mode))
                return fail(why, -EINVAL, "%s %s: not a directory", flag, value);
        return 0;
}
