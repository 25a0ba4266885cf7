/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's messages: which of them are queued at all, and what follows when the queue was too short. */
#include "monitor/netlink.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include "monitor/module_events.h"
#include "tests/unit/scratch.h"

#define GROUP 29
#define FLOOD 1000 /* of 4 KiB: no queue is that long */

static bool passes(const char *text, size_t len)
{
        char buf[256];
        int pair[2];
        assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), 0);
        assert_int_equal(setsockopt(pair[1], SOL_SOCKET, SO_ATTACH_FILTER, &module_events_only,
                                    sizeof(module_events_only)),
                         0);
        (void)!write(pair[0], text, len);
        ssize_t n = read(pair[1], buf, sizeof(buf));
        assert_true(n == (ssize_t)len || (n < 0 && errno == EAGAIN));
        close(pair[0]);
        close(pair[1]);
        return n > 0;
}

static void test_of_modules_alone(void **state)
{
        static const char *const pass[] = { "add@/module/loop", "remove@/module/loop",
                                            "add@/module/a" },
                                 *const drop[] = {
                                         "change@/devices/virtual/block/loop0",
                                         "add@/devices/virtual/net/veth0",
                                         "remove@/devices/virtual/net/veth0",
                                         "add@/modules/x",
                                         "add@/bus/x",
                                         "add@",
                                         "remove@/mod",
                                         "remove@/modulo/x",
                                         "bind@/module/loop",
                                         "a",
                                         "libudev",
                                 };
        const char *dropped = NULL, *passed = NULL;
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(pass); i++)
                if (!passes(pass[i], strlen(pass[i]) + 1))
                        dropped = pass[i];
        assert_null(dropped);
        for (size_t i = 0; i < ARRAY_SIZE(drop); i++)
                if (passes(drop[i], strlen(drop[i]) + 1))
                        passed = drop[i];
        assert_null(passed);
}

static void heard(struct monitor *m, const char *data, size_t len)
{
        (void)m, (void)data, (void)len;
}

static void flood(void)
{
        static char text[4096];
        const struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_groups = 1u << (GROUP - 1) };
        int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK);
        assert_true(fd >= 0);
        for (int i = 0; i < FLOOD; i++)
                (void)sendto(fd, text, sizeof(text), 0, (const struct sockaddr *)&to, sizeof(to));
        close(fd);
}

static unsigned said_of_loss(FILE *err)
{
        char line[512];
        unsigned n = 0;
        rewind(err);
        while (fgets(line, sizeof(line), err))
                n += strstr(line, "events were lost") != NULL;
        return n;
}

/* Said once; each time everything is looked at; and it goes on. */
static void test_overrun(void **state)
{
        static const struct netlink_ear ear = {
                NETLINK_USERSOCK, GROUP, LOOK_ALL, NULL, heard,
        };
        struct scratch s;
        struct monitor m = { .sys = &s.sys, .lock = -1, .quiet = true };
        int64_t looked[FAULTS_COUNT] = { 0 };
        (void)state;
        NEEDS_ROOT();
        scratch_open(&s);
        store_init(&m.store);
        assert_true(sd_event_new(&m.loop) >= 0);
        assert_int_equal(netlink_listen(&m, &ear), 0);
        FILE *err = tmpfile();
        int kept = dup(STDERR_FILENO);
        assert_true(err && kept >= 0 && dup2(fileno(err), STDERR_FILENO) >= 0);
        for (uint64_t again = 1; again <= 3; again++) {
                flood();
                while (m.looks < again && sd_event_run(m.loop, UINT64_MAX) >= 0)
                        ;
                for (size_t i = 0; i < FAULTS_COUNT; i++) {
                        assert_true(m.store.states.of[i].looked > looked[i]);
                        looked[i] = m.store.states.of[i].looked;
                }
        }
        assert_true(dup2(kept, STDERR_FILENO) >= 0);
        assert_int_equal(said_of_loss(err), 1);
        fclose(err);
        close(kept);
        sd_event_source_disable_unref(m.debounce);
        sd_event_source_disable_unref(m.again);
        sd_event_unref(m.loop);
        store_free(&m.store);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_of_modules_alone),
                cmocka_unit_test(test_overrun),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
