/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the users of a binary policy to the end of its conditional rules. */
#include "selinux/policy_conditions.h"

#include <errno.h>

#include "lib/util.h"
#include "selinux/policy_bytes.h"

#define VERSION_BOUNDARY 24U
#define RULE_ALLOW 0x0001U
#define RULE_EXTENDED 0x0700U /* allow, auditallow, dontaudit of ioctls: longer */
#define RULE_ENABLED 0x8000U
#define EXTENDED_MORE 30U
#define DEPTH_MAX 10 /* of an expression, the kernel's own limit */

struct reader {
        struct policy_bytes b;
        uint32_t version;
};

static size_t take(struct reader *r, uint64_t n)
{
        return bytes_take(&r->b, n);
}

static uint32_t read_u32(struct reader *r)
{
        return bytes_u32(&r->b);
}

static void skip_bitmap(struct reader *r)
{
        take(r, 8);
        take(r, (uint64_t)read_u32(r) * 12);
}

static void skip_level(struct reader *r)
{
        take(r, 4);
        skip_bitmap(r);
}

static void skip_user(struct reader *r)
{
        uint32_t len = read_u32(r);
        take(r, r->version >= VERSION_BOUNDARY ? 8 : 4);
        take(r, len);
        skip_bitmap(r);
        uint32_t levels = read_u32(r);
        take(r, (uint64_t)levels * 4);
        skip_bitmap(r);
        if (levels > 1)
                skip_bitmap(r);
        skip_level(r);
}

static void skip_sensitivity(struct reader *r)
{
        uint32_t len = read_u32(r);
        take(r, 4);
        take(r, len);
        skip_level(r);
}

static void skip_category(struct reader *r)
{
        uint32_t len = read_u32(r);
        take(r, 8);
        take(r, len);
}

static void skip_table(struct reader *r, void (*skip_one)(struct reader *))
{
        take(r, 4);
        uint32_t n = read_u32(r);
        for (uint32_t i = 0; i < n && !r->b.bad; i++)
                skip_one(r);
}

/* Their numbers are 1 to the highest, each at most once. */
static void read_booleans(struct reader *r, struct policy_conditions *c)
{
        uint32_t highest = read_u32(r), n = read_u32(r);
        if (r->b.bad || highest > (r->b.len - r->b.at) / 12) {
                r->b.bad = true;
                return;
        }
        c->booleans = xcalloc(highest + 1, sizeof(*c->booleans));
        c->n_booleans = highest;
        for (uint32_t i = 0; i < n && !r->b.bad; i++) {
                uint32_t value = read_u32(r);
                struct policy_boolean b = { .on = read_u32(r) != 0 };
                uint32_t len = read_u32(r);
                size_t name = take(r, len);
                if (value == 0 || value > highest || c->booleans[value - 1].name)
                        r->b.bad = true;
                if (r->b.bad)
                        return;
                b.name = xstrndup((const char *)r->b.image + name, len);
                c->booleans[value - 1] = b;
        }
}

/* As it stands in the image. */
struct raw {
        uint16_t source, target, class, kind;
        uint32_t allowed;
};

static void add_rule(struct policy_rules *rules, struct policy_rule rule)
{
        rules->items = xreallocarray(rules->items, rules->n + 1, sizeof(*rules->items));
        rules->items[rules->n++] = rule;
}

/* Appends the allow rules of CLASS among the next N to *OUT; does one of them not hold? */
static bool read_rules(struct reader *r, uint32_t n, uint32_t class, struct policy_rules *out)
{
        bool idle = false;
        for (uint32_t i = 0; i < n; i++) {
                struct raw raw;
                size_t at = take(r, sizeof(raw));
                if (r->b.bad)
                        break;
                memcpy(&raw, r->b.image + at, sizeof(raw));
                unsigned kind = le16toh(raw.kind);
                if (kind & RULE_EXTENDED)
                        take(r, EXTENDED_MORE);
                else if ((kind & RULE_ALLOW) && le16toh(raw.class) == class) {
                        idle |= !(kind & RULE_ENABLED);
                        add_rule(out,
                                 (struct policy_rule){ le16toh(raw.source), le16toh(raw.target),
                                                       le32toh(raw.allowed) });
                }
        }
        return idle;
}

static struct policy_boolean *boolean_of(const struct policy_conditions *c, uint32_t value)
{
        return value > 0 && value <= c->n_booleans && c->booleans[value - 1].name
                       ? &c->booleans[value - 1]
                       : NULL;
}

static struct policy_bytes expression(const struct policy_conditions *c,
                                      const struct policy_condition *condition)
{
        return (struct policy_bytes){ .image = c->image, .len = c->len, .at = condition->expr_at };
}

static void count_booleans(struct policy_conditions *c, const struct policy_condition *condition)
{
        struct policy_bytes r = expression(c, condition);
        for (uint32_t i = 0; i < condition->n_expr; i++) {
                bool names = bytes_u32(&r) == 1;
                struct policy_boolean *b = boolean_of(c, bytes_u32(&r));
                if (names && b)
                        b->counts = true;
        }
}

static void condition_free(struct policy_condition *condition)
{
        free(condition->rules[0].items);
        free(condition->rules[1].items);
}

static void read_condition(struct reader *r, uint32_t class, struct policy_conditions *c)
{
        struct policy_condition one = { 0 };
        bool idle = false;
        read_u32(r);
        one.n_expr = read_u32(r);
        one.expr_at = take(r, (uint64_t)one.n_expr * 8);
        for (unsigned met = 0; met < 2; met++)
                idle |= read_rules(r, read_u32(r), class, &one.rules[met]);
        if (r->b.bad || one.rules[0].n + one.rules[1].n == 0) {
                condition_free(&one);
                return;
        }
        if (idle)
                count_booleans(c, &one);
        c->conditions = xreallocarray(c->conditions, c->n_conditions + 1, sizeof(one));
        c->conditions[c->n_conditions++] = one;
}

int policy_conditions_read(const unsigned char *image, size_t len, size_t after_types,
                           uint32_t version, uint32_t class, struct policy_conditions *out)
{
        _cleanup_policy_conditions_ struct policy_conditions c = { .image = image, .len = len };
        struct reader r = { .b = { .image = image, .len = len, .at = after_types },
                            .version = version };
        if (after_types > len)
                return -EBADMSG;
        skip_table(&r, skip_user);
        read_booleans(&r, &c);
        skip_table(&r, skip_sensitivity);
        skip_table(&r, skip_category);
        c.table = r.b.at;
        (void)read_rules(&r, read_u32(&r), class, &c.always);
        c.table_end = r.b.at;
        uint32_t n = read_u32(&r);
        for (uint32_t i = 0; i < n && !r.b.bad; i++)
                read_condition(&r, class, &c);
        if (r.b.bad)
                return -EBADMSG;
        *out = c;
        c = (struct policy_conditions){ 0 };
        return 0;
}

void policy_conditions_free(struct policy_conditions *c)
{
        for (size_t i = 0; i < c->n_booleans; i++)
                free(c->booleans[i].name);
        for (size_t i = 0; i < c->n_conditions; i++)
                condition_free(&c->conditions[i]);
        free(c->booleans);
        free(c->conditions);
        free(c->always.items);
        *c = (struct policy_conditions){ 0 };
}

/* --- turning one over --- */

/* The two topmost become one, or the topmost another. */
static bool apply(uint32_t operator, bool * stack, int *depth)
{
        enum { NOT = 2, OR, AND, XOR, EQUAL, UNEQUAL };
        if (*depth < (operator== NOT ? 1 : 2) || operator<NOT || operator> UNEQUAL)
                return false;
        if (operator== NOT) {
                stack[*depth - 1] = !stack[*depth - 1];
                return true;
        }
        bool b = stack[--*depth], *a = &stack[*depth - 1];
        *a = operator== OR ? *a || b : operator== AND ? *a && b : (*a != b) == (operator!= EQUAL);
        return true;
}

/* With TURNED the other way. 1, 0, or -1: no expression that can be told. */
static int is_met(const struct policy_conditions *c, const struct policy_condition *condition,
                  const struct policy_boolean *turned)
{
        struct policy_bytes r = expression(c, condition);
        bool stack[DEPTH_MAX];
        int depth = 0;
        for (uint32_t i = 0; i < condition->n_expr; i++) {
                uint32_t what = bytes_u32(&r);
                const struct policy_boolean *b = boolean_of(c, bytes_u32(&r));
                if (what == 1 && b && depth < DEPTH_MAX)
                        stack[depth++] = b->on != (b == turned);
                else if (what == 1 || !apply(what, stack, &depth))
                        return -1;
        }
        return depth == 1 ? stack[0] : -1;
}

static int by_types(const void *a, const void *b)
{
        const struct policy_rule *x = a, *y = b;
        if (x->source != y->source)
                return x->source < y->source ? -1 : 1;
        return (x->target > y->target) - (x->target < y->target);
}

static void add_rules(struct policy_rules *to, const struct policy_rules *from)
{
        to->items = xreallocarray(to->items, to->n + from->n + 1, sizeof(*to->items));
        if (from->n > 0)
                memcpy(to->items + to->n, from->items, from->n * sizeof(*to->items));
        to->n += from->n;
}

void policy_rules_holding(const struct policy_conditions *c, const struct policy_boolean *b,
                          struct policy_rules *out)
{
        struct policy_rules all = { 0 };
        size_t n = 0;
        add_rules(&all, &c->always);
        for (size_t i = 0; i < c->n_conditions; i++) {
                int met = is_met(c, &c->conditions[i], b);
                if (met >= 0)
                        add_rules(&all, &c->conditions[i].rules[!met]);
        }
        qsort(all.items, all.n, sizeof(*all.items), by_types);
        for (size_t i = 0; i < all.n; i++)
                if (n > 0 && by_types(&all.items[n - 1], &all.items[i]) == 0)
                        all.items[n - 1].allowed |= all.items[i].allowed;
                else
                        all.items[n++] = all.items[i];
        all.n = n;
        *out = all;
}
