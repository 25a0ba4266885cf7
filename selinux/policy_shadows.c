/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A binary policy with the rules of a class as they would be. Layout: as in policy_conditions.c. */
#include "selinux/policy_shadows.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>

#include "lib/util.h"
#include "selinux/policy_bytes.h"

#define RULES_MAX ((size_t)1 << 20) /* of all shadows; Fedora's whole policy has a tenth of it */
#define RULE_ALLOW 0x0001U
#define RULE_SIZE 12

/* Where the words of a class's entry stand, and its name. */
enum { CLASS_NAME_LENGTH = 0, CLASS_VALUE = 8, CLASS_NAME = 24 };

struct made {
        unsigned char *bytes;
        size_t len;
};

static void add(struct made *m, const unsigned char *bytes, size_t n)
{
        memcpy(m->bytes + m->len, bytes, n);
        m->len += n;
}

static void add_u32(struct made *m, uint32_t v)
{
        v = htole32(v);
        add(m, (const unsigned char *)&v, sizeof(v));
}

static void add_u16(struct made *m, uint16_t v)
{
        v = htole16(v);
        add(m, (const unsigned char *)&v, sizeof(v));
}

static uint32_t word(const struct policy_conditions *c, size_t at)
{
        struct policy_bytes b = { .image = c->image, .len = c->len, .at = at };
        return bytes_u32(&b);
}

void policy_shadow_name(size_t i, char name[static SHADOW_NAME])
{
        snprintf(name, SHADOW_NAME, "secep-turned-%c", (char)('a' + i));
}

static void add_class(struct made *m, const struct policy_conditions *c,
                      const struct head_class *class, size_t shadow, uint32_t value)
{
        const unsigned char *from = c->image + class->at;
        size_t length = word(c, class->at + CLASS_NAME_LENGTH);
        char name[SHADOW_NAME];
        policy_shadow_name(shadow, name);
        add_u32(m, (uint32_t)strlen(name));
        add(m, from + 4, CLASS_VALUE - 4);
        add_u32(m, value);
        add(m, from + CLASS_VALUE + 4, CLASS_NAME - CLASS_VALUE - 4);
        add(m, (const unsigned char *)name, strlen(name));
        add(m, from + CLASS_NAME + length, class->end - class->at - CLASS_NAME - length);
}

static void add_rules(struct made *m, const struct policy_rules *rules, uint32_t class)
{
        for (size_t i = 0; i < rules->n; i++) {
                add_u16(m, rules->items[i].source);
                add_u16(m, rules->items[i].target);
                add_u16(m, (uint16_t) class);
                add_u16(m, RULE_ALLOW);
                add_u32(m, rules->items[i].allowed);
        }
}

/* The policy with N shadows, whose rules are RULES, TOTAL in all. */
static void make(const struct policy_conditions *c, const struct policy_head *head,
                 const struct head_class *class, const struct policy_rules *rules, size_t n,
                 size_t total, struct made *m)
{
        uint32_t highest = word(c, head->classes), count = word(c, head->classes + 4);
        size_t more = n * (class->end - class->at + SHADOW_NAME) + total * RULE_SIZE;
        m->bytes = xreallocarray(NULL, c->len + more, 1);
        add(m, c->image, head->classes);
        add_u32(m, highest + (uint32_t)n);
        add_u32(m, count + (uint32_t)n);
        add(m, c->image + head->classes + 8, head->classes_end - head->classes - 8);
        for (size_t i = 0; i < n; i++)
                add_class(m, c, class, i, highest + 1 + (uint32_t)i);
        add(m, c->image + head->classes_end, c->table - head->classes_end);
        add_u32(m, word(c, c->table) + (uint32_t)total);
        add(m, c->image + c->table + 4, c->table_end - c->table - 4);
        for (size_t i = 0; i < n; i++)
                add_rules(m, &rules[i], highest + 1 + (uint32_t)i);
        add(m, c->image + c->table_end, c->len - c->table_end);
}

/* Which booleans have one, and their rules; how many there are. */
static size_t gather(const struct policy_conditions *c, struct policy_rules *rules,
                     struct policy_shadows *out)
{
        size_t total = 0;
        for (size_t i = 0; i < c->n_booleans && total <= RULES_MAX; i++) {
                const struct policy_boolean *b = &c->booleans[i];
                if (!b->counts)
                        continue;
                if (out->n == SHADOWS_MAX) {
                        out->more = true;
                        break;
                }
                policy_rules_holding(c, b, &rules[out->n]);
                total += rules[out->n].n;
                out->items[out->n++] = (struct policy_shadow){ xstrdup(b->name), b->on };
        }
        return total;
}

int policy_shadows_make(const struct policy_conditions *c, const struct policy_head *head,
                        const struct head_class *class, unsigned char **image, size_t *len,
                        struct policy_shadows *out)
{
        struct policy_rules rules[SHADOWS_MAX] = { 0 };
        struct policy_shadows shadows = { .n = 0 };
        struct made m = { 0 };
        size_t total = gather(c, rules, &shadows);
        bool fits = total <= RULES_MAX && word(c, head->classes) <= UINT16_MAX - SHADOWS_MAX;
        int r = shadows.n == 0 ? -ENOENT : fits ? 0 : -E2BIG;
        if (r == 0) {
                make(c, head, class, rules, shadows.n, total, &m);
                *image = m.bytes;
                *len = m.len;
                *out = shadows;
        } else {
                policy_shadows_free(&shadows);
        }
        for (size_t i = 0; i < SHADOWS_MAX; i++)
                free(rules[i].items);
        return r;
}

void policy_shadows_free(struct policy_shadows *shadows)
{
        for (size_t i = 0; i < shadows->n; i++)
                free(shadows->items[i].boolean);
        *shadows = (struct policy_shadows){ .n = 0 };
}
