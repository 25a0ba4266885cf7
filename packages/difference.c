/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The difference of two lists of packages. */
#include "packages/difference.h"

#include "lib/util.h"

void package_entries_add(struct package_entries *entries, const char *name, const char *version)
{
        entries->items = xreallocarray(entries->items, entries->n + 1, sizeof(*entries->items));
        entries->items[entries->n++] = (struct package_entry){ xstrdup(name), xstrdup(version) };
}

void package_entries_free(struct package_entries *entries)
{
        for (size_t i = 0; i < entries->n; i++) {
                free(entries->items[i].name);
                free(entries->items[i].version);
        }
        free(entries->items);
        *entries = (struct package_entries){ 0 };
}

static int by_name(const void *a, const void *b)
{
        const struct package_entry *x = a, *y = b;
        int c = strcmp(x->name, y->name);
        return c ? c : strcmp(x->version, y->version);
}

static bool has(const struct package_entries *entries, const struct package_entry *entry)
{
        return entries->n > 0 &&
               bsearch(entry, entries->items, entries->n, sizeof(*entry), by_name) != NULL;
}

/* A version of NAME in A that is not in B, or NULL. */
static const char *only_in(const struct package_entries *a, const struct package_entries *b,
                           const char *name)
{
        for (size_t i = 0; i < a->n; i++)
                if (streq(a->items[i].name, name) && !has(b, &a->items[i]))
                        return a->items[i].version;
        return NULL;
}

static void sort(struct package_entries *entries)
{
        if (entries->n > 0)
                qsort(entries->items, entries->n, sizeof(*entries->items), by_name);
}

void package_difference(struct package_entries *before, struct package_entries *after,
                        struct package_result *out)
{
        struct package_result found = { .cause = out->cause,
                                        .command = out->command,
                                        .candidates = out->candidates };
        sort(before);
        sort(after);
        for (size_t i = 0; i < after->n; i++)
                if (!has(before, &after->items[i]))
                        package_result_add(&found, after->items[i].name, after->items[i].version,
                                           only_in(before, after, after->items[i].name));
        for (size_t i = 0; i < before->n; i++) {
                const struct package_entry *e = &before->items[i];
                if (!has(after, e) && !only_in(after, before, e->name))
                        package_result_add(&found, e->name, "", e->version);
        }
        out->cause = out->name = out->version = NULL;
        out->command = NULL;
        out->candidates = NULL;
        package_result_free(out);
        *out = found;
}
