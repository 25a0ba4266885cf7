/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The boot loader's files, and what they say of the next boot. */
#include "kernels/boot.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>

#include "kernels/release.h"
#include "lib/util.h"

#define CONFIG_MAX ((size_t)4 * 1024 * 1024)
#define ENTRY_MAX ((size_t)64 * 1024)
#define FILES_MAX 512

/* The first that is there. */
static const struct {
        enum boot_loader loader;
        const char *config, *env, *entries;
} places[] = {
        { BOOT_GRUB, "/boot/grub2/grub.cfg", "/boot/grub2/grubenv", "/boot/loader/entries" },
        { BOOT_GRUB, "/etc/grub2-efi.cfg", "/boot/grub2/grubenv", "/boot/loader/entries" },
        { BOOT_GRUB, "/boot/grub/grub.cfg", "/boot/grub/grubenv", "/boot/loader/entries" },
        { BOOT_SYSTEMD, "/efi/loader/loader.conf", NULL, "/efi/loader/entries" },
        { BOOT_SYSTEMD, "/boot/efi/loader/loader.conf", NULL, "/boot/efi/loader/entries" },
        { BOOT_SYSTEMD, "/boot/loader/loader.conf", NULL, "/boot/loader/entries" },
};

/* --- reading --- */

static int read_there(const struct sys *sys, const char *path, size_t max, char **text, size_t *len,
                      char **why)
{
        int r = sys_read(sys, path, max, text, len);
        return r < 0 && r != -ENOENT ? fail(why, r, "%s: %s", path, sys_why(r)) : r;
}

static int read_entry(const struct sys *sys, const char *dir, const char *name, bool grub,
                      struct boot_menu *menu, char **why)
{
        static const char suffix[] = ".conf";
        size_t n = strlen(name), tail = sizeof(suffix) - 1, len;
        if (n <= tail || !streq(name + n - tail, suffix) || menu->n >= FILES_MAX)
                return 0;
        _cleanup_free_ char *path = xasprintf("%s/%s", dir, name);
        _cleanup_free_ char *id = xstrndup(name, n - tail), *text = NULL;
        int r = read_there(sys, path, ENTRY_MAX, &text, &len, why);
        if (r == 0)
                bls_parse(id, text, len, grub, menu);
        return r == -ENOENT ? 0 : r;
}

static int read_entries(const struct sys *sys, const char *dir, bool grub, struct boot_menu *menu,
                        char **why)
{
        _cleanup_closedir_ DIR *d = NULL;
        int r = sys_opendir(sys, dir, &d);
        if (r < 0)
                return r == -ENOENT || r == -ENOTDIR ? 0 : fail(why, r, "%s: %m", dir);
        for (struct dirent *e; r == 0 && (e = readdir(d));)
                r = read_entry(sys, dir, e->d_name, grub, menu, why);
        bls_sort(menu, grub);
        return r;
}

static int read_env(const struct sys *sys, struct boot *boot, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len;
        int r = read_there(sys, boot->env, ENTRY_MAX, &text, &len, why);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        boot->saved = grub_env_get(text, len, "saved_entry");
        boot->once = grub_env_get(text, len, "next_entry");
        return 0;
}

static int read_grub(const struct sys *sys, const char *entries, const char *text, size_t len,
                     struct boot *boot, char **why)
{
        struct boot_menu bls = { 0 };
        int r = read_entries(sys, entries, true, &bls, why);
        if (r == 0)
                r = read_env(sys, boot, why);
        if (r == 0)
                grub_parse(text, len, &bls, &boot->menu);
        boot->menu.names_first = strstr(boot->config, "grub2") != NULL;
        boot_menu_free(&bls);
        return r;
}

static int read_systemd(const struct sys *sys, const char *entries, char *text, struct boot *boot,
                        char **why)
{
        char *save = NULL;
        for (char *l = strtok_r(text, "\r\n", &save); l; l = strtok_r(NULL, "\r\n", &save)) {
                l += strspn(l, " \t");
                if (startswith(l, "default ") || startswith(l, "default\t")) {
                        free(boot->menu.preset);
                        boot->menu.preset = xstrdup(l + 8 + strspn(l + 8, " \t"));
                }
        }
        return read_entries(sys, entries, false, &boot->menu, why);
}

int boot_read(const struct sys *sys, struct boot *out, char **why)
{
        for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
                _cleanup_free_ char *text = NULL;
                size_t len;
                int r = read_there(sys, places[i].config, CONFIG_MAX, &text, &len, why);
                if (r == -ENOENT)
                        continue;
                struct boot boot = { places[i].loader, places[i].config, places[i].env };
                if (r == 0)
                        r = boot.loader == BOOT_GRUB
                                    ? read_grub(sys, places[i].entries, text, len, &boot, why)
                                    : read_systemd(sys, places[i].entries, text, &boot, why);
                if (r < 0) {
                        boot_free(&boot);
                        return r;
                }
                *out = boot;
                return 0;
        }
        *out = (struct boot){ .loader = BOOT_UNKNOWN };
        return 0;
}

void boot_free(struct boot *boot)
{
        free(boot->once);
        free(boot->saved);
        boot_menu_free(&boot->menu);
        *boot = (struct boot){ 0 };
}

/* --- answering --- */

static const struct boot_entry *grub_default(const struct boot *boot)
{
        const char *preset = boot->menu.preset ? boot->menu.preset : "0";
        if (boot->menu.once && boot->once && *boot->once)
                preset = boot->once;
        else if (strstr(preset, "saved_entry") || strstr(preset, "${"))
                preset = strstr(preset, "saved_entry") && boot->saved ? boot->saved : "0";
        return boot_pick(&boot->menu, preset);
}

/* Its pattern is matched with the file's name. NULL, not known: "@saved" stands in an EFI variable,
 * and what boot counting gave up is not started. */
static const struct boot_entry *systemd_default(const struct boot *boot)
{
        if (boot->menu.preset && *boot->menu.preset == '@')
                return NULL;
        for (size_t i = 0; boot->menu.preset && i < boot->menu.n; i++) {
                const struct boot_entry *e = &boot->menu.entries[i];
                _cleanup_free_ char *file = xasprintf("%s.conf", e->id);
                if (fnmatch(boot->menu.preset, file, FNM_CASEFOLD) == 0 ||
                    fnmatch(boot->menu.preset, e->id, FNM_CASEFOLD) == 0)
                        return bls_tries_used_up(e->id) ? NULL : e;
        }
        return boot->menu.n && !bls_tries_used_up(boot->menu.entries->id) ? boot->menu.entries
                                                                          : NULL;
}

const struct boot_entry *boot_default(const struct boot *boot)
{
        return boot->loader == BOOT_GRUB      ? grub_default(boot)
               : boot->loader == BOOT_SYSTEMD ? systemd_default(boot)
                                              : NULL;
}

bool boot_initrd_there(const struct sys *sys, const struct boot_entry *e)
{
        const char *slash = e->initrd ? strrchr(e->initrd, '/') : NULL;
        _cleanup_free_ char *path = slash ? xasprintf("/boot%s", slash) : NULL;
        return !path || sys_exists(sys, path);
}

int boot_next(const struct sys *sys, char **release, bool *told, char **why)
{
        _cleanup_boot_ struct boot boot = { 0 };
        int r = boot_read(sys, &boot, why);
        if (r < 0)
                return r;
        const struct boot_entry *e = boot_default(&boot);
        _cleanup_free_ char *modules =
                e && e->release ? xasprintf("/lib/modules/%s", e->release) : NULL;
        bool known = modules && sys_exists(sys, modules); /* a name no folder has is only text */
        if (known)
                *release = xstrdup(e->release);
        else
                r = release_newest(sys, release, why);
        if (r == 0 && told)
                *told = known;
        return r;
}

int release_asked(const struct sys *sys, char **out, char **why)
{
        if (!sys->release)
                return boot_next(sys, out, NULL, why);
        int r = release_check(sys->release, why);
        if (r == 0)
                *out = xstrdup(sys->release);
        return r;
}
