/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tries of escape that are system calls and no paths: true when it would work. */
#ifndef SECEP_TESTS_ESCAPE_H
#define SECEP_TESTS_ESCAPE_H

#include <stdbool.h>

/* A file, and a socket without one, that the test puts outside of the root. */
extern const char *secret;

bool traces(void);
bool handles(void);
bool modules(void);
bool programs(void);
bool keys(void);
bool user_namespace(void);
bool clone_namespace(void);
bool clone3_namespace(void);
bool other_namespace(void);
bool clock_and_name(void);
bool capabilities(void);
bool abstract_socket(void);

#endif
