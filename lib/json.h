/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A few shorthands over jansson: owned references, optional strings, bounded reading. */
#ifndef SECEP_LIB_JSON_H
#define SECEP_LIB_JSON_H

#include <jansson.h>
#include <stdio.h>

static inline void cleanup_json(json_t **j)
{
        json_decref(*j);
}
#define _cleanup_json_ _cleanup_(cleanup_json)

/* The string at KEY of OBJECT, or NULL where it is absent or no string. Owned by OBJECT. */
const char *json_text(const json_t *object, const char *key);

/* S as a JSON string, JSON null for NULL; bytes that are not UTF-8 become U+FFFD. New reference. */
json_t *json_text_new(const char *s);

/* The integer at KEY of OBJECT, 0 where it is absent or none; and sets it. */
static inline json_int_t json_number(const json_t *object, const char *key)
{
        return json_integer_value(json_object_get(object, key));
}
static inline void json_set_number(json_t *object, const char *key, json_int_t n)
{
        json_object_set_new(object, key, json_integer(n));
}

/* Prints J on one line and a newline. What a terminal would obey or show in another order (lib/clean.h)
 * goes out as \uXXXX, which means the same to a reader of JSON. */
void json_print(const json_t *j, FILE *to);

#endif
