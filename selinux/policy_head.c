/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The front of a binary kernel policy. */
#include "selinux/policy_head.h"

#include <endian.h>
#include <errno.h>

#include "lib/util.h"

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
        FILE *file;
        bool bad; /* sticky: every later read gives 0 */
        uint32_t version;
        struct head_class *classes;
        size_t n_classes;
        const char *type;
        uint32_t type_value; /* 0: not found */
};

static uint32_t read_u32(struct reader *r)
{
        uint32_t v;
        if (r->bad || fread(&v, sizeof(v), 1, r->file) != 1) {
                r->bad = true;
                return 0;
        }
        return le32toh(v);
}

static void skip(struct reader *r, size_t n)
{
        char data[512];
        while (n > 0 && !r->bad) {
                size_t want = n < sizeof(data) ? n : sizeof(data);
                r->bad = fread(data, 1, want, r->file) != want;
                n -= want;
        }
}

static void read_name(struct reader *r, uint32_t len, char name[static NAME_MAX_LEN + 1])
{
        if (len > NAME_MAX_LEN || (len > 0 && !r->bad && fread(name, 1, len, r->file) != len))
                r->bad = true;
        name[r->bad ? 0 : len] = '\0';
}

/* Reads a bitmap and tells whether BIT is in it. */
static bool read_bitmap(struct reader *r, uint32_t bit)
{
        bool found = false;
        uint32_t unit = read_u32(r);
        read_u32(r);
        uint32_t count = read_u32(r);
        if (unit != 64 && !r->bad)
                r->bad = true;
        for (uint32_t i = 0; i < count && !r->bad; i++) {
                uint32_t start = read_u32(r), low = read_u32(r), high = read_u32(r);
                if (bit >= start && bit - start < 64)
                        found = (((uint64_t)high << 32 | low) >> (bit - start)) & 1;
        }
        return found;
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
                r->bad = true;
        read_u32(r);
        uint32_t count = read_u32(r);
        for (uint32_t i = 0; i < count && !r->bad; i++) {
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
        char name[NAME_MAX_LEN + 1];
        for (uint32_t i = 0; i < n && !r->bad; i++) {
                uint32_t len = read_u32(r);
                read_u32(r);
                read_name(r, len, name);
                for (unsigned p = 0; c && c->permissions[p]; p++)
                        if (streq(c->permissions[p], name))
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
        for (uint32_t i = 0; i < n && !r->bad; i++) {
                read_u32(r);
                uint32_t n_expr = read_u32(r);
                for (uint32_t e = 0; e < n_expr && !r->bad; e++) {
                        uint32_t expr_type = read_u32(r);
                        skip(r, 8);
                        if (expr_type != EXPR_NAMES)
                                continue;
                        read_bitmap(r, 0);
                        if (r->version >= VERSION_CONSTRAINT_NAMES) {
                                read_bitmap(r, 0);
                                read_bitmap(r, 0);
                                read_u32(r);
                        }
                }
        }
}

static struct head_class *class_wanted(struct reader *r, const char *name)
{
        for (size_t i = 0; i < r->n_classes; i++)
                if (streq(r->classes[i].name, name))
                        return &r->classes[i];
        return NULL;
}

static void read_class(struct reader *r)
{
        char name[NAME_MAX_LEN + 1];
        uint32_t len = read_u32(r), common = read_u32(r), value = read_u32(r);
        skip(r, 4);
        uint32_t n = read_u32(r), n_constraints = read_u32(r);
        read_name(r, len, name);
        skip(r, common);
        struct head_class *c = r->bad ? NULL : class_wanted(r, name);
        uint32_t got = 0;
        read_permissions(r, n, c, &got);
        read_constraints(r, n_constraints);
        if (r->version >= VERSION_VALIDATETRANS)
                read_constraints(r, read_u32(r));
        if (r->version >= VERSION_OBJECT_DEFAULTS)
                skip(r, 12);
        if (r->version >= VERSION_DEFAULT_TYPE)
                skip(r, 4);
        if (!c || r->bad)
                return;
        c->found = true;
        c->value = value;
        c->missing = 0;
        for (unsigned p = 0; c->permissions[p]; p++)
                c->missing += !(got & 1U << p);
}

static void read_role(struct reader *r)
{
        uint32_t len = read_u32(r);
        skip(r, r->version >= VERSION_BOUNDARY ? 8 : 4);
        skip(r, len);
        read_bitmap(r, 0);
        read_bitmap(r, 0);
}

static void read_type(struct reader *r)
{
        char name[NAME_MAX_LEN + 1];
        uint32_t len = read_u32(r), value = read_u32(r), properties = read_u32(r);
        if (r->version >= VERSION_BOUNDARY)
                read_u32(r);
        else
                properties = 0;
        read_name(r, len, name);
        if (!r->bad && !(properties & PROPERTY_ATTRIBUTE) && streq(name, r->type))
                r->type_value = value;
}

static void read_table(struct reader *r, void (*read_one)(struct reader *))
{
        read_u32(r);
        uint32_t n = read_u32(r);
        for (uint32_t i = 0; i < n && !r->bad; i++)
                read_one(r);
}

static void read_start(struct reader *r, uint32_t *config)
{
        char target[NAME_MAX_LEN + 1];
        uint32_t magic = read_u32(r), len = read_u32(r);
        if (magic != MAGIC)
                r->bad = true;
        read_name(r, len, target);
        r->version = read_u32(r);
        *config = read_u32(r);
        skip(r, 8);
        if (!streq(target, TARGET) || r->version < VERSION_MIN || r->version > VERSION_MAX)
                r->bad = true;
}

int policy_head_read(FILE *file, const char *type, struct head_class *classes, size_t n_classes,
                     struct policy_head *out)
{
        struct reader r = {
                .file = file, .classes = classes, .n_classes = n_classes, .type = type
        };
        _cleanup_(bitmap_free) struct bitmap permissive = { 0 };
        uint32_t config = 0;
        for (size_t i = 0; i < n_classes; i++)
                classes[i].found = false;
        rewind(file);
        read_start(&r, &config);
        if (r.version >= VERSION_POLCAP)
                read_bitmap(&r, 0);
        if (r.version >= VERSION_PERMISSIVE)
                keep_bitmap(&r, &permissive);
        if (r.version >= VERSION_NEVERAUDIT)
                read_bitmap(&r, 0);
        void (*const tables[])(struct reader *) = { read_common, read_class, read_role, read_type };
        for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
                read_table(&r, tables[i]);
        long end = ftell(file);
        if (r.bad || end < 0)
                return ferror(file) ? -EIO : -EBADMSG;
        *out = (struct policy_head){
                .version = r.version,
                .mls = config & CONFIG_MLS,
                .deny_unknown = !(config & CONFIG_ALLOW_UNKNOWN),
                .type_found = r.type_value != 0,
                .type_permissive = r.type_value != 0 && bitmap_has(&permissive, r.type_value),
                .end = (size_t)end,
        };
        return 0;
}
