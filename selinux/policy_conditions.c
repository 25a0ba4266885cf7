/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the users of a binary policy to the end of its conditional rules. */
#include "selinux/policy_conditions.h"

#include <endian.h>
#include <errno.h>

#include "lib/util.h"

#define VERSION_BOUNDARY 24U
#define RULE_ALLOW 0x0001U
#define RULE_EXTENDED 0x0700U /* allow, auditallow, dontaudit of ioctls: another tail */
#define RULE_ENABLED 0x8000U
#define EXTENDED_TAIL 34U
#define RULE_TAIL 4U
#define DEPTH_MAX 10 /* of an expression, the kernel's own limit */

struct reader {
        const unsigned char *image;
        size_t len, at;
        bool bad; /* sticky: every later read gives 0 */
        uint32_t version;
};

static size_t take(struct reader *r, uint64_t n)
{
        size_t at = r->at;
        if (r->bad || n > r->len - at) {
                r->bad = true;
                return 0;
        }
        r->at += (size_t)n;
        return at;
}

static uint32_t read_u32(struct reader *r)
{
        uint32_t v;
        size_t at = take(r, sizeof(v));
        if (r->bad)
                return 0;
        memcpy(&v, r->image + at, sizeof(v));
        return le32toh(v);
}

static uint16_t read_u16(struct reader *r)
{
        uint16_t v;
        size_t at = take(r, sizeof(v));
        if (r->bad)
                return 0;
        memcpy(&v, r->image + at, sizeof(v));
        return le16toh(v);
}

static void write_u32(unsigned char *at, uint32_t v)
{
        v = htole32(v);
        memcpy(at, &v, sizeof(v));
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
        for (uint32_t i = 0; i < n && !r->bad; i++)
                skip_one(r);
}

/* Their numbers are 1 to the highest, each at most once. */
static void read_booleans(struct reader *r, struct policy_conditions *c)
{
        uint32_t highest = read_u32(r), n = read_u32(r);
        if (r->bad || highest > (r->len - r->at) / 12) {
                r->bad = true;
                return;
        }
        c->booleans = xcalloc(highest + 1, sizeof(*c->booleans));
        c->n_booleans = highest;
        for (uint32_t i = 0; i < n && !r->bad; i++) {
                uint32_t value = read_u32(r);
                struct policy_boolean b = { .state_at = r->at };
                b.on = read_u32(r) != 0;
                uint32_t len = read_u32(r);
                size_t name = take(r, len);
                if (value == 0 || value > highest || c->booleans[value - 1].name)
                        r->bad = true;
                if (r->bad)
                        return;
                b.name = xstrndup((const char *)r->image + name, len);
                c->booleans[value - 1] = b;
        }
}

struct rule {
        uint16_t class, kind;
        size_t kind_at;
};

static struct rule read_rule(struct reader *r)
{
        struct rule rule;
        take(r, 4);
        rule.class = read_u16(r);
        rule.kind_at = r->at;
        rule.kind = read_u16(r);
        take(r, rule.kind & RULE_EXTENDED ? EXTENDED_TAIL : RULE_TAIL);
        return rule;
}

/* Is an allow rule of CLASS among N rules (*ANY), and one that does not hold? */
static bool read_rules(struct reader *r, uint32_t n, uint32_t class, bool *any)
{
        bool idle = false;
        for (uint32_t i = 0; i < n && !r->bad; i++) {
                struct rule rule = read_rule(r);
                if (rule.class != class || !(rule.kind & RULE_ALLOW))
                        continue;
                *any = true;
                idle |= !(rule.kind & RULE_ENABLED);
        }
        return idle;
}

static struct policy_boolean *boolean_of(const struct policy_conditions *c, uint32_t value)
{
        return value > 0 && value <= c->n_booleans && c->booleans[value - 1].name
                       ? &c->booleans[value - 1]
                       : NULL;
}

static struct reader reader_at(const struct policy_conditions *c, size_t at)
{
        return (struct reader){ .image = c->image, .len = c->len, .at = at };
}

static void count_booleans(struct policy_conditions *c, const struct policy_condition *condition)
{
        struct reader r = reader_at(c, condition->expr_at);
        for (uint32_t i = 0; i < condition->n_expr; i++) {
                bool names = read_u32(&r) == 1;
                struct policy_boolean *b = boolean_of(c, read_u32(&r));
                if (names && b)
                        b->counts = true;
        }
}

static void read_condition(struct reader *r, uint32_t class, struct policy_conditions *c)
{
        struct policy_condition one = { .state_at = r->at };
        bool any = false, idle = false;
        read_u32(r);
        one.n_expr = read_u32(r);
        one.expr_at = r->at;
        take(r, (uint64_t)one.n_expr * 8);
        for (unsigned met = 0; met < 2; met++) {
                one.n_rules[met] = read_u32(r);
                one.rules_at[met] = r->at;
                idle |= read_rules(r, one.n_rules[met], class, &any);
        }
        if (r->bad || !any)
                return;
        if (idle)
                count_booleans(c, &one);
        c->conditions = xreallocarray(c->conditions, c->n_conditions + 1, sizeof(one));
        c->conditions[c->n_conditions++] = one;
}

int policy_conditions_read(unsigned char *image, size_t len, size_t after_types, uint32_t version,
                           uint32_t class, struct policy_conditions *out)
{
        _cleanup_policy_conditions_ struct policy_conditions c = { .image = image, .len = len };
        struct reader r = { .image = image, .len = len, .at = after_types, .version = version };
        bool any = false;
        if (after_types > len)
                return -EBADMSG;
        skip_table(&r, skip_user);
        read_booleans(&r, &c);
        skip_table(&r, skip_sensitivity);
        skip_table(&r, skip_category);
        (void)read_rules(&r, read_u32(&r), class, &any);
        uint32_t n = read_u32(&r);
        for (uint32_t i = 0; i < n && !r.bad; i++)
                read_condition(&r, class, &c);
        if (r.bad)
                return -EBADMSG;
        *out = c;
        c = (struct policy_conditions){ 0 };
        return 0;
}

void policy_conditions_free(struct policy_conditions *c)
{
        for (size_t i = 0; i < c->n_booleans; i++)
                free(c->booleans[i].name);
        free(c->booleans);
        free(c->conditions);
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

/* Is the condition met? 1, 0, or -1: no expression that can be told. */
static int is_met(const struct policy_conditions *c, const struct policy_condition *condition)
{
        struct reader r = reader_at(c, condition->expr_at);
        bool stack[DEPTH_MAX];
        int depth = 0;
        for (uint32_t i = 0; i < condition->n_expr; i++) {
                uint32_t what = read_u32(&r);
                const struct policy_boolean *b = boolean_of(c, read_u32(&r));
                if (what == 1 && b && depth < DEPTH_MAX)
                        stack[depth++] = b->on;
                else if (what == 1 || !apply(what, stack, &depth))
                        return -1;
        }
        return depth == 1 ? stack[0] : -1;
}

static void enable(struct policy_conditions *c, size_t at, uint32_t n, bool on)
{
        struct reader r = reader_at(c, at);
        for (uint32_t i = 0; i < n; i++) {
                struct rule rule = read_rule(&r);
                unsigned char *high = c->image + rule.kind_at + 1; /* little-endian */
                *high = (unsigned char)(on ? *high | RULE_ENABLED >> 8
                                           : *high & ~(RULE_ENABLED >> 8));
        }
}

void policy_boolean_turn(struct policy_conditions *c, struct policy_boolean *b)
{
        b->on = !b->on;
        write_u32(c->image + b->state_at, b->on);
        for (size_t i = 0; i < c->n_conditions; i++) {
                const struct policy_condition *one = &c->conditions[i];
                int met = is_met(c, one);
                write_u32(c->image + one->state_at, (uint32_t)met);
                enable(c, one->rules_at[0], one->n_rules[0], met == 1);
                enable(c, one->rules_at[1], one->n_rules[1], met == 0);
        }
}
