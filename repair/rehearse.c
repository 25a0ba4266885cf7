/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --rehearse: a child of a child, in namespaces of its own, does the repair on the copy. */
#include "repair/rehearse.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "lib/i18n.h"
#include "lib/io.h"
#include "lib/run.h"
#include "lib/util.h"
#include "repair/rehearse_copy.h"

#define OUTPUT_MAX ((size_t)16 << 20)
#define STATUS_NO_COPY 255 /* no exit status of a repair */

#ifndef CAP_BPF
#define CAP_BPF 39 /* linux/capability.h of Linux 5.8 */
#endif

/* What no copy can hold back: modules, the clock, the machine itself. CAP_SYS_ADMIN stays: the
 * sandbox of a module build mounts. */
static const unsigned dropped[] = { CAP_SYS_MODULE, CAP_SYS_BOOT, CAP_SYS_RAWIO, CAP_SYS_TIME,
                                    CAP_BPF };

static int drop_capabilities(void)
{
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[2];
        if (syscall(SYS_capget, &header, data) < 0)
                return -errno;
        for (size_t i = 0; i < ARRAY_SIZE(dropped); i++) {
                unsigned cap = dropped[i];
                if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 && errno != EINVAL)
                        return -errno;
                data[cap / 32].effective &= ~(1U << cap % 32);
                data[cap / 32].permitted &= ~(1U << cap % 32);
                data[cap / 32].inheritable &= ~(1U << cap % 32);
        }
        return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

struct rehearsal {
        const char *root;
        int (*repair)(void *data, const struct copy *copy);
        void *data;
};

/* stdout of the repair goes the way FD leads; what cannot be rehearsed is said on stderr. */
static int inside_copy(void *data, int fd)
{
        const struct rehearsal *r = data;
        struct copy copy;
        _cleanup_free_ char *why = NULL;
        int e = dup2(fd, STDOUT_FILENO) < 0 ? -errno : copy_make(r->root, &copy, &why);
        if (e == 0)
                e = drop_capabilities();
        if (e < 0) {
                fprintf(stderr, "%s\n", why ? why : error_text(-e));
                return STATUS_NO_COPY;
        }
        return r->repair(r->data, &copy);
}

/* The first child leaves our namespaces; only a child of its own is in the new pid namespace. */
static int in_namespaces(void *data, int fd)
{
        if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS) < 0) {
                fprintf(stderr, "namespaces: %s\n", error_text(errno));
                return STATUS_NO_COPY;
        }
        struct run_child child = {
                .fn = inside_copy,
                .data = data,
                .output_max = OUTPUT_MAX,
                .die_with_parent = true,
        };
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = run_child(&child, &result);
        if (r < 0) {
                fprintf(stderr, "%s\n", error_text(-r));
                return STATUS_NO_COPY;
        }
        (void)io_write_all(fd, result.out, result.out_len);
        (void)io_write_all(STDERR_FILENO, result.err, result.err_len);
        return result.signal ? STATUS_NO_COPY : result.status;
}

int rehearse_run(const char *root, int (*repair)(void *data, const struct copy *copy), void *data,
                 char **why)
{
        struct rehearsal rehearsal = { .root = root, .repair = repair, .data = data };
        struct run_child child = {
                .fn = in_namespaces,
                .data = &rehearsal,
                .output_max = OUTPUT_MAX,
                .die_with_parent = true,
        };
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = run_child(&child, &result);
        if (r < 0)
                return fail(why, r, "the rehearsal could not be started: %s", error_text(-r));
        fwrite(result.out, 1, result.out_len, stdout);
        if (result.status == STATUS_NO_COPY || result.signal) {
                result.err[strcspn(result.err, "\n")] = '\0';
                return fail(why, -EOPNOTSUPP, "nothing was rehearsed: %s",
                            *result.err ? result.err : _("the child was killed"));
        }
        fwrite(result.err, 1, result.err_len, stderr);
        return result.status;
}
