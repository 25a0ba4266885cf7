/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the netlink client: its socket, its families, traffic, and messages of all kinds. */
#ifndef TESTS_TOOLS_NETLINK_H
#define TESTS_TOOLS_NETLINK_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

#define NETLINK_ROOM 16384

/* A family that the client speaks. */
struct spoken {
        const char *word, *name; /* in the command line, in the kernel */
        uint8_t version, rec_hello;
        void (*on_event)(const struct nlmsghdr *head); /* any other command */
};
extern const struct spoken fsm, nke;
extern const struct spoken *spoken;

struct step {
        const char *name; /* NULL: the end */
        int (*run)(const char *arg);
};
extern const struct step nke_steps[], traffic_steps[];

extern struct mnl_socket *nl; /* NULL: not open */
extern uint16_t family;
extern uint32_t sequence; /* of the last message */
extern unsigned long events;
extern bool quietly; /* events are counted, not printed */

/* Prints a line at once. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A new message in the one buffer there is; the next call overwrites it. */
struct nlmsghdr *begin(uint16_t type, uint8_t command, uint8_t version);

/* Reads one datagram without waiting. 1: the answer to message SEQ is in it, with its errno and the
 * kernel's words, which last until the next call; 0: not yet. */
int take(uint32_t seq, int *error, const char **words);
bool wait_for_more(int ms);

/* Sends and waits for the answer, which is printed after WHAT. 0, or 1: there was none. */
int ask(const char *what, const struct nlmsghdr *head);

/* A new socket that knows the family; 1: cannot. */
int open_socket(void);

/* The step fuzz. ARG: SEED,N */
int do_fuzz(const char *arg);

/* The number that ARG begins with, and what follows it and a comma; 0 and "": none. */
uint32_t number_of(const char **arg);
#endif
