/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Properties of a unit, asked of systemd's private socket. */
#include "host/unit_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "host/bus_message.h"
#include "lib/util.h"

#define DESTINATION "org.freedesktop.systemd1"
#define PRIVATE "/run/systemd/private"
#define MESSAGE_MAX 4096
#define MESSAGES_MAX 64 /* an answer comes after at most a few signals */

/* In the order of their serial, which is the index and one. */
enum { ACTIVE, SUB, RESULT, CODE, STATUS, PROPERTIES };
static const struct {
        const char *interface, *name;
        char type;
} properties[PROPERTIES] = {
        [ACTIVE] = { DESTINATION ".Unit", "ActiveState", 's' },
        [SUB] = { DESTINATION ".Unit", "SubState", 's' },
        [RESULT] = { DESTINATION ".Service", "Result", 's' },
        [CODE] = { DESTINATION ".Service", "ExecMainCode", 'i' },
        [STATUS] = { DESTINATION ".Service", "ExecMainStatus", 'i' },
};

/* The object of UNIT as systemd spells it: what is no ASCII letter or digit is _xx. */
static char *object_of(const char *unit)
{
        static const char prefix[] = "/org/freedesktop/systemd1/unit/";
        size_t at = sizeof(prefix) - 1;
        char *path = xcalloc(sizeof(prefix) + 3 * strlen(unit), 1);
        memcpy(path, prefix, sizeof(prefix));
        for (const char *p = unit; *p; p++) {
                bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                             (*p >= '0' && *p <= '9' && p > unit);
                if (plain)
                        path[at++] = *p;
                else
                        at += (size_t)sprintf(path + at, "_%02x", (unsigned char)*p);
        }
        return path;
}

/* The socket is reached through its descriptor: a path below the root may be too long for one. */
static int connect_private(const struct sys *sys)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        _cleanup_close_ int path = sys_openat_nolinks(sys, PRIVATE, O_PATH, 0);
        if (path < 0)
                return path;
        _cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return -errno;
        snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d", path);
        if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
                return -errno;
        return TAKE_FD(fd);
}

static int ready(int fd, short events, int64_t end)
{
        for (;;) {
                struct pollfd p = { .fd = fd, .events = events };
                int64_t left = end - now_ms();
                int n = left <= 0 ? 0 : poll(&p, 1, (int)left);
                if (n > 0)
                        return 0;
                if (n == 0)
                        return -ETIMEDOUT;
                if (errno != EINTR)
                        return -errno;
        }
}

static int put_all(int fd, const void *bytes, size_t n, int64_t end)
{
        const char *p = bytes;
        while (n > 0) {
                ssize_t put = send(fd, p, n, MSG_NOSIGNAL);
                int r = put < 0 && (errno == EAGAIN || errno == EINTR) ? ready(fd, POLLOUT, end)
                        : put < 0                                      ? -errno
                                                                       : 0;
                if (r < 0)
                        return r;
                if (put > 0) {
                        p += put;
                        n -= (size_t)put;
                }
        }
        return 0;
}

static int get_all(int fd, void *bytes, size_t n, int64_t end)
{
        char *p = bytes;
        while (n > 0) {
                ssize_t got = recv(fd, p, n, 0);
                int r = got < 0 && (errno == EAGAIN || errno == EINTR) ? ready(fd, POLLIN, end)
                        : got < 0                                      ? -errno
                        : got == 0                                     ? -ECONNRESET
                                                                       : 0;
                if (r < 0)
                        return r;
                if (got > 0) {
                        p += got;
                        n -= (size_t)got;
                }
        }
        return 0;
}

/* SASL as the D-Bus specification has it: who we are the kernel says. */
static int authenticate(int fd, int64_t end)
{
        char hello[64], uid[16], line[128] = "";
        size_t n = 0;
        int len = snprintf(uid, sizeof(uid), "%u", (unsigned)geteuid());
        int at = snprintf(hello, sizeof(hello), "%cAUTH EXTERNAL ", 0);
        for (int i = 0; i < len; i++)
                at += snprintf(hello + at, sizeof(hello) - (size_t)at, "%02x", (unsigned)uid[i]);
        at += snprintf(hello + at, sizeof(hello) - (size_t)at, "\r\n");
        int r = put_all(fd, hello, (size_t)at, end);
        while (r == 0 && (n == 0 || line[n - 1] != '\n') && n < sizeof(line) - 1)
                r = get_all(fd, line + n++, 1, end);
        line[n] = 0;
        if (r == 0 && !startswith(line, "OK "))
                r = -EACCES;
        return r < 0 ? r : put_all(fd, "BEGIN\r\n", strlen("BEGIN\r\n"), end);
}

static int ask_all(int fd, const char *unit, int64_t end)
{
        _cleanup_free_ char *object = object_of(unit);
        struct bus_call call;
        for (uint32_t i = 0; i < PROPERTIES; i++) {
                int r = bus_call_get(&call, i + 1, DESTINATION, object, properties[i].interface,
                                     properties[i].name);
                if (r == 0)
                        r = put_all(fd, call.bytes, call.len, end);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int answer_get(int fd, int64_t end, struct bus_answer *out)
{
        unsigned char message[MESSAGE_MAX];
        int r = get_all(fd, message, BUS_HEAD_SIZE, end);
        size_t size = r == 0 ? bus_size(message, sizeof(message)) : 0;
        if (r == 0 && size < BUS_HEAD_SIZE)
                r = -EBADMSG;
        if (r == 0)
                r = get_all(fd, message + BUS_HEAD_SIZE, size - BUS_HEAD_SIZE, end);
        return r < 0 ? r : bus_read(message, size, out);
}

static int answers_get(int fd, int64_t end, struct bus_answer answers[PROPERTIES])
{
        unsigned got = 0;
        for (int left = MESSAGES_MAX; got < (1U << PROPERTIES) - 1; left--) {
                struct bus_answer answer;
                int r = left > 0 ? answer_get(fd, end, &answer) : -EBADMSG;
                if (r < 0)
                        return r;
                if (answer.serial < 1 || answer.serial > PROPERTIES)
                        continue;
                if (answer.type != properties[answer.serial - 1].type)
                        return -EBADMSG;
                answers[answer.serial - 1] = answer;
                got |= 1U << (answer.serial - 1);
        }
        return 0;
}

int unit_ask(const struct sys *sys, const char *unit, int64_t limit_ms, struct unit_end *out)
{
        struct bus_answer answers[PROPERTIES];
        int64_t end = now_ms() + limit_ms;
        if (!sys->live || !sys_exists(sys, "/run/systemd/system"))
                return -ESRCH;
        _cleanup_close_ int fd = connect_private(sys);
        int r = fd < 0 ? fd : authenticate(fd, end);
        if (r == 0)
                r = ask_all(fd, unit, end);
        if (r == 0)
                r = answers_get(fd, end, answers);
        if (r < 0)
                return r;
        strcpy(out->active, answers[ACTIVE].text);
        strcpy(out->sub, answers[SUB].text);
        strcpy(out->result, answers[RESULT].text);
        out->code = (int32_t)answers[CODE].number;
        out->status = (int32_t)answers[STATUS].number;
        return 0;
}

bool unit_failed(const struct unit_end *end)
{
        return streq(end->active, "failed") ||
               (streq(end->sub, "auto-restart") && !streq(end->result, "success"));
}

char *unit_end_text(const struct unit_end *end)
{
        bool by_signal = end->code == CLD_KILLED || end->code == CLD_DUMPED;
        if (by_signal || (end->code == CLD_EXITED && end->status != 0))
                return xasprintf("%s, %s %d", end->result, by_signal ? "signal" : "status",
                                 (int)end->status);
        return xstrdup(end->result);
}
