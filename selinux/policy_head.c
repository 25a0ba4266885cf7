/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The front of a binary kernel policy. */
#include "selinux/policy_head.h"

#include <errno.h>

#include "lib/util.h"
#include "selinux/policy_bytes.h"

#define MAGIC 0xf97cff8cU
#define TARGET "SE Linux"
#define CONFIG_MLS 1U
#define CONFIG_ALLOW_UNKNOWN 4U
#define NAME_MAX_LEN 4096U
#define EXPR_NAMES 5U /* a constraint's operand that carries types */
#define PROPERTY_ATTRIBUTE 2U

/* The versions that added something to the part read here. */
enum {
        VERSION_VALIDATETRANS = 19,
        VERSION_MIN = 20,
        VERSION_POLCAP = 22,
        VERSION_PERMISSIVE = 23,
        VERSION_BOUNDARY = 24,
        VERSION_OBJECT_DEFAULTS = 27,
        VERSION_DEFAULT_TYPE = 28,
        VERSION_CONSTRAINT_NAMES = 29,
        VERSION_NEVERAUDIT = 35,
        VERSION_MAX = 35,
};

struct reader {
        struct policy_bytes b;
        uint32_t version;
        struct head_class *classes;
        size_t n_classes;
        const char *type;
        uint32_t type_value; /* 0: not found */
};

static uint32_t read_u32(struct reader *r)
{
        return bytes_u32(&r->b);
}

static void skip(struct reader *r, uint64_t n)
{
        (void)bytes_take(&r->b, n);
}

struct name {
        const unsigned char *text;
        size_t len;
};

static struct name read_name(struct reader *r, uint32_t len)
{
        if (len > NAME_MAX_LEN)
                r->b.bad = true;
        size_t at = bytes_take(&r->b, len);
        return (struct name){ r->b.image + at, r->b.bad ? 0 : len };
}

/* As strings, up to a 0 byte. */
static bool is_name(struct name name, const char *wanted)
{
        size_t n = strlen(wanted);
        return name.len >= n && memcmp(name.text, wanted, n) == 0 &&
               (name.len == n || name.text[n] == '\0');
}

static void skip_bitmap(struct reader *r)
{
        if (read_u32(r) != 64)
                r->b.bad = true;
        skip(r, 4);
        skip(r, (uint64_t)read_u32(r) * 12);
}

/* One bit each of a bitmap that has to be kept until the type's number is known. */
struct bitmap {
        uint32_t *starts;
        uint64_t *maps;
        size_t n;
};

static void keep_bitmap(struct reader *r, struct bitmap *out)
{
        if (read_u32(r) != 64)
                r->b.bad = true;
        read_u32(r);
        uint32_t count = read_u32(r);
        for (uint32_t i = 0; i < count && !r->b.bad; i++) {
                uint32_t start = read_u32(r), low = read_u32(r), high = read_u32(r);
                out->starts = xreallocarray(out->starts, out->n + 1, sizeof(*out->starts));
                out->maps = xreallocarray(out->maps, out->n + 1, sizeof(*out->maps));
                out->starts[out->n] = start;
                out->maps[out->n++] = (uint64_t)high << 32 | low;
        }
}

static bool bitmap_has(const struct bitmap *map, uint32_t bit)
{
        for (size_t i = 0; i < map->n; i++)
                if (bit >= map->starts[i] && bit - map->starts[i] < 64)
                        return (map->maps[i] >> (bit - map->starts[i])) & 1;
        return false;
}

static void bitmap_free(struct bitmap *map)
{
        free(map->starts);
        free(map->maps);
}

/* Permissions of a class or a common set; GOT has a bit for each one of C that was seen. */
static void read_permissions(struct reader *r, uint32_t n, const struct head_class *c,
                             uint32_t *got)
{
        for (uint32_t i = 0; i < n && !r->b.bad; i++) {
                uint32_t len = read_u32(r);
                read_u32(r);
                struct name name = read_name(r, len);
                for (unsigned p = 0; c && c->permissions[p]; p++)
                        if (is_name(name, c->permissions[p]))
                                *got |= 1U << p;
        }
}

static void read_common(struct reader *r)
{
        uint32_t len = read_u32(r);
        read_u32(r);
        read_u32(r);
        uint32_t n = read_u32(r);
        skip(r, len);
        read_permissions(r, n, NULL, NULL);
}

static void read_constraints(struct reader *r, uint32_t n)
{
        for (uint32_t i = 0; i < n && !r->b.bad; i++) {
                read_u32(r);
                uint32_t n_expr = read_u32(r);
                for (uint32_t e = 0; e < n_expr && !r->b.bad; e++) {
                        uint32_t expr_type = read_u32(r);
                        skip(r, 8);
                        if (expr_type != EXPR_NAMES)
                                continue;
                        skip_bitmap(r);
                        if (r->version >= VERSION_CONSTRAINT_NAMES) {
                                skip_bitmap(r);
                                skip_bitmap(r);
                                read_u32(r);
                        }
                }
        }
}

static struct head_class *class_wanted(struct reader *r, struct name name)
{
        for (size_t i = 0; i < r->n_classes; i++)
                if (is_name(name, r->classes[i].name))
                        return &r->classes[i];
        return NULL;
}

static void read_class(struct reader *r)
{
        size_t at = r->b.at;
        uint32_t len = read_u32(r), common = read_u32(r), value = read_u32(r);
        skip(r, 4);
        uint32_t n = read_u32(r), n_constraints = read_u32(r);
        struct name name = read_name(r, len);
        skip(r, common);
        struct head_class *c = r->b.bad ? NULL : class_wanted(r, name);
        uint32_t got = 0;
        read_permissions(r, n, c, &got);
        read_constraints(r, n_constraints);
        if (r->version >= VERSION_VALIDATETRANS)
                read_constraints(r, read_u32(r));
        if (r->version >= VERSION_OBJECT_DEFAULTS)
                skip(r, 12);
        if (r->version >= VERSION_DEFAULT_TYPE)
                skip(r, 4);
        if (!c || r->b.bad)
                return;
        c->found = true;
        c->value = value;
        c->at = at;
        c->end = r->b.at;
        c->missing = 0;
        for (unsigned p = 0; c->permissions[p]; p++)
                c->missing += !(got & 1U << p);
}

static void read_role(struct reader *r)
{
        uint32_t len = read_u32(r);
        skip(r, r->version >= VERSION_BOUNDARY ? 8 : 4);
        skip(r, len);
        skip_bitmap(r);
        skip_bitmap(r);
}

static void read_type(struct reader *r)
{
        uint32_t len = read_u32(r), value = read_u32(r), properties = read_u32(r);
        if (r->version >= VERSION_BOUNDARY)
                read_u32(r);
        else
                properties = 0;
        struct name name = read_name(r, len);
        if (!r->b.bad && !(properties & PROPERTY_ATTRIBUTE) && is_name(name, r->type))
                r->type_value = value;
}

static void read_table(struct reader *r, void (*read_one)(struct reader *))
{
        read_u32(r);
        uint32_t n = read_u32(r);
        for (uint32_t i = 0; i < n && !r->b.bad; i++)
                read_one(r);
}

static void read_start(struct reader *r, uint32_t *config)
{
        uint32_t magic = read_u32(r), len = read_u32(r);
        if (magic != MAGIC)
                r->b.bad = true;
        struct name target = read_name(r, len);
        r->version = read_u32(r);
        *config = read_u32(r);
        skip(r, 8);
        if (!is_name(target, TARGET) || r->version < VERSION_MIN || r->version > VERSION_MAX)
                r->b.bad = true;
}

int policy_head_read(const unsigned char *image, size_t len, const char *type,
                     struct head_class *classes, size_t n_classes, struct policy_head *out)
{
        struct reader r = {
                .b = { .image = image, .len = len },
                .classes = classes,
                .n_classes = n_classes,
                .type = type,
        };
        _cleanup_(bitmap_free) struct bitmap permissive = { 0 };
        uint32_t config = 0;
        for (size_t i = 0; i < n_classes; i++)
                classes[i].found = false;
        read_start(&r, &config);
        if (r.version >= VERSION_POLCAP)
                skip_bitmap(&r);
        if (r.version >= VERSION_PERMISSIVE)
                keep_bitmap(&r, &permissive);
        if (r.version >= VERSION_NEVERAUDIT)
                skip_bitmap(&r);
        read_table(&r, read_common);
        size_t table = r.b.at;
        read_table(&r, read_class);
        size_t table_end = r.b.at;
        read_table(&r, read_role);
        read_table(&r, read_type);
        if (r.b.bad)
                return -EBADMSG;
        *out = (struct policy_head){
                .version = r.version,
                .mls = config & CONFIG_MLS,
                .deny_unknown = !(config & CONFIG_ALLOW_UNKNOWN),
                .type_found = r.type_value != 0,
                .type_permissive = r.type_value != 0 && bitmap_has(&permissive, r.type_value),
                .classes = table,
                .classes_end = table_end,
                .end = r.b.at,
        };
        return 0;
}
