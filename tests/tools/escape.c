/* SPDX-License-Identifier: GPL-2.0-or-later */
/* escape: tries to get out from behind the door, a line a try: "held NAME" or "ESCAPED NAME: how".
 * Status 1 when one succeeded. Linked statically, so that it runs in an empty root. A try goes no
 * further than is needed to see that it would work: a file of the kernel is opened, not written; but
 * where the root has the file FOR_REAL, as in a guest, it is written, and the lines go to LOG too. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tools/escape.h"

#define FOR_REAL "/etc/escape-for-real"
#define LOG "/var/log/escape."

static bool for_real;
const char *secret = "/secret-of-the-host";

static bool opens(const char *path, int flags)
{
        int fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0)
                return false;
        if (for_real && (flags & O_ACCMODE) == O_WRONLY && !strstr(path, "sysrq"))
                dprintf(fd, "|/escaped\n");
        close(fd);
        return true;
}

static bool core_pattern(void)
{
        return opens("/proc/sys/kernel/core_pattern", O_WRONLY) ||
               opens("/proc/self/root/proc/sys/kernel/core_pattern", O_WRONLY);
}

static bool sysrq(void)
{
        return opens("/proc/sysrq-trigger", O_WRONLY);
}

static bool proc_remount(void)
{
        return mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND, NULL) == 0 ||
               umount2("/proc/sys", MNT_DETACH) == 0 || umount2("/proc/sysrq-trigger", 0) == 0;
}

static bool fresh_proc(void)
{
        mkdir("/tmp/p", 0755);
        return mount("proc", "/tmp/p", "proc", 0, NULL) == 0;
}

static bool mounts(void)
{
        mkdir("/tmp/m", 0755);
        return mount("tmpfs", "/tmp/m", "tmpfs", 0, NULL) == 0 ||
               mount("/", "/tmp/m", NULL, MS_BIND, NULL) == 0;
}

static bool host_file(void)
{
        return opens(secret, O_RDONLY) || opens(secret, O_WRONLY);
}

static bool double_chroot(void)
{
        int here = open("/", O_RDONLY | O_DIRECTORY);
        mkdir("/tmp/c", 0755);
        if (chroot("/tmp/c") < 0)
                return false;
        if (fchdir(here) < 0)
                return false;
        for (int i = 0; i < 64; i++)
                if (chdir("..") < 0)
                        break;
        return chroot(".") == 0 &&
               (opens(secret, O_RDONLY) || opens("/proc/sys/kernel/core_pattern", O_WRONLY));
}

static bool init_root(void)
{
        char path[128];
        snprintf(path, sizeof(path), "/proc/1/root%s", secret);
        return opens(path, O_RDONLY) ||
               opens("/proc/1/root/proc/1/root/proc/sys/kernel/core_pattern", O_WRONLY);
}

static bool parent_root(void)
{
        char path[128];
        for (int pid = 1; pid < 64; pid++) {
                snprintf(path, sizeof(path), "/proc/%d/root%s", pid, secret);
                if (opens(path, O_RDONLY))
                        return true;
        }
        return false;
}

static bool inherited(void)
{
        for (int fd = 3; fd < 1024; fd++)
                if (fcntl(fd, F_GETFD) >= 0)
                        return true;
        return false;
}

static bool nodes(void)
{
        return mknod("/tmp/disk", S_IFBLK | 0600, makedev(254, 0)) == 0 ||
               mknod("/tmp/mem", S_IFCHR | 0600, makedev(1, 1)) == 0 ||
               mknod("/dev/mem", S_IFCHR | 0600, makedev(1, 1)) == 0;
}

/* Nodes the owner of the root put there beforehand. */
static bool planted_nodes(void)
{
        return opens("/planted-null", O_RDONLY) || opens("/etc/planted-null", O_RDONLY);
}

static bool cgroups(void)
{
        mkdir("/tmp/g", 0755);
        return mount("cgroup", "/tmp/g", "cgroup", 0, "memory") == 0 ||
               mount("cgroup2", "/tmp/g", "cgroup2", 0, NULL) == 0 ||
               opens("/sys/fs/cgroup/release_agent", O_WRONLY) ||
               opens("/sys/fs/cgroup/memory/release_agent", O_WRONLY);
}

static bool terminal(void)
{
        char c = 'x';
        for (int fd = 0; fd < 3; fd++)
                if (ioctl(fd, TIOCSTI, &c) == 0)
                        return true;
        int fd = open("/dev/tty", O_RDWR | O_NOCTTY);
        return fd >= 0 && ioctl(fd, TIOCSTI, &c) == 0;
}

static bool raw_memory(void)
{
        return opens("/dev/mem", O_RDONLY) || opens("/proc/kcore", O_RDONLY) ||
               opens("/dev/kmsg", O_WRONLY);
}

static const struct {
        const char *name;
        bool (*try)(void);
} tries[] = {
        { "core-pattern", core_pattern },
        { "sysrq-trigger", sysrq },
        { "proc-sys-remounted", proc_remount },
        { "a-proc-of-its-own", fresh_proc },
        { "mount", mounts },
        { "file-of-the-host", host_file },
        { "double-chroot", double_chroot },
        { "proc-1-root", init_root },
        { "proc-parents-root", parent_root },
        { "inherited-descriptor", inherited },
        { "ptrace", traces },
        { "mknod", nodes },
        { "planted-device-node", planted_nodes },
        { "open-by-handle", handles },
        { "kernel-module", modules },
        { "bpf", programs },
        { "keyctl", keys },
        { "user-namespace", user_namespace },
        { "clone-namespace", clone_namespace },
        { "clone3-namespace", clone3_namespace },
        { "setns", other_namespace },
        { "cgroup-release-agent", cgroups },
        { "tiocsti", terminal },
        { "clock-and-host-name", clock_and_name },
        { "raw-memory", raw_memory },
        { "capabilities", capabilities },
        { "abstract-socket", abstract_socket },
};

/* Opened for the line only: a descriptor that is open would count as inherited. */
static void log_line(const char *path, const char *how, const char *name)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

        if (fd >= 0) {
                dprintf(fd, "%s %s\n", how, name);
                close(fd);
        }
}

/* Each in a process of its own: what one changes does not help the next. */
int main(int argc, char **argv)
{
        bool escaped = false;
        const char *self = strrchr(argv[0], '/');
        char path[256];
        for_real = access(FOR_REAL, F_OK) == 0;
        snprintf(path, sizeof(path), LOG "%s", self ? self + 1 : argv[0]);
        if (!for_real && argc > 1)
                secret = argv[1];
        for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
                fflush(stdout);
                pid_t pid = fork();
                if (pid == 0)
                        _exit(tries[i].try());
                int status = 0;
                waitpid(pid, &status, 0);
                bool out = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
                printf("%s %s\n", out ? "ESCAPED" : "held", tries[i].name);
                if (for_real)
                        log_line(path, out ? "ESCAPED" : "held", tries[i].name);
                escaped |= out;
        }
        return escaped;
}
