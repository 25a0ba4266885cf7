/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linked with -Wl,--wrap=_exit: a child that ends by _exit() leaves its counts, too. */
#include <gcov.h>

void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));

void __wrap__exit(int status)
{
        __gcov_dump();
        __real__exit(status);
}
