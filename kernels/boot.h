/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel that boots next, read from the boot loader's own files, and making another one the
 * default. */
#ifndef SECEP_KERNELS_BOOT_H
#define SECEP_KERNELS_BOOT_H

#include "kernels/boot_menu.h"
#include "lib/sys.h"

enum boot_loader {
        BOOT_UNKNOWN, /* none whose files we read */
        BOOT_GRUB,
        BOOT_SYSTEMD, /* systemd-boot: entries of the Boot Loader Specification, no grub.cfg */
};

struct boot {
        enum boot_loader loader;
        const char *config; /* grub.cfg or loader.conf */
        const char *env;    /* GRUB's environment block */
        char *once;         /* next_entry: for the next boot alone; NULL: none */
        char *saved;        /* saved_entry; NULL: none */
        struct boot_menu menu;
};

/* Reads what there is. 0 (BOOT_UNKNOWN included), or -errno with *WHY for a file that is there and
 * cannot be read. */
int boot_read(const struct sys *sys, struct boot *out, char **why);
void boot_free(struct boot *boot);
#define _cleanup_boot_ _cleanup_(boot_free)

/* The entry that will be started without a hand at the menu; NULL: not known. */
const struct boot_entry *boot_default(const struct boot *boot);

/* Is the initial RAM disk there that entry E names (or names it none)? GRUB sees /boot, or the file
 * system of it: its last part counts. */
bool boot_initrd_there(const struct sys *sys, const struct boot_entry *e);

/* The release that boots next, malloc'ed: what the boot loader's files say (*TOLD true, may be
 * NULL), else the newest in /lib/modules. 0, -ENOENT with *WHY where there is no kernel at all, or
 * -errno. */
int boot_next(const struct sys *sys, char **release, bool *told, char **why);

/* The release asked about: sys->release, else the one that boots next (boot_next). Checked. */
int release_asked(const struct sys *sys, char **out, char **why);

/* --- another default --- */

/* Read by update-grub after /etc/default/grub, this one last of all. */
#define BOOT_DROPIN "/etc/default/grub.d/zz-secep-kernel.cfg"

enum boot_setter {
        BOOT_BY_HAND,
        BOOT_BY_DROPIN, /* BOOT_DROPIN and update-grub */
        BOOT_BY_GRUBBY, /* grubby --set-default; GRUB keeps it as saved_entry */
};
enum boot_setter boot_setter(const struct sys *sys, const struct boot *boot);
/* What a person does where we cannot, for a sentence: "run ...". malloc'ed. */
char *boot_by_hand(const struct boot *boot, const char *release);

/* The text of BOOT_DROPIN that makes RELEASE the default, also before its own menu entry is there:
 * Debian's ids differ in the release only. 0, or -ENOENT with *WHY: no entry to go by. */
int boot_dropin(const struct sys *sys, const struct boot *boot, const char *release, char **text,
                char **why);

/* Programs of the root, run in it; LOCK_FD is kept open by them (-1: none). 0 or -errno with *WHY.
 * boot_saved(): "grub2-editenv", VALUE NULL takes saved_entry out. */
int boot_update_grub(const struct sys *sys, int lock_fd, char **why);
int boot_grubby(const struct sys *sys, int lock_fd, const char *release, char **why);
int boot_add_entry(const struct sys *sys, int lock_fd, const char *release, char **why);
int boot_saved(const struct sys *sys, int lock_fd, const struct boot *boot, const char *value,
               char **why);

#endif
