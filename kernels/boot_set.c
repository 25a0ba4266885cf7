/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another kernel as the default to boot, by the distribution's own programs. */
#include <errno.h>
#include <sys/stat.h>

#include "kernels/boot.h"
#include "kernels/release.h"
#include "lib/keyfile.h"
#include "lib/door.h"
#include "lib/i18n.h"
#include "lib/run.h"
#include "lib/util.h"

#define TIME_LIMIT_MS ((int64_t)10 * 60 * 1000) /* os-prober looks at every disk */
#define DROPIN_MAX ((size_t)4096)
#define LOCALE_MAX ((size_t)4096)

static bool has_program(const struct sys *sys, const char *name)
{
        static const char *const dirs[] = { "/usr/sbin", "/usr/bin", "/sbin", "/bin" };
        for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
                _cleanup_free_ char *path = xasprintf("%s/%s", dirs[i], name);
                if (sys_exists(sys, path))
                        return true;
        }
        return false;
}

enum boot_setter boot_setter(const struct sys *sys, const struct boot *boot)
{
        if (boot->loader != BOOT_GRUB)
                return BOOT_BY_HAND;
        if (has_program(sys, "grubby"))
                return BOOT_BY_GRUBBY;
        return has_program(sys, "update-grub") && !boot->menu.bls ? BOOT_BY_DROPIN : BOOT_BY_HAND;
}

char *boot_by_hand(const struct boot *boot, const char *release)
{
        const struct boot_entry *e = boot_find(&boot->menu, release);
        if (boot->loader == BOOT_SYSTEMD && e)
                return xasprintf(_("run \"bootctl set-default %s.conf\""), e->id);
        if (boot->loader == BOOT_GRUB && e) {
                _cleanup_free_ char *spec = boot_spec(&boot->menu, e);
                return xasprintf(
                        _("make \"%s\" GRUB's default (GRUB_DEFAULT, or grub2-set-default)"), spec);
        }
        return xasprintf(_("make kernel %s the default with the boot loader's own tools"), release);
}

/* --- the drop-in --- */

/* SPEC of another kernel's entry with RELEASE in the place of its own; NULL: it names none. */
static char *spec_like(const char *spec, const char *other, const char *release)
{
        const char *at = strstr(spec, other);
        return at ? xasprintf("%.*s%s%s", (int)(at - spec), spec, release, at + strlen(other))
                  : NULL;
}

static char *spec_for(const struct boot_menu *menu, const char *release)
{
        const struct boot_entry *e = boot_find(menu, release);
        if (e && strstr(e->id, release))
                return boot_spec(menu, e);
        for (size_t i = 0; i < menu->n; i++) {
                const struct boot_entry *own =
                        menu->entries[i].release ? boot_find(menu, menu->entries[i].release) : NULL;
                if (!own || own != &menu->entries[i])
                        continue;
                _cleanup_free_ char *spec = boot_spec(menu, own);
                char *like = spec_like(spec, own->release, release);
                if (like)
                        return like;
        }
        return NULL;
}

/* One of ours that is there already: update-grub may have been cut off in the middle of grub.cfg.
 */
static char *dropin_there(const struct sys *sys, const char *release)
{
        _cleanup_free_ char *text = NULL, *line = xasprintf("# kernel %s\n", release);
        if (sys_read_nolinks(sys, BOOT_DROPIN, DROPIN_MAX, &text, NULL) < 0)
                return NULL;
        return strstr(text, line) && strstr(text, "\nGRUB_DEFAULT='") ? TAKE_PTR(text) : NULL;
}

int boot_dropin(const struct sys *sys, const struct boot *boot, const char *release, char **text,
                char **why)
{
        _cleanup_free_ char *spec = spec_for(&boot->menu, release);
        char *there = spec ? NULL : dropin_there(sys, release);
        if (there) {
                *text = there;
                return 0;
        }
        if (!spec || strpbrk(spec, "'\n"))
                return fail(why, -ENOENT,
                            "%s names no kernel by an id; run update-grub, then this again",
                            boot->config);
        *text = xasprintf("# Written by secep-repair; secep-repair --undo takes it away.\n"
                          "# kernel %s\n"
                          "GRUB_DEFAULT='%s'\n",
                          release, spec);
        return 0;
}

/* --- running --- */

/* In another root they are that root's programs; grub-probe asks for the node of its disk. */
static const struct door door = { .profile = DOOR_TRANSACTION, .disk = true };

static int run_inside(const struct sys *sys, int lock_fd, const char *const *argv,
                      const char *const *env, char **why)
{
        const struct run run = {
                RUN_DEFAULT,
                .argv = argv,
                .env = env,
                .keep_fd = lock_fd,
                .timeout_ms = TIME_LIMIT_MS,
        };
        return door_checked(sys, &door, &run, NULL, why);
}

/* The language of the system, "LANG=..."; malloc'ed. */
static char *language(const struct sys *sys)
{
        static const char *const files[] = { "/etc/default/locale", "/etc/locale.conf" };
        const char *own = sys->live ? getenv("LANG") : NULL;
        for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
                _cleanup_free_ char *text = NULL;
                struct keyfile kf = { 0 };
                size_t len;
                if (sys_read(sys, files[i], LOCALE_MAX, &text, &len) < 0 ||
                    keyfile_parse(files[i], text, len, &kf, NULL) < 0)
                        continue;
                const char *value = keyfile_get(&kf, "", "LANG");
                char *pair = value ? xasprintf("LANG=%s", value) : NULL;
                keyfile_free(&kf);
                if (pair)
                        return pair;
        }
        return xasprintf("LANG=%s", own ? own : "");
}

/* The menu is written in the language update-grub runs in. */
int boot_update_grub(const struct sys *sys, int lock_fd, char **why)
{
        _cleanup_free_ char *lang = language(sys);
        const char *const argv[] = { "update-grub", NULL };
        const char *const env[] = { "LC_ALL=", lang, NULL };
        return run_inside(sys, lock_fd, argv, env, why);
}

int boot_grubby(const struct sys *sys, int lock_fd, const char *release, char **why)
{
        _cleanup_free_ char *kernel = xasprintf("--set-default=/boot/vmlinuz-%s", release);
        const char *const argv[] = { "grubby", kernel, NULL };
        return run_inside(sys, lock_fd, argv, NULL, why);
}

int boot_add_entry(const struct sys *sys, int lock_fd, const char *release, char **why)
{
        _cleanup_free_ char *image = xasprintf("/lib/modules/%s/vmlinuz", release);
        const char *const argv[] = { "kernel-install", "add", release, image, NULL };
        return run_inside(sys, lock_fd, argv, NULL, why);
}

int boot_saved(const struct sys *sys, int lock_fd, const struct boot *boot, const char *value,
               char **why)
{
        _cleanup_free_ char *pair = xasprintf("saved_entry=%s", value ? value : "");
        const char *const argv[] = { "grub2-editenv", boot->env, value ? "set" : "unset",
                                     value ? pair : "saved_entry", NULL };
        return run_inside(sys, lock_fd, argv, NULL, why);
}
