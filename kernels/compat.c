/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-compat.conf: parsing and judging. */
#include "kernels/compat.h"

#include <ctype.h>
#include <errno.h>

#include "kernels/release.h"
#include "lib/os_release.h"
#include "lib/util.h"

#define COMPAT_MAX ((size_t)256 * 1024)

__asm__(".pushsection .rodata\n"
        ".globl compat_shipped, compat_shipped_end\n"
        "compat_shipped:\n"
        ".incbin \"data/kernel-compat.conf\"\n"
        "compat_shipped_end:\n"
        ".byte 0\n"
        ".popsection\n");
extern const char compat_shipped[] __attribute__((visibility("hidden")));
extern const char compat_shipped_end[] __attribute__((visibility("hidden")));

/* --- parsing --- */

static size_t version_length(const char *s)
{
        return isdigit((unsigned char)*s) ? strspn(s, "0123456789.") : 0;
}

/* "8", "8-", "-8", "8-9". */
static bool is_range(const char *s)
{
        size_t low = version_length(s);
        const char *rest = s + low;
        if (*rest == '\0')
                return low > 0;
        if (*rest != '-')
                return false;
        size_t high = version_length(++rest);
        return rest[high] == '\0' && low + high > 0;
}

static bool is_word(const char *s)
{
        s += *s == '-';
        size_t n = 0;
        while (isalnum((unsigned char)s[n]) || (s[n] && strchr("._-", s[n])))
                n++;
        return n > 0 && s[n] == '\0';
}

static char **row_field(struct compat_row *row, const char *key, bool (**valid)(const char *))
{
        const struct {
                const char *key;
                char **field;
                bool (*valid)(const char *);
        } fields[] = {
                { "Distribution", &row->distribution, is_word },
                { "Major", &row->major, is_range },
                { "Flavour", &row->flavour, is_word },
                { "Kernel", &row->kernel, is_range },
                { "Connector", &row->connector, is_range },
        };
        for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
                if (streq(fields[i].key, key)) {
                        *valid = fields[i].valid;
                        return fields[i].field;
                }
        return NULL;
}

static void row_free(struct compat_row *row)
{
        free(row->name);
        free(row->distribution);
        free(row->major);
        free(row->flavour);
        free(row->kernel);
        free(row->connector);
        *row = (struct compat_row){ 0 };
}

static struct compat_row *row_of(struct compat *compat, const char *name)
{
        for (size_t i = 0; i < compat->n; i++)
                if (streq(compat->rows[i].name, name))
                        return &compat->rows[i];
        compat->rows = xreallocarray(compat->rows, compat->n + 1, sizeof(*compat->rows));
        compat->rows[compat->n] = (struct compat_row){ .name = xstrdup(name) };
        return &compat->rows[compat->n++];
}

static int take_entry(struct compat *fresh, const char *name, const struct keyfile_entry *e,
                      char **why)
{
        bool (*valid)(const char *) = NULL;
        if (!*e->section)
                return fail(why, -EBADMSG, "%s:%u: %s stands before the first [section]", name,
                            e->line, e->key);
        char **field = row_field(row_of(fresh, e->section), e->key, &valid);
        if (!field)
                return fail(why, -EBADMSG, "%s:%u: unknown key %s", name, e->line, e->key);
        if (*field)
                return fail(why, -EBADMSG, "%s:%u: %s stands twice in [%s]", name, e->line, e->key,
                            e->section);
        if (!valid(e->value))
                return fail(why, -EBADMSG, "%s:%u: %s=%s is not of the form it must have", name,
                            e->line, e->key, e->value);
        *field = xstrdup(e->value);
        return 0;
}

static void merge(struct compat *compat, struct compat *fresh)
{
        for (size_t i = 0; i < fresh->n; i++) {
                struct compat_row *old = row_of(compat, fresh->rows[i].name);
                row_free(old);
                *old = fresh->rows[i];
        }
        free(fresh->rows);
        *fresh = (struct compat){ 0 };
}

int compat_parse(struct compat *compat, const char *name, const char *text, size_t len, char **why)
{
        struct keyfile kf = { 0 };
        _cleanup_compat_ struct compat fresh = { 0 };
        int r = keyfile_parse(name, text, len, &kf, why);
        for (size_t i = 0; r == 0 && i < kf.n; i++)
                r = take_entry(&fresh, name, &kf.entries[i], why);
        keyfile_free(&kf);
        for (size_t i = 0; r == 0 && i < fresh.n; i++)
                if (!fresh.rows[i].distribution)
                        r = fail(why, -EBADMSG, "%s: [%s] has no Distribution", name,
                                 fresh.rows[i].name);
        if (r == 0)
                merge(compat, &fresh);
        return r;
}

int compat_load(const struct sys *sys, struct compat *out, char **why)
{
        _cleanup_compat_ struct compat compat = { 0 };
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        int r = compat_parse(&compat, "kernel-compat.conf", compat_shipped,
                             (size_t)(compat_shipped_end - compat_shipped), why);
        if (r < 0)
                return r;
        r = sys_read(sys, COMPAT_PATH, COMPAT_MAX, &text, &len);
        if (r < 0 && r != -ENOENT)
                return fail(why, r, "%s: %s", COMPAT_PATH, sys_why(r));
        if (r == 0)
                r = compat_parse(&compat, COMPAT_PATH, text, len, why);
        else
                r = 0;
        if (r < 0)
                return r;
        *out = compat;
        compat = (struct compat){ 0 };
        return 0;
}

void compat_free(struct compat *compat)
{
        for (size_t i = 0; i < compat->n; i++)
                row_free(&compat->rows[i]);
        free(compat->rows);
        *compat = (struct compat){ 0 };
}

#define RHEL_MAJOR_END 20 /* far from today's 10, below any numbering by years */

/* --- judging --- */

/* Compares as many numbers as BOUND has: "8" holds 8.10, "1.13.0" does not hold 1.12. */
static int compare_to(const char *version, const char *bound, size_t bound_len)
{
        unsigned dots = 0;
        for (size_t i = 0; i < bound_len; i++)
                dots += bound[i] == '.';
        size_t n = 0;
        for (unsigned seen = 0; version[n]; n++)
                if (version[n] == '.' && seen++ == dots)
                        break;
        _cleanup_free_ char *v = xstrndup(version, n), *b = xstrndup(bound, bound_len);
        return version_compare(v, b);
}

/* <0 below the range, 0 in it, >0 above. */
static int place(const char *version, const char *range)
{
        if (!range)
                return 0;
        size_t low = version_length(range);
        if (low && compare_to(version, range, low) < 0)
                return -1;
        const char *high = range[low] == '-' ? range + low + 1 : range;
        size_t n = version_length(high);
        return n && compare_to(version, high, n) > 0 ? 1 : 0;
}

static bool flavour_fits(const char *flavour, const char *release)
{
        if (!flavour)
                return true;
        bool not = *flavour == '-';
        return (strstr(release, flavour + not ) != NULL) != not ;
}

/* A distribution "like" RHEL that counts in years or in releases of its own is no rebuild of it. */
static bool numbered_as_rhel(const struct keyfile *os, const char *major)
{
        const char *platform = keyfile_get(os, "", "PLATFORM_ID");
        if (platform)
                return startswith(platform, "platform:el");
        return !major || strtol(major, NULL, 10) < RHEL_MAJOR_END;
}

static bool concerns(const struct compat_row *row, const struct keyfile *os, const char *release)
{
        const char *major = keyfile_get(os, "", "VERSION_ID"), *id = keyfile_get(os, "", "ID");
        /* VERSION_ID counts in the numbering of its own distribution, or of one it rebuilds. */
        bool own = id && streq(id, row->distribution);
        bool like = os_release_is(os, row->distribution) && streq(row->distribution, "rhel") &&
                    numbered_as_rhel(os, major);
        return (own || like) && (!row->major || (major && place(major, row->major) == 0)) &&
               flavour_fits(row->flavour, release);
}

enum compat_answer compat_judge(const struct compat *compat, const struct keyfile *os,
                                const char *release, const char *connector,
                                const struct compat_row **row)
{
        _cleanup_free_ char *kernel = xstrndup(release, version_length(release));
        const struct compat_row *best = NULL;
        enum compat_answer answer = COMPAT_NO_ROW;
        for (size_t i = 0; i < compat->n && answer != COMPAT_FITS; i++) {
                const struct compat_row *r = &compat->rows[i];
                if (!concerns(r, os, release))
                        continue;
                int k = place(kernel, r->kernel);
                int c = k == 0 && connector ? place(connector, r->connector) : 0;
                best = r;
                answer = k == 0 && c == 0 ? COMPAT_FITS
                         : k > 0 || c < 0 ? COMPAT_TOO_NEW
                                          : COMPAT_TOO_OLD;
        }
        if (row)
                *row = best;
        return answer;
}
