/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is left of root behind the door. */
#include "lib/door_parts.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "lib/util.h"

#define BIT(cap) (1ULL << (cap))

/* Why each is needed, and the test that fails without it: SECURITY.md. */
static const uint64_t kept[] = {
        [DOOR_RESOLVE] = 0,
        [DOOR_TRANSACTION] = BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) |
                             BIT(CAP_FSETID) | BIT(CAP_KILL) | BIT(CAP_SETGID) | BIT(CAP_SETUID) |
                             BIT(CAP_SETFCAP),
        [DOOR_BUILD] = 0,
};

static int bounding_set_cut(uint64_t keep)
{
        for (int cap = 0; cap < 64; cap++) {
                if (keep & BIT(cap))
                        continue;
                if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0) {
                        if (errno == EINVAL) /* past the kernel's last */
                                return 0;
                        return -errno;
                }
        }
        return 0;
}

static int capabilities_set(uint64_t keep)
{
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[2];
        for (int i = 0; i < 2; i++) {
                uint32_t word = (uint32_t)(keep >> (32 * i));
                data[i] = (struct __user_cap_data_struct){ .effective = word, .permitted = word };
        }
        return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

static int become(uid_t uid, gid_t gid)
{
        if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
                return -errno;
        return 0;
}

/* selinuxfs is known to a kernel that runs SELinux, and to no other. */
static bool kernel_runs_selinux(void)
{
        _cleanup_fclose_ FILE *f = fopen("/proc/filesystems", "re");
        char line[128];
        while (f && fgets(line, sizeof(line), f))
                if (strstr(line, "\tselinuxfs\n"))
                        return true;
        return false;
}

/* Where the kernel runs SELinux, rpm runs scriptlets in a domain of their own, a transition that
 * no_new_privs forbids. Nothing set-user-id is gained by it: uid 0 has no more than is kept. */
static bool transitions_needed(const struct door *door)
{
        return door->profile == DOOR_TRANSACTION && kernel_runs_selinux();
}

int door_rights(const struct door *door, const struct door_filter *filter, char **why)
{
        uint64_t keep = kept[door->profile];
        bool nnp = !transitions_needed(door);
        int r = nnp && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
        if (r == 0 && door->net)
                r = door_scope();
        if (r == 0)
                r = bounding_set_cut(keep);
        if (r == 0) /* before CAP_SYS_ADMIN is gone, which it takes without no_new_privs */
                r = filter->load(door->profile);
        if (r == 0 && door->profile != DOOR_TRANSACTION)
                r = become(door->uid, door->gid);
        if (r == 0)
                r = capabilities_set(keep);
        return r < 0 ? fail(why, r, "rights behind the door: %s: " DOOR_REFUSED, error_text(-r))
                     : 0;
}
