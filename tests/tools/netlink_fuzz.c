/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netlink messages of all kinds, most of them wrong. */
#include "netlink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "kmod-build/ampfsm/fsm.h"
#include "lib/util.h"

static uint32_t random_state;
static uint32_t any(uint32_t below)
{
        random_state = random_state * 1664525 + 1013904223;
        return (uint32_t)((uint64_t)random_state * below >> 32);
}

/* Mostly what could be meant: the first check is not to stop them all. */
static struct nlmsghdr *any_message(void)
{
        static const uint16_t sizes[] = { 0, 1, 2, 4, 4, 4, 8, 16, 127, 128, 129, 1000 };
        struct nlmsghdr *head = begin(family, (uint8_t)(any(4) ? 1 + any(2) : any(256)),
                                      (uint8_t)(any(8) ? FSM_VERSION : any(256)));
        for (uint32_t n = any(any(4) ? 4 : 32); n > 0; n--) {
                char bytes[1024];
                uint16_t type = (uint16_t)(any(2) ? 1 + any(2) : any(8) ? any(9) : any(65536));
                uint16_t size = any(2)   ? (type == FSM_LOG_LEVEL ? 1 : 4)
                                : any(8) ? sizes[any(ARRAY_SIZE(sizes))]
                                         : (uint16_t)any(1024);
                for (uint16_t i = 0; i < size; i++)
                        bytes[i] = (char)any(256);
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
