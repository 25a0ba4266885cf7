/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tools/escape.h"

bool traces(void)
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

bool handles(void)
{
        struct {
                struct file_handle h;
                char more[128];
        } f = { .h = { .handle_bytes = 8, .handle_type = 1 } };
        f.more[0] = 2; /* the root of an ext4; what follows the header is the handle */
        int at = open("/", O_RDONLY | O_DIRECTORY);
        return open_by_handle_at(at, &f.h, O_RDONLY) >= 0;
}

bool modules(void)
{
        return !(syscall(SYS_init_module, "", 0UL, "") < 0 && errno == EPERM) ||
               !(syscall(SYS_finit_module, -1, "", 0) < 0 && errno == EPERM);
}

bool programs(void)
{
        union bpf_attr attr;
        memset(&attr, 0, sizeof(attr));
        attr.map_type = BPF_MAP_TYPE_ARRAY;
        attr.key_size = attr.value_size = 4;
        attr.max_entries = 1;
        return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)) >= 0;
}

bool keys(void)
{
        return syscall(SYS_keyctl, 0 /* GET_KEYRING_ID */, -3, 0) >= 0 ||
               syscall(SYS_add_key, "user", "secep-test", "x", 1, -2) >= 0;
}

bool user_namespace(void)
{
        return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
}

bool clone_namespace(void)
{
        long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
        if (pid == 0)
                _exit(0);
        if (pid > 0)
                waitpid((pid_t)pid, NULL, 0);
        return pid > 0;
}

bool clone3_namespace(void)
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

bool other_namespace(void)
{
        int fd = open("/proc/1/ns/mnt", O_RDONLY);
        return fd >= 0 && setns(fd, 0) == 0;
}

bool clock_and_name(void)
{
        struct timeval now;
        gettimeofday(&now, NULL);
        return settimeofday(&now, NULL) == 0 || sethostname("x", 1) == 0;
}

/* More capabilities than any profile has. */
bool capabilities(void)
{
        struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct d[2];
        const int never[] = { CAP_SYS_ADMIN,       CAP_SYS_PTRACE, CAP_SYS_MODULE,
                              CAP_SYS_RAWIO,       CAP_SYS_BOOT,   CAP_SYS_TIME,
                              CAP_MKNOD,           CAP_NET_ADMIN,  CAP_NET_RAW,
                              CAP_SYSLOG,          CAP_MAC_ADMIN,  CAP_DAC_READ_SEARCH,
                              CAP_LINUX_IMMUTABLE, CAP_SYS_CHROOT };
        if (syscall(SYS_capget, &h, d) < 0)
                return true;
        for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
                if (d[never[i] / 32].permitted & (1U << (never[i] % 32)))
                        return true;
        return (d[1].permitted & ~0U) != 0; /* 32 and above: CAP_MAC_OVERRIDE, CAP_BPF, ... */
}

/* One that listens by the secret's name: a name without a file. */
bool abstract_socket(void)
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
