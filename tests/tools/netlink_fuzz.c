/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netlink messages of all kinds, most of them wrong. */
#include "netlink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kmod-build/ampfsm/fsm.h"
#include "kmod-build/ampfsm/nke.h"
#include "lib/util.h"

static uint32_t random_state;
static uint32_t any(uint32_t below)
{
        random_state = random_state * 1664525 + 1013904223;
        return (uint32_t)((uint64_t)random_state * below >> 32);
}

/* What an attribute of the module's is like: its size, or of any. */
#define ANY 0xffff
static const uint16_t fsm_sizes[] = { ANY, 1, 4, 4, 4, 4, 4, ANY };
static const uint16_t nke_sizes[] = { ANY, 4, 0, 0,   1,   4,   4, 4,   4, 4, 4, 128, 1,   ANY,
                                      0,   4, 4, ANY, 128, 128, 1, ANY, 4, 8, 1, 1,   ANY, 0 };

static uint16_t any_size(uint16_t type)
{
        static const uint16_t sizes[] = { 0, 1, 2, 4, 4, 4, 8, 16, 127, 128, 129, 1000 };
        const uint16_t *right = spoken == &nke ? nke_sizes : fsm_sizes;
        const size_t n = spoken == &nke ? ARRAY_SIZE(nke_sizes) : ARRAY_SIZE(fsm_sizes);
        if (type < n && right[type] != ANY && any(8))
                return right[type];
        return any(8) ? sizes[any(ARRAY_SIZE(sizes))] : (uint16_t)any(1024);
}

static uint16_t any_type(void)
{
        const uint32_t n = spoken == &nke ? NKE_CACHE_REMOTE : FSM_FILTER;
        return (uint16_t)(any(2) ? 1 + any(n) : any(8) ? any(n + 16) : any(65536));
}

static void any_bytes(uint16_t type, uint16_t size, char *bytes)
{
        for (uint16_t i = 0; i < size; i++)
                bytes[i] = (char)any(256);
        if (size == 128 && any(4)) { /* an address that is one */
                bytes[0] = (char)(any(2) ? 2 : 10);
                bytes[1] = 0;
        }
        if (spoken == &nke && type == NKE_PID && any(2)) /* a process that there may be */
                memset(bytes + 1, 0, 3);
}

/* What a program would send, all its attributes but now and then one. */
static void put_meant(struct nlmsghdr *head)
{
        const uint16_t n = spoken == &nke ? NKE_CACHE_REMOTE : FSM_FILTER;
        for (uint16_t type = 1; type <= n; type++) {
                char bytes[1024];
                const uint16_t *right = spoken == &nke ? nke_sizes : fsm_sizes;
                const uint16_t size = right[type] == ANY ? (uint16_t)any(128) : right[type];
                any_bytes(type, size, bytes);
                if (any(64))
                        mnl_attr_put(head, type, size, bytes);
        }
}

static void put_any(struct nlmsghdr *head)
{
        for (uint32_t n = any(any(4) ? 4 : 32); n > 0; n--) {
                char bytes[1024];
                const uint16_t type = any_type(), size = any_size(type);
                any_bytes(type, size, bytes);
                if (!mnl_attr_put_check(head, NETLINK_ROOM, type, size, bytes))
                        break;
                if (!any(16)) /* a length that is not so */
                        ((struct nlattr *)((char *)mnl_nlmsg_get_payload_tail(head) -
                                           MNL_ALIGN(size) - MNL_ATTR_HDRLEN))
                                ->nla_len = (uint16_t)any(65536);
        }
        if (!any(16))
                head->nlmsg_flags = (uint16_t)(any(65536) | NLM_F_REQUEST | NLM_F_ACK);
        if (!any(16))
                head->nlmsg_len = any(head->nlmsg_len + 64);
}

/* Half of them could be meant: the first check is not to stop them all. */
static struct nlmsghdr *any_message(void)
{
        const uint32_t commands = spoken == &nke ? NKE_UNCHANGED : FSM_SET_OPTS;
        struct nlmsghdr *head = begin(family, (uint8_t)(any(8) ? 1 + any(commands) : any(256)),
                                      (uint8_t)(any(8) ? spoken->version : any(256)));
        if (any(2))
                put_meant(head);
        else
                put_any(head);
        return head;
}

int do_fuzz(const char *arg)
{
        char *end = NULL;
        unsigned long taken = 0, refused = 0, silent = 0;
        random_state = (uint32_t)strtoul(arg ? arg : "1", &end, 10);
        for (unsigned long n = *end ? strtoul(end + 1, NULL, 10) : 1000; n > 0; n--) {
                const char *words = "";
                int error = 0, answered = 0;
                const struct nlmsghdr *head = any_message();
                size_t size =
                        (size_t)((char *)mnl_nlmsg_get_payload_tail(head) - (const char *)head);
                if (head->nlmsg_len > size || size > NETLINK_ROOM)
                        size = head->nlmsg_len < NETLINK_ROOM ? head->nlmsg_len : NETLINK_ROOM;
                if (mnl_socket_sendto(nl, head, size) < 0 && errno != ENODATA) /* no byte of it */
                        return perror("fuzz"), 1;
                while (!answered && wait_for_more(0))
                        answered = take(sequence, &error, &words);
                if (!answered)
                        silent++;
                else if (error)
                        refused++;
                else
                        taken++;
        }
        say("taken %lu refused %lu silent %lu\n", taken, refused, silent);
        return 0;
}
