/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which boolean of a binary policy takes an access away: turned over in a copy in memory, and the copy
 * asked. libsepol's shared library tells nothing of conditional rules. */
#include <ctype.h>
#include <errno.h>
#include <sepol/boolean_record.h>
#include <sepol/booleans.h>
#include <sepol/handle.h>
#include <sepol/debug.h>
#include <sepol/policydb.h>

#include "lib/util.h"
#include "selinux/ask_file.h"

#define POLICY_MAX ((size_t)64 << 20)

struct boolean {
        char *name;
        int value;
};

struct booleans {
        sepol_handle_t *handle;
        sepol_policydb_t *policy;
        struct boolean *all;
        size_t n;
        const char *context;
        struct selinux_question *question;
};

static void booleans_free(struct booleans *b)
{
        for (size_t i = 0; i < b->n; i++)
                free(b->all[i].name);
        free(b->all);
        sepol_policydb_free(b->policy);
        if (b->handle)
                sepol_handle_destroy(b->handle);
}
#define _cleanup_booleans_ _cleanup_(booleans_free)

static int on_boolean(const sepol_bool_t *boolean, void *data)
{
        struct booleans *b = data;
        b->all = xreallocarray(b->all, b->n + 1, sizeof(*b->all));
        b->all[b->n++] = (struct boolean){ xstrdup(sepol_bool_get_name(boolean)),
                                           sepol_bool_get_value(boolean) };
        return 0;
}

static int booleans_read(struct booleans *b, FILE *file)
{
        sepol_policy_file_t *from = NULL;
        b->handle = sepol_handle_create();
        if (!b->handle || sepol_policydb_create(&b->policy) < 0 ||
            sepol_policy_file_create(&from) < 0)
                return -ENOMEM;
        sepol_msg_set_callback(b->handle, NULL, NULL);
        sepol_policy_file_set_handle(from, b->handle);
        sepol_policy_file_set_fp(from, file);
        int r = sepol_policydb_read(b->policy, from) < 0 ? -EBADMSG : 0;
        sepol_policy_file_free(from);
        return r == 0 && sepol_bool_iterate(b->handle, b->policy, on_boolean, b) < 0 ? -EBADMSG : r;
}

static int set(const struct booleans *b, const struct boolean *boolean, int value)
{
        sepol_bool_key_t *key = NULL;
        sepol_bool_t *record = NULL;
        int r = -EBADMSG;
        if (sepol_bool_key_create(b->handle, boolean->name, &key) == 0 &&
            sepol_bool_create(b->handle, &record) == 0 &&
            sepol_bool_set_name(b->handle, record, boolean->name) == 0) {
                sepol_bool_set_value(record, value);
                r = sepol_bool_set(b->handle, b->policy, key, record) < 0 ? -EBADMSG : 0;
        }
        sepol_bool_free(record);
        sepol_bool_key_free(key);
        return r;
}

/* With the booleans FROM to TO turned over, is the access allowed? 1, 0 or -errno. */
static int allowed_without(struct booleans *b, size_t from, size_t to)
{
        void *image = NULL;
        size_t len = 0;
        int r = 0;
        for (size_t i = 0; i < b->n && r == 0; i++)
                r = set(b, &b->all[i], b->all[i].value != (i >= from && i < to));
        if (r < 0 || sepol_policydb_to_image(b->handle, b->policy, &image, &len) < 0)
                return r < 0 ? r : -EBADMSG;
        _cleanup_fclose_ FILE *file = fmemopen(image, len, "r");
        r = file ? selinux_ask_file(file, b->context, b->question, 1) : -ENOMEM;
        free(image);
        return r < 0 ? r : b->question->answer == SELINUX_ALLOWED;
}

static int by_bpf(const void *a, const void *b)
{
        const struct boolean *x = a, *y = b;
        bool xb = strstr(x->name, "bpf"), yb = strstr(y->name, "bpf");
        return xb != yb ? yb - xb : strcmp(x->name, y->name);
}

/* The one among FROM to TO that is enough alone; 1 with *FOUND, 0: no single one. */
static int bisect(struct booleans *b, size_t from, size_t to, size_t *found)
{
        int r = allowed_without(b, from, to);
        while (r > 0 && to - from > 1) {
                size_t middle = from + (to - from) / 2;
                r = allowed_without(b, from, middle);
                if (r > 0) {
                        to = middle;
                } else if (r == 0) {
                        from = middle;
                        r = allowed_without(b, from, to);
                }
        }
        *found = from;
        return r;
}

static bool in_name(unsigned char c)
{
        return isalnum(c) || c == '_';
}

/* Of a boolean the file has three little-endian words, its number, its state and the length of its
 * name, and then the name. What follows may look like more of it. */
static bool is_boolean(const unsigned char *text, size_t len, size_t at)
{
        size_t from = at;
        while (from > 0 && in_name(text[from - 1]))
                from--;
        if (from < 12)
                return false;
        const unsigned char *head = text + from - 8;
        size_t name = head[4];
        bool fits = head[0] <= 1 && !head[1] && !head[2] && !head[3] && !head[5] && !head[6] &&
                    !head[7] && name <= len - from && at + strlen("bpf") <= from + name;
        if (!fits || name == strlen("bpf")) /* the class, whose head looks alike */
                return false;
        for (size_t i = from; i < from + name; i++)
                fits &= in_name(text[i]);
        return fits;
}

bool selinux_has_bpf_boolean(const struct sys *sys, const char *path)
{
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        if (sys_read(sys, path, POLICY_MAX, &text, &len) < 0)
                return false;
        const char *end = text + len;
        for (const char *p = text; (p = memmem(p, (size_t)(end - p), "bpf", 3)); p += 3)
                if (is_boolean((const unsigned char *)text, len, (size_t)(p - text)))
                        return true;
        return false;
}

int selinux_denied_boolean(const struct sys *sys, const char *path, const char *context,
                           const struct selinux_question *question, char **name, bool *on)
{
        struct selinux_question q = { .security_class = question->security_class,
                                      .permissions = question->permissions };
        _cleanup_booleans_ struct booleans b = { .context = context, .question = &q };
        _cleanup_fclose_ FILE *file = NULL;
        size_t of_bpf = 0, found = 0;
        int r = selinux_open_policy(sys, path, &file, NULL);
        if (r == 0)
                r = booleans_read(&b, file);
        if (r < 0 || b.n == 0)
                return r;
        qsort(b.all, b.n, sizeof(*b.all), by_bpf);
        while (of_bpf < b.n && strstr(b.all[of_bpf].name, "bpf"))
                of_bpf++;
        r = of_bpf ? bisect(&b, 0, of_bpf, &found) : 0;
        if (r == 0 && of_bpf < b.n)
                r = bisect(&b, of_bpf, b.n, &found);
        if (r > 0) {
                *name = xstrdup(b.all[found].name);
                *on = b.all[found].value != 0;
        }
        return r;
}
