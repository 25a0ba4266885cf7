/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of the D-Bus wire format (D-Bus Specification 0.43, "Message Format") as one question for
 * a property needs: calls of two strings, and answers of one text or number. */
#ifndef SECEP_HOST_BUS_MESSAGE_H
#define SECEP_HOST_BUS_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#define BUS_CALL_MAX 1024
#define BUS_HEAD_SIZE ((size_t)16)

struct bus_call {
        unsigned char bytes[BUS_CALL_MAX];
        size_t len;
};

/* The call org.freedesktop.DBus.Properties.Get(INTERFACE, PROPERTY) to OBJECT of DESTINATION. 0 or
 * -EMSGSIZE. */
int bus_call_get(struct bus_call *call, uint32_t serial, const char *destination,
                 const char *object, const char *interface, const char *property);

struct bus_answer {
        uint32_t serial; /* of the call it answers; 0: it is no answer to one */
        char type;       /* 's', 'i', 'u'; 0: an error, or another type */
        char text[32];   /* of 's' */
        uint32_t number; /* of the others */
};

/* Bytes of the whole message whose first BUS_HEAD_SIZE are at HEAD; 0: no message, or one of more
 * than MAX. */
size_t bus_size(const unsigned char *head, size_t max);

/* Reads a whole message of LEN bytes, whatever is in it. 0 or -EBADMSG. */
int bus_read(const unsigned char *message, size_t len, struct bus_answer *out);

#endif
