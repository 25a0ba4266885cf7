/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that speaks the vendor's netlink protocols, for the tests of our modules:
 *     netlink fsm|nke|- STEP...        (-: none, for steps that only make events)
 * The steps are done in order over one socket; each prints a line, and so does what arrives:
 *   hello | hello=VERSION     "rec-hello", "hello: 0" (or an errno and the kernel's words)
 *   opts=LEVEL,FILTER         also opts-short (one attribute missing), opts-cut (one too short)
 *   buffer=BYTES              of the socket
 *   count=N | listen          events: until there are N (60 s), until SIGTERM; "ready" first
 *   quiet=FILE                reads nothing until there is FILE
 *   quietly                   events are counted, not printed, from here on
 *   fuzz=SEED,N               N messages of all kinds; how many were taken and refused
 *   user=UID | netns          goes on as such, in a network of its own
 *   renames=DIR               makes some there, as rename(2) alone does not
 *   events=N                  status 3 unless so many have come so far
 *   end                       the count of events so far
 *   rename PID PPID UID PATH  is what an event prints
 * The steps and events of nke alone: netlink_nke.c; traffic: netlink_traffic.c. */
#include "netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/genetlink.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kmod-build/ampfsm/fsm.h"
#include "lib/util.h"

#define PATIENCE_MS 60000

const struct spoken *spoken;
unsigned long events;
bool quietly;
static volatile sig_atomic_t stopped;
static int keep_attribute(const struct nlattr *attr, void *data)
{
        const struct nlattr **all = data;
        if (mnl_attr_get_type(attr) <= FSM_ATTRIBUTES)
                all[mnl_attr_get_type(attr)] = attr;
        return MNL_CB_OK;
}

static void on_event(const struct nlmsghdr *head)
{
        const struct nlattr *a[FSM_ATTRIBUTES + 1] = { 0 };
        const struct genlmsghdr *genl = mnl_nlmsg_get_payload(head);
        if (genl->cmd != FSM_REC_OP) {
                say("command %u\n", genl->cmd);
                return;
        }
        events++;
        if (quietly)
                return;
        mnl_attr_parse(head, sizeof(struct genlmsghdr), keep_attribute, a);
        if (!a[FSM_OP] || !a[FSM_PID] || !a[FSM_PPID] || !a[FSM_UID] || !a[FSM_PATH] ||
            mnl_attr_validate(a[FSM_PATH], MNL_TYPE_NUL_STRING) < 0) {
                say("event without an attribute\n");
                return;
        }
        say("%s %u %u %u %s\n", mnl_attr_get_u32(a[FSM_OP]) == FSM_RENAME ? "rename" : "?",
            mnl_attr_get_u32(a[FSM_PID]), mnl_attr_get_u32(a[FSM_PPID]),
            mnl_attr_get_u32(a[FSM_UID]), mnl_attr_get_str(a[FSM_PATH]));
}

const struct spoken fsm = { "fsm", FSM_FAMILY, FSM_VERSION, FSM_REC_HELLO, on_event };

uint32_t number_of(const char **arg)
{
        char *end = NULL;
        const uint32_t number = (uint32_t)strtoul(*arg ? *arg : "", &end, 0);
        *arg = *end ? end + 1 : end;
        return number;
}

static int do_hello(const char *arg)
{
        /* both families have it as their first command */
        return ask("hello", begin(family, FSM_HELLO,
                                  arg ? (uint8_t)strtoul(arg, NULL, 10) : spoken->version));
}

static int do_opts(const char *arg)
{
        char *end = NULL;
        struct nlmsghdr *head = begin(family, FSM_SET_OPTS, FSM_VERSION);
        mnl_attr_put_u8(head, FSM_LOG_LEVEL, (uint8_t)strtoul(arg ? arg : "", &end, 10));
        mnl_attr_put_u32(head, FSM_FILTER, *end ? (uint32_t)strtoul(end + 1, NULL, 10) : 0);
        return ask("opts", head);
}

static int do_opts_short(const char *arg)
{
        (void)arg;
        struct nlmsghdr *head = begin(family, FSM_SET_OPTS, FSM_VERSION);
        mnl_attr_put_u32(head, FSM_FILTER, 0);
        return ask("opts-short", head);
}

static int do_opts_cut(const char *arg)
{
        (void)arg;
        struct nlmsghdr *head = begin(family, FSM_SET_OPTS, FSM_VERSION);
        mnl_attr_put_u8(head, FSM_LOG_LEVEL, 5);
        mnl_attr_put_u16(head, FSM_FILTER, 0);
        return ask("opts-cut", head);
}

static int do_buffer(const char *arg)
{
        int bytes = arg ? atoi(arg) : 0, fd = mnl_socket_get_fd(nl);
        return setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0;
}

static void hear(unsigned long upto, int64_t ms)
{
        const char *words = "";
        const int64_t end = now_ms() + ms;
        int error = 0;
        while (!stopped && events < upto && now_ms() < end) {
                unsigned long before = events - 1;
                if (!wait_for_more(100))
                        continue;
                for (; !stopped && events < upto && events != before; take(0, &error, &words))
                        before = events;
        }
}

static int do_count(const char *arg)
{
        say("ready\n");
        hear(arg ? strtoul(arg, NULL, 10) : 1, PATIENCE_MS);
        return 0;
}

static int do_listen(const char *arg)
{
        const char *words = "";
        int error = 0;
        (void)arg;
        say("ready\n");
        hear(ULONG_MAX, INT32_MAX);
        while (wait_for_more(500)) /* what was on its way */
                take(0, &error, &words);
        return 0;
}

static int do_quiet(const char *arg)
{
        say("ready\n");
        while (access(arg ? arg : "/", F_OK) < 0)
                poll(NULL, 0, 20);
        return 0;
}

static int do_quietly(const char *arg)
{
        (void)arg;
        quietly = true;
        return 0;
}

static int do_user(const char *arg)
{
        uid_t uid = arg ? (uid_t)strtoul(arg, NULL, 10) : 0;
        return setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0 ||
               (nl && open_socket());
}

static int do_netns(const char *arg)
{
        (void)arg;
        return unshare(CLONE_NEWNET) < 0 || open_socket();
}

static int do_renames(const char *arg)
{
        int dir = open(arg ? arg : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (dir < 0 || mknodat(dir, "one", S_IFREG | 0600, 0) < 0 ||
            mknodat(dir, "two", S_IFREG | 0600, 0) < 0 || renameat(dir, "one", dir, "by-at") < 0 ||
            syscall(SYS_renameat2, dir, "two", dir, "./by-at", 2U /* RENAME_EXCHANGE */) < 0 ||
            fchdir(dir) < 0 || rename("two", "../back") < 0)
                return perror("renames"), 1;
        say("renamed %d\n", getpid());
        return renameat(dir, "nothing", dir, "failed") == 0;
}

static int do_events(const char *arg)
{
        return events == strtoul(arg ? arg : "0", NULL, 10) ? 0 : 3;
}

static int do_end(const char *arg)
{
        (void)arg;
        say("events %lu\n", events);
        return 0;
}

static const struct step steps[] = {
        { "hello", do_hello },
        { "opts", do_opts },
        { "opts-short", do_opts_short },
        { "opts-cut", do_opts_cut },
        { "buffer", do_buffer },
        { "count", do_count },
        { "listen", do_listen },
        { "quiet", do_quiet },
        { "quietly", do_quietly },
        { "user", do_user },
        { "netns", do_netns },
        { "renames", do_renames },
        { "fuzz", do_fuzz },
        { "events", do_events },
        { "end", do_end },
        { NULL, NULL },
};

static int run_step(const char *step)
{
        const struct step *const tables[] = { steps, nke_steps, traffic_steps };
        size_t len = strcspn(step, "=");
        for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
                for (const struct step *s = tables[i]; s->name; s++)
                        if (strlen(s->name) == len && strncmp(s->name, step, len) == 0)
                                return s->run(step[len] ? step + len + 1 : NULL);
        fprintf(stderr, "no step %s\n", step);
        return 2;
}

static void on_term(int sig)
{
        (void)sig;
        stopped = 1;
}

int main(int argc, char **argv)
{
        int r = 0;
        signal(SIGTERM, on_term);
        signal(SIGPIPE, SIG_IGN); /* who waited for "ready" reads no further */
        if (argc < 2)
                return 2;
        if (!streq(argv[1], "-")) {
                spoken = streq(argv[1], nke.word) ? &nke : &fsm;
                r = open_socket();
        }
        for (int i = 2; r == 0 && i < argc; i++)
                r = run_step(argv[i]);
        if (nl)
                mnl_socket_close(nl);
        return r;
}
