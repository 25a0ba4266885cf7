/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parsers of boot menus share. For packages/boot_*.c only. */
#ifndef SECEP_KERNELS_BOOT_TEXT_H
#define SECEP_KERNELS_BOOT_TEXT_H

#include "kernels/boot_menu.h"

/* An empty entry below PARENT; NULL when there are too many. The menu's entries may move. */
struct boot_entry *boot_entry_add(struct boot_menu *menu, int parent);
void boot_entry_drop(struct boot_menu *menu); /* the last one */
void boot_text_set(char **at, const char *text);
/* The release in the path of a kernel image, malloc'ed, or NULL. */
char *boot_release_of(const char *image);

#endif
