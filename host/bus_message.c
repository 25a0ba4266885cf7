/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of D-Bus, written and read. */
#include "host/bus_message.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { METHOD_CALL = 1, METHOD_RETURN = 2, METHOD_ERROR = 3 };
enum {
        FIELD_PATH = 1,
        FIELD_INTERFACE = 2,
        FIELD_MEMBER = 3,
        FIELD_REPLY_SERIAL = 5,
        FIELD_DESTINATION = 6,
        FIELD_SIGNATURE = 8
};

static size_t padded(size_t at, size_t to)
{
        return (at + to - 1) & ~(to - 1);
}

/* --- written --- */

/* Past the end it only counts: put_* need no error of their own. */
static void put(struct bus_call *c, const void *bytes, size_t n)
{
        if (c->len <= sizeof(c->bytes) && n <= sizeof(c->bytes) - c->len)
                memcpy(c->bytes + c->len, bytes, n);
        c->len += n;
}

static void put_padding(struct bus_call *c, size_t to)
{
        static const char zeros[8];
        put(c, zeros, padded(c->len, to) - c->len);
}

static void put_u32(struct bus_call *c, uint32_t number)
{
        put_padding(c, sizeof(number));
        number = htole32(number);
        put(c, &number, sizeof(number));
}

static void put_text(struct bus_call *c, const char *text)
{
        put_u32(c, (uint32_t)strlen(text));
        put(c, text, strlen(text) + 1);
}

static void put_field(struct bus_call *c, char code, char type, const char *text)
{
        const char head[] = { code, 1, type, 0 };
        put_padding(c, 8);
        put(c, head, sizeof(head));
        put_text(c, text);
}

static void put_signature(struct bus_call *c, const char *signature)
{
        const unsigned char head[] = { FIELD_SIGNATURE, 1, 'g', 0,
                                       (unsigned char)strlen(signature) };
        put_padding(c, 8);
        put(c, head, sizeof(head));
        put(c, signature, strlen(signature) + 1);
}

static void patch_u32(struct bus_call *c, size_t at, size_t number)
{
        uint32_t wire = htole32((uint32_t)number);
        if (c->len <= sizeof(c->bytes))
                memcpy(c->bytes + at, &wire, sizeof(wire));
}

int bus_call_get(struct bus_call *call, uint32_t serial, const char *destination,
                 const char *object, const char *interface, const char *property)
{
        static const char head[] = { 'l', METHOD_CALL, 0, 1 };
        struct bus_call c = { .len = 0 };
        put(&c, head, sizeof(head));
        put_u32(&c, 0); /* of the body, patched below */
        put_u32(&c, serial);
        put_u32(&c, 0); /* of the fields, likewise */
        put_field(&c, FIELD_PATH, 'o', object);
        put_field(&c, FIELD_DESTINATION, 's', destination);
        put_field(&c, FIELD_INTERFACE, 's', "org.freedesktop.DBus.Properties");
        put_field(&c, FIELD_MEMBER, 's', "Get");
        put_signature(&c, "ss");
        patch_u32(&c, 12, c.len - BUS_HEAD_SIZE);
        put_padding(&c, 8);
        size_t body = c.len;
        put_text(&c, interface);
        put_text(&c, property);
        patch_u32(&c, 4, c.len - body);
        if (c.len > sizeof(c.bytes))
                return -EMSGSIZE;
        *call = c;
        return 0;
}

/* --- read --- */

struct reading {
        const unsigned char *bytes;
        size_t at, end;
        bool big; /* the sender's byte order */
};

static uint32_t u32_at(const unsigned char *bytes, bool big)
{
        uint32_t number;
        memcpy(&number, bytes, sizeof(number));
        return big ? be32toh(number) : le32toh(number);
}

static bool take(struct reading *r, size_t align, size_t n, const unsigned char **out)
{
        size_t at = padded(r->at, align);
        if (at > r->end || n > r->end - at)
                return false;
        *out = r->bytes + at;
        r->at = at + n;
        return true;
}

static bool take_u32(struct reading *r, uint32_t *out)
{
        const unsigned char *at;
        if (!take(r, sizeof(*out), sizeof(*out), &at))
                return false;
        *out = u32_at(at, r->big);
        return true;
}

static bool take_text(struct reading *r, const char **out)
{
        const unsigned char *at;
        uint32_t n;
        if (!take_u32(r, &n) || n == UINT32_MAX || !take(r, 1, (size_t)n + 1, &at) || at[n] != 0)
                return false;
        *out = (const char *)at;
        return true;
}

/* A signature of one complete type of one letter: all that is expected here; *TYPE 0: another. */
static bool take_signature(struct reading *r, char *type)
{
        const unsigned char *length, *at;
        if (!take(r, 1, 1, &length) || !take(r, 1, (size_t)*length + 1, &at) || at[*length] != 0)
                return false;
        *type = 0;
        if (*length == 1)
                memcpy(type, at, 1);
        return true;
}

/* One field of the head: of interest is only which call is answered. */
static bool take_field(struct reading *r, struct bus_answer *out)
{
        const unsigned char *code;
        const char *text;
        uint32_t number;
        char type, ignored;
        if (!take(r, 8, 1, &code) || !take_signature(r, &type))
                return false;
        switch (type) {
        case 's':
        case 'o':
                return take_text(r, &text);
        case 'g':
                return take_signature(r, &ignored);
        case 'u':
                if (!take_u32(r, &number))
                        return false;
                if (*code == FIELD_REPLY_SERIAL)
                        out->serial = number;
                return true;
        default:
                return false;
        }
}

static bool take_value(struct reading *r, struct bus_answer *out)
{
        const char *text;
        char type;
        if (!take_signature(r, &type))
                return false;
        if (type == 's') {
                if (!take_text(r, &text) || strlen(text) >= sizeof(out->text))
                        return false;
                strcpy(out->text, text);
        } else if (type != 'i' && type != 'u') {
                return true;
        } else if (!take_u32(r, &out->number)) {
                return false;
        }
        out->type = type;
        return true;
}

size_t bus_size(const unsigned char *head, size_t max)
{
        bool big = head[0] == 'B';
        size_t body = u32_at(head + 4, big), fields = u32_at(head + 12, big);
        if ((!big && head[0] != 'l') || fields > max || body > max)
                return 0;
        size_t size = padded(BUS_HEAD_SIZE + fields, 8) + body;
        return size <= max ? size : 0;
}

int bus_read(const unsigned char *message, size_t len, struct bus_answer *out)
{
        struct bus_answer answer = { .serial = 0 };
        if (len < BUS_HEAD_SIZE || bus_size(message, len) != len)
                return -EBADMSG;
        bool big = message[0] == 'B';
        struct reading r = { message, BUS_HEAD_SIZE, BUS_HEAD_SIZE + u32_at(message + 12, big),
                             big };
        while (r.at < r.end)
                if (!take_field(&r, &answer))
                        return -EBADMSG;
        r.at = padded(r.end, 8);
        r.end = len;
        if (message[1] == METHOD_RETURN && answer.serial && r.at < r.end &&
            !take_value(&r, &answer))
                return -EBADMSG;
        if (message[1] != METHOD_RETURN && message[1] != METHOD_ERROR)
                answer.serial = 0;
        *out = answer;
        return 0;
}
