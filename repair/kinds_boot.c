/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps that tell from the next boot on: a kernel installed, a kernel made the default. */
#include <errno.h>
#include <fcntl.h>

#include "faults/gate.h"
#include "kernels/boot.h"
#include "lib/edit.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/util.h"
#include "packages/packages.h"
#include "repair/kind.h"

#define DROPIN_DIR "/etc/default/grub.d"
#define MENU_MAX ((size_t)16 << 20)

/* --- the default, as GRUB's environment block keeps it --- */

/* undo: {"saved": saved_entry or null}: a kernel's own scriptlets may change it too. */
static int keep_saved(const struct change *c, json_t *undo, char **why)
{
        _cleanup_boot_ struct boot boot = { 0 };
        int r = boot_read(c->sys, &boot, why);
        if (r == 0)
                json_object_set_new(undo, "saved", json_text_new(boot.saved));
        return r;
}

static int put_saved_back(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_boot_ struct boot boot = { 0 };
        const char *old = json_text(undo, "saved");
        int r = boot_read(c->sys, &boot, why);
        if (r < 0 || boot_setter(c->sys, &boot) != BOOT_BY_GRUBBY)
                return r;
        if ((!old && !boot.saved) || (old && boot.saved && streq(old, boot.saved)))
                return 0;
        return boot_saved(c->sys, c->lock_fd, &boot, old, why);
}

/* Is saved_entry what it was? 1, 0 or -errno. */
static int saved_as_before(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_boot_ struct boot boot = { 0 };
        const char *old = json_text(undo, "saved");
        int r = boot_read(c->sys, &boot, why);
        if (r < 0)
                return r;
        return old && boot.saved ? streq(old, boot.saved) : !old && !boot.saved;
}

/* 1: RELEASE boots next, 0 or -errno. */
static int boots_next(const struct change *c, const char *release, char **why)
{
        _cleanup_free_ char *next = NULL;
        int r = boot_next(c->sys, &next, NULL, why);
        return r == -ENOENT ? 0 : r < 0 ? r : streq(next, release);
}

/* --- installing a kernel --- */

static int kernel_prepare(const struct change *c, json_t *undo, char **why)
{
        int r = keep_saved(c, undo, why);
        return r < 0 ? r : install_package_prepare(c, undo, why);
}

/* The package's scriptlets made the menu in their own language. */
static int refresh_menu(const struct change *c, char **why)
{
        _cleanup_boot_ struct boot boot = { 0 };
        int r = boot_read(c->sys, &boot, why);
        return r == 0 && boot_setter(c->sys, &boot) == BOOT_BY_DROPIN
                       ? boot_update_grub(c->sys, c->lock_fd, why)
                       : r;
}

static int kernel_stand(const struct change *c, const json_t *undo, char **why)
{
        int stand = install_package_stand(c, undo, why);
        if (stand == STAND_OURS && sys_runs_kernel(c->sys, c->step->value))
                return fail(why, -EBUSY,
                            "kernel %s is running; boot another one, then undo this again",
                            c->step->value);
        return stand;
}

static int kernel_revert(const struct change *c, const json_t *undo, char **why)
{
        int ours = boots_next(c, c->step->value, why);
        int r = ours < 0 ? ours : install_package_revert(c, undo, why);
        if (r == 0 && ours)
                r = put_saved_back(c, undo, why);
        return r < 0 ? r : refresh_menu(c, why);
}

/* The programs' word is not taken for it. */
static int is_default(const struct change *c, char **why)
{
        _cleanup_boot_ struct boot boot = { 0 };
        int r = boot_read(c->sys, &boot, why);
        const struct boot_entry *e = r < 0 ? NULL : boot_default(&boot);
        if (r < 0 || (e && e->release && streq(e->release, c->step->target)))
                return r;
        return fail(why, -EIO, "%s still starts %s, not kernel %s", boot.config,
                    e ? e->title : "nothing", c->step->target);
}

/* --- the drop-in: a file written, and grub.cfg made anew --- */

struct dropin {
        struct step step;
        struct change change;
        const struct kind *write;
};

/* The step that writes it; TEXT outlives it. */
static void dropin_of(const struct change *c, const char *text, struct dropin *out)
{
        out->step = (struct step){ .kind = STEP_WRITE_FILE,
                                   .target = (char *)BOOT_DROPIN,
                                   .key = (char *)"",
                                   .value = (char *)text };
        out->change = *c;
        out->change.step = &out->step;
        out->write = kinds_files;
        while (out->write->kind != STEP_WRITE_FILE)
                out->write++;
}

static int dropin_prepare(const struct change *c, const struct boot *boot, json_t *undo, char **why)
{
        _cleanup_free_ char *text = NULL;
        struct dropin d;
        int r = boot_dropin(c->sys, boot, c->step->target, &text, why);
        if (r < 0)
                return r;
        dropin_of(c, text, &d);
        json_object_set_new(undo, "text", json_text_new(text));
        json_object_set_new(undo, "directory", json_boolean(sys_exists(c->sys, DROPIN_DIR)));
        return d.write->prepare(&d.change, undo, why);
}

static int dropin_put_back(const struct change *c, const json_t *undo, char **why)
{
        struct dropin d;
        dropin_of(c, json_text(undo, "text"), &d);
        (void)edit_sweep(c->sys, DROPIN_DIR);
        int r = d.write->revert(&d.change, undo, why);
        if (r < 0 || json_is_true(json_object_get(undo, "directory")))
                return r;
        _cleanup_close_ int fd = sys_openat_nolinks(c->sys, DROPIN_DIR, O_RDONLY | O_DIRECTORY, 0);
        if (fd >= 0)
                unlinkat(fd, "../grub.d", AT_REMOVEDIR);
        return 0;
}

/* Also where the file is back already: update-grub may have been cut off. */
static int dropin_revert(const struct change *c, const json_t *undo, char **why)
{
        int r = dropin_put_back(c, undo, why);
        return r < 0 ? r : boot_update_grub(c->sys, c->lock_fd, why);
}

static int dropin_apply(const struct change *c, const json_t *undo, char **why)
{
        struct dropin d;
        int r = sys_mkdirs(c->sys, DROPIN_DIR, 0755);
        if (r < 0)
                return fail(why, r, "%s: %s", DROPIN_DIR, error_text(-r));
        (void)edit_sweep(c->sys, DROPIN_DIR);
        dropin_of(c, json_text(undo, "text"), &d);
        r = d.write->apply(&d.change, undo, why);
        if (r == 0 && (r = boot_update_grub(c->sys, c->lock_fd, why)) < 0)
                (void)dropin_put_back(c, undo, NULL);
        else if (r == 0 && (r = is_default(c, why)) < 0)
                (void)dropin_revert(c, undo, NULL);
        return r;
}

/* Does the boot menu still carry what the drop-in says? An undo may have been cut off before the menu
 * was made again. 1, 0 or -errno. */
static int menu_has(const struct change *c, const char *text, char **why)
{
        _cleanup_boot_ struct boot boot = { 0 };
        _cleanup_free_ char *menu = NULL, *line = NULL;
        const char *spec = strstr(text, "GRUB_DEFAULT='"), *end;
        int r = boot_read(c->sys, &boot, why);
        if (r < 0 || !spec || !boot.config)
                return r;
        spec += strlen("GRUB_DEFAULT='");
        end = strchr(spec, '\'');
        line = xasprintf("set default=\"%.*s\"", end ? (int)(end - spec) : 0, spec);
        r = sys_read(c->sys, boot.config, MENU_MAX, &menu, NULL);
        if (r < 0)
                return r == -ENOENT ? 0 : fail(why, r, "%s: %s", boot.config, sys_why(r));
        return strstr(menu, line) != NULL;
}

static int dropin_stand(const struct change *c, const json_t *undo, char **why)
{
        struct dropin d;
        const char *text = json_text(undo, "text");
        dropin_of(c, text, &d);
        int stand = d.write->stand(&d.change, undo, why);
        if (stand != STAND_BEFORE)
                return stand;
        /* a run that was cut off had written the same: then the menu has it from there */
        _cleanup_free_ char *now = NULL;
        if (sys_read_nolinks(c->sys, BOOT_DROPIN, MENU_MAX, &now, NULL) == 0 && streq(now, text))
                return stand;
        int left = menu_has(c, text, why);
        return left <= 0 ? left : STAND_OURS;
}

/* --- making a kernel the default --- */

static int default_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_boot_ struct boot boot = { 0 };
        int r = boot_read(c->sys, &boot, why);
        if (r < 0)
                return r;
        enum boot_setter setter = boot_setter(c->sys, &boot);
        if (setter == BOOT_BY_DROPIN)
                return dropin_prepare(c, &boot, undo, why);
        if (setter == BOOT_BY_GRUBBY)
                return keep_saved(c, undo, why);
        _cleanup_free_ char *hint = boot_by_hand(&boot, c->step->target);
        return fail(why, -EPERM, "%s", hint);
}

/* A transaction that was cut off may have left the kernel without its menu entry. */
static int grubby_apply(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_boot_ struct boot boot = { 0 };
        int r = boot_read(c->sys, &boot, why);
        const struct boot_entry *e = r < 0 ? NULL : boot_find(&boot.menu, c->step->target);
        if (r == 0 && (!e || !boot_initrd_there(c->sys, e)))
                r = boot_add_entry(c->sys, c->lock_fd, c->step->target, why);
        if (r == 0)
                r = boot_grubby(c->sys, c->lock_fd, c->step->target, why);
        if (r == 0 && (r = is_default(c, why)) < 0)
                (void)put_saved_back(c, undo, NULL);
        return r;
}

static int default_apply(const struct change *c, const json_t *undo, char **why)
{
        return json_text(undo, "text") ? dropin_apply(c, undo, why) : grubby_apply(c, undo, why);
}

static int default_stand(const struct change *c, const json_t *undo, char **why)
{
        if (json_text(undo, "text"))
                return dropin_stand(c, undo, why);
        int before = saved_as_before(c, undo, why);
        if (before != 0)
                return before < 0 ? before : STAND_BEFORE;
        int ours = boots_next(c, c->step->target, why);
        if (ours != 0)
                return ours < 0 ? ours : STAND_OURS;
        return fail(why, STAND_CHANGED, "another kernel has been made the default since");
}

static int default_revert(const struct change *c, const json_t *undo, char **why)
{
        if (json_text(undo, "text"))
                return dropin_revert(c, undo, why);
        int ours = boots_next(c, c->step->target, why);
        return ours <= 0 ? ours : put_saved_back(c, undo, why);
}

const struct kind kinds_boot[] = {
        {
                .kind = STEP_INSTALL_KERNEL,
                .text = N_("install kernel %t"),
                .flags = KIND_AT_BOOT,
                .prepare = kernel_prepare,
                .apply = install_package_apply,
                .revert = kernel_revert,
                .stand = kernel_stand,
                .clear = refresh_menu, /* cut off after the package's own scriptlets */
                .finish = install_package_finish,
                .detail = N_("install kernel %t %k"),
        },
        {
                .kind = STEP_SET_BOOT_KERNEL,
                .text = N_("make kernel %t the default to boot"),
                .flags = KIND_AT_BOOT,
                .prepare = default_prepare,
                .apply = default_apply,
                .revert = default_revert,
                .stand = default_stand,
        },
        { .text = NULL },
};
