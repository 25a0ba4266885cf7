/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kind of step does: the one table between the plan and the machine.
 *
 * The order of calls for a step: prepare (reads only; fills what undo will need) -> the intent with
 * that undo object is on disk -> apply -> the outcome is on disk. After a crash between the two,
 * stand() tells at the next start which of them is true; a temporary kind is reverted then. An undo
 * asks stand() before revert and after it: what it says then is what a person is told. */
#ifndef SECEP_REPAIR_KIND_H
#define SECEP_REPAIR_KIND_H

#include <jansson.h>
#include "faults/plan.h"
#include "lib/progress.h"
#include "lib/runlog.h"
#include "lib/sys.h"

enum kind_flags {
        KIND_TEMPORARY = 1 << 0, /* put back by the recovery of a cut-off run */
        KIND_LIVE = 1 << 1,      /* needs the running system: refused with --root and --rehearse */
        KIND_AT_BOOT = 1 << 2,   /* tells from the next boot on, so no service is restarted for it;
                                    needs the machine's disks: refused with --rehearse */
        KIND_ALONE = 1 << 4,     /* needs no other step, and none needs it: done although another
                                    failed, and its failure stops no other */
        KIND_FINAL = 1 << 3,     /* leaves nothing that could be put back: no revert */
};

/* What is there now of what a step changed. */
enum stand {
        STAND_BEFORE,  /* as before the step: nothing of it is left, or it never came to it */
        STAND_OURS,    /* as the step left it, in whole or in part */
        STAND_CHANGED, /* somebody has changed it since, or needs it: *WHY says what */
};

struct change {
        const struct sys *sys;
        const struct step *step;
        struct runlog *log;               /* to keep whole files for undo */
        const char *run;                  /* id of the run the step belongs to */
        int lock_fd;                      /* for struct run.keep_fd */
        const struct progress *progress;  /* may be NULL */
        struct package_session *packages; /* what the plan was resolved in; NULL: none */
        json_t *did; /* apply may say here what it really did, also where it fails: a key takes the
                        place of the one that prepare foresaw. NULL: nobody asks */
};

struct kind {
        enum step_kind kind;
        const char *text; /* "create group %t", %t being the target: a whole sentence */
        unsigned flags;
        /* All: 0 or -errno with one sentence in *WHY. -EPERM from apply or prepare on an immutable
         * file makes the outcome "a person is needed" (exit 4). */
        int (*prepare)(const struct change *c, json_t *undo,
                       char **why); /* NULL: undo needs nothing */
        int (*apply)(const struct change *c, const json_t *undo, char **why);
        /* Puts back what apply did, as far as it still is what we made; idempotent. -ESTALE: others
         * have changed it, and it is left alone. NULL with KIND_FINAL alone. */
        int (*revert)(const struct change *c, const json_t *undo, char **why);
        /* An enum stand (`return fail(why, STAND_CHANGED, ...)`), or -errno: could not be looked
         * at. Reads only. */
        int (*stand)(const struct change *c, const json_t *undo, char **why);
        /* The same with the step's key (%k) or value (%v), for a step that has it; or NULL. */
        const char *detail;
        /* Takes away what an apply or a revert that was cut off left behind where stand() says
         * before; NULL: nothing can be left, or the next apply takes it away. 0 or -errno with
         * *WHY. */
        int (*clear)(const struct change *c, char **why);
        /* Ends what an apply that was cut off left half done and no fault may see; NULL: nothing
         * can be. 0 also where there is nothing to end, or -errno with *WHY. */
        int (*finish)(const struct change *c, const json_t *undo, char **why);
};

/* The rooms' rows, each ended by a row without text. kind.c lists them. */
extern const struct kind kinds_accounts[], kinds_account_fields[], kinds_directories[],
        kinds_files[], kinds_moves[], kinds_packages[], kinds_boot[], kinds_selinux[],
        kinds_selinux_policy[], kinds_kmod[], kinds_services[];

/* Of any type, no symlink followed. 1, 0 or -errno with *WHY naming it. */
int file_is_there(const struct change *c, const char *path, char **why);

/* Installing and taking back a package, for the kinds that do it among other things. */
int install_package_prepare(const struct change *c, json_t *undo, char **why);
int install_package_apply(const struct change *c, const json_t *undo, char **why);
int install_package_revert(const struct change *c, const json_t *undo, char **why);
int install_package_stand(const struct change *c, const json_t *undo, char **why);
int install_package_finish(const struct change *c, const json_t *undo, char **why);

const struct kind *kind_of(enum step_kind kind); /* NULL: not built yet */

/* What a step of KIND does to TARGET, its key and value left out. malloc'ed. */
char *kind_name(enum step_kind kind, const char *target);
/* STEP as people read it: "move /a to /b". malloc'ed; the words are as they stand in the step. */
char *kind_say(const struct step *step);

#endif
