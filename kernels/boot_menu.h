/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot menus as text: GRUB's grub.cfg and environment block, Boot Loader Specification entries.
 * Pure and forgiving: whatever is in the text, what is no menu is passed over. */
#ifndef SECEP_KERNELS_BOOT_MENU_H
#define SECEP_KERNELS_BOOT_MENU_H

#include <stdbool.h>
#include <stddef.h>

struct boot_entry {
        int parent; /* index of the submenu it stands in, -1 at the top */
        bool submenu;
        char *title, *id; /* never NULL; id is the title where there is none of its own */
        char *release;    /* of the kernel; NULL: not known */
        char *initrd;     /* NULL: none named */
};

struct boot_menu {
        struct boot_entry *entries; /* a submenu before what is in it */
        size_t n;
        char *preset;     /* grub.cfg's default, an expression such as ${saved_entry}; NULL: none */
        bool once;        /* grub.cfg heeds next_entry */
        bool names_first; /* Red Hat's GRUB: an entry's name counts before a number */
        bool bls;         /* grub.cfg takes in the entries of the Boot Loader Specification */
};

/* Appends what TEXT of LEN bytes has; the entries of BLS (may be NULL) come where grub.cfg asks for
 * them. */
void grub_parse(const char *text, size_t len, const struct boot_menu *bls, struct boot_menu *out);
/* The value of KEY in an environment block, malloc'ed, or NULL. */
char *grub_env_get(const char *text, size_t len, const char *key);

/* Appends the entry of file ID.conf, unless it names nothing that the loader (GRUB or systemd-boot) starts. */
void bls_parse(const char *id, const char *text, size_t len, bool grub, struct boot_menu *out);
/* Newest release first, as blscfg shows them. */
void bls_sort(struct boot_menu *menu, bool grub);
/* "NAME+0" or "NAME+0-3": boot counting has given the entry up. */
bool bls_tries_used_up(const char *id);

/* The entry GRUB starts for SPEC: a number from 0, a title or an id, submenus before it with '>'
 * between ("1>2"); a part that fits nothing is the first entry, in which the next part counts all
 * the same. NULL: none. */
const struct boot_entry *boot_pick(const struct boot_menu *menu, const char *spec);
/* The entry that starts RELEASE normally: not a recovery entry, and one that names the release in
 * its id rather than one that will be another kernel's tomorrow. NULL: none. */
const struct boot_entry *boot_find(const struct boot_menu *menu, const char *release);
/* What boot_pick() takes for entry E. malloc'ed. */
char *boot_spec(const struct boot_menu *menu, const struct boot_entry *e);

void boot_menu_free(struct boot_menu *menu);

#endif
