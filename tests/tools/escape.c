/* SPDX-License-Identifier: GPL-2.0-or-later */
/* escape: tries to get out from behind the door, a line a try: "held NAME" or "ESCAPED NAME: how".
 * Status 1 when one succeeded. Linked statically, so that it runs in an empty root. A try goes no
 * further than is needed to see that it would work: a file of the kernel is opened, not written; but
 * where the root has the file FOR_REAL, as in a guest, it is written, and the lines go to LOG too. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOR_REAL "/etc/escape-for-real"
#define LOG "/var/log/escape."

static bool for_real;
static const char *secret = "/secret-of-the-host"; /* a file the test puts outside of the root */

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

static bool traces(void)
{
        pid_t pid = fork();
        if (pid == 0) {
                pause();
                _exit(0);
        }
        bool done = ptrace(PTRACE_ATTACH, pid, NULL, NULL) == 0;
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return done;
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

static bool handles(void)
{
        struct {
                struct file_handle h;
                char more[128];
        } f = { .h = { .handle_bytes = 8, .handle_type = 1 } };
        f.more[0] = 2; /* the root of an ext4; what follows the header is the handle */
        int at = open("/", O_RDONLY | O_DIRECTORY);
        return open_by_handle_at(at, &f.h, O_RDONLY) >= 0;
}

static bool modules(void)
{
        return !(syscall(SYS_init_module, "", 0UL, "") < 0 && errno == EPERM) ||
               !(syscall(SYS_finit_module, -1, "", 0) < 0 && errno == EPERM);
}

static bool programs(void)
{
        union bpf_attr attr;
        memset(&attr, 0, sizeof(attr));
        attr.map_type = BPF_MAP_TYPE_ARRAY;
        attr.key_size = attr.value_size = 4;
        attr.max_entries = 1;
        return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)) >= 0;
}

static bool keys(void)
{
        return syscall(SYS_keyctl, 0 /* GET_KEYRING_ID */, -3, 0) >= 0 ||
               syscall(SYS_add_key, "user", "secep-test", "x", 1, -2) >= 0;
}

static bool user_namespace(void)
{
        return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
}

static bool clone_namespace(void)
{
        long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
        if (pid == 0)
                _exit(0);
        if (pid > 0)
                waitpid((pid_t)pid, NULL, 0);
        return pid > 0;
}

static bool clone3_namespace(void)
{
#ifdef SYS_clone3
        struct {
                unsigned long long flags, pidfd, child_tid, parent_tid, exit_signal, stack, size,
                        tls;
        } args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
        long pid = syscall(SYS_clone3, &args, sizeof(args));
        if (pid == 0)
                _exit(0);
        if (pid > 0)
                waitpid((pid_t)pid, NULL, 0);
        return pid > 0;
#else
        return false;
#endif
}

static bool other_namespace(void)
{
        int fd = open("/proc/1/ns/mnt", O_RDONLY);
        return fd >= 0 && setns(fd, 0) == 0;
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

static bool clock_and_name(void)
{
        struct timeval now;
        gettimeofday(&now, NULL);
        return settimeofday(&now, NULL) == 0 || sethostname("x", 1) == 0;
}

static bool raw_memory(void)
{
        return opens("/dev/mem", O_RDONLY) || opens("/proc/kcore", O_RDONLY) ||
               opens("/dev/kmsg", O_WRONLY);
}

/* More capabilities than any profile has. */
static bool capabilities(void)
{
        struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct d[2];
        const int never[] = { CAP_SYS_ADMIN,      CAP_SYS_PTRACE, CAP_SYS_MODULE,
                              CAP_SYS_RAWIO,      CAP_SYS_BOOT,   CAP_SYS_TIME,
                              CAP_MKNOD,          CAP_NET_ADMIN,  CAP_NET_RAW,
                              CAP_SYSLOG,         CAP_MAC_ADMIN,  CAP_DAC_READ_SEARCH,
                              CAP_LINUX_IMMUTABLE };
        if (syscall(SYS_capget, &h, d) < 0)
                return true;
        for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
                if (d[never[i] / 32].permitted & (1U << (never[i] % 32)))
                        return true;
        return (d[1].permitted & ~0U) != 0; /* 32 and above: CAP_MAC_OVERRIDE, CAP_BPF, ... */
}

/* One that listens by the secret's name: a name without a file. */
static bool abstract_socket(void)
{
        struct sockaddr_un at = { .sun_family = AF_UNIX };
        size_t n = strlen(secret);
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || n > sizeof(at.sun_path) - 1)
                return false;
        memcpy(at.sun_path + 1, secret, n);
        socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n);
        bool out = connect(fd, (struct sockaddr *)&at, len) == 0;
        close(fd);
        return out;
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
