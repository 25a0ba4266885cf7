/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network family of the netlink client. Its steps:
 *   options=SEND,LEVEL,MALICIOUS,CLEAN,SIZE[,46]   flags: 4 no loopback, 6 no IPv6
 *   options-short           one attribute missing
 *   monitor=PID,CONNECTIONS,SECONDS | forget=PID | reset | dump
 *   detect=ADDRESS,CLASS,NAME   kept; allow=ADDRESS alike, unchanged=ADDRESS;
 *   detect-not-kept=ADDRESS; detect-short: without an address; detect-cut: one too short
 * What an event prints: OP PID UID PROTOCOL LOCAL REMOTE ID FILE [at BYTE LENGTH right|wrong]
 * [malicious CLASS NAME] types TYPES, "-" for what is missing; "gap": the numbers of events have one. */
#include "netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kmod-build/ampfsm/nke.h"
#include "lib/util.h"

#define END_ROOM (INET6_ADDRSTRLEN + 16)

struct heard {
        const struct nlattr *a[NKE_ATTRIBUTES + 1];
        char types[128];
};

static int keep_attribute(const struct nlattr *attr, void *data)
{
        struct heard *heard = data;
        const uint16_t type = mnl_attr_get_type(attr);
        const size_t used = strlen(heard->types);
        snprintf(heard->types + used, sizeof(heard->types) - used, "%s%u", used ? "," : "", type);
        if (type <= NKE_ATTRIBUTES)
                heard->a[type] = attr;
        return MNL_CB_OK;
}

static const char *end_text(const struct nlattr *attr, char *to)
{
        struct sockaddr_storage s = { 0 };
        const struct sockaddr_in *in = (const void *)&s;
        const struct sockaddr_in6 *in6 = (const void *)&s;
        char text[INET6_ADDRSTRLEN] = "";
        if (!attr)
                return "-";
        if (mnl_attr_get_payload_len(attr) != sizeof(s))
                return "wrong-size";
        memcpy(&s, mnl_attr_get_payload(attr), sizeof(s));
        const size_t used = s.ss_family == AF_INET ? sizeof(*in) : sizeof(*in6);
        for (size_t i = used; i < sizeof(s); i++)
                if (((const char *)&s)[i])
                        return "not-zero";
        inet_ntop(s.ss_family,
                  s.ss_family == AF_INET ? (const void *)&in->sin_addr : &in6->sin6_addr, text,
                  sizeof(text));
        snprintf(to, END_ROOM, s.ss_family == AF_INET ? "%s:%u" : "[%s]:%u", text,
                 ntohs(in->sin_port));
        return to;
}

/* The traffic's bytes count up (netlink_traffic.c). */
static bool payload_right(const struct nlattr *payload, uint32_t at)
{
        const unsigned char *bytes = mnl_attr_get_payload(payload);
        for (uint32_t i = 0; i < mnl_attr_get_payload_len(payload); i++)
                if (bytes[i] != (at + i) % 251)
                        return false;
        return true;
}

static void say_event(uint8_t command, const struct heard *h)
{
        static const char *const words[] = { "connect", "accept", "send", "receive", "release" };
        const struct nlattr *const *a = h->a;
        char local[END_ROOM], remote[END_ROOM], more[256] = "";
        const uint8_t op = mnl_attr_get_u8(a[NKE_REC_OP]);
        if (a[NKE_REC_PAYLOAD] && a[NKE_REC_PAYLOAD_AT]) {
                const uint32_t at = mnl_attr_get_u32(a[NKE_REC_PAYLOAD_AT]);
                snprintf(more, sizeof(more), " at %u %u %s", at,
                         mnl_attr_get_payload_len(a[NKE_REC_PAYLOAD]),
                         payload_right(a[NKE_REC_PAYLOAD], at) ? "right" : "wrong");
        }
        if (command == NKE_REC_DETECT)
                snprintf(more, sizeof(more), " malicious %u %s",
                         a[NKE_REC_CLASSIFICATION] ? mnl_attr_get_u8(a[NKE_REC_CLASSIFICATION])
                                                   : 999,
                         a[NKE_REC_DETECTION_NAME] ? mnl_attr_get_str(a[NKE_REC_DETECTION_NAME])
                                                   : "-");
        say("%s %u %u %s %s %s %llx %s%s types %s\n", op < ARRAY_SIZE(words) ? words[op] : "?",
            mnl_attr_get_u32(a[NKE_REC_PID]), mnl_attr_get_u32(a[NKE_REC_UID]),
            mnl_attr_get_u8(a[NKE_REC_PROTOCOL]) == 6 ? "tcp" : "udp",
            end_text(a[NKE_REC_LOCAL], local), end_text(a[NKE_REC_REMOTE], remote),
            (unsigned long long)mnl_attr_get_u64(a[NKE_REC_SOCK_ID]),
            a[NKE_REC_FILENAME] ? mnl_attr_get_str(a[NKE_REC_FILENAME]) : "-", more, h->types);
}

static void on_event(const struct nlmsghdr *head)
{
        static uint32_t last;
        struct heard h = { 0 };
        const struct genlmsghdr *genl = mnl_nlmsg_get_payload(head);
        if (genl->cmd != NKE_REC_SK_OP && genl->cmd != NKE_REC_DETECT) {
                say("command %u\n", genl->cmd);
                return;
        }
        events++;
        if ((last && head->nlmsg_seq != last + 1) || head->nlmsg_pid ||
            genl->version != NKE_VERSION)
                say("gap %u after %u\n", head->nlmsg_seq, last);
        last = head->nlmsg_seq;
        if (quietly)
                return;
        mnl_attr_parse(head, sizeof(*genl), keep_attribute, &h);
        if (!h.a[NKE_REC_OP] || !h.a[NKE_REC_PID] || !h.a[NKE_REC_UID] || !h.a[NKE_REC_PROTOCOL] ||
            !h.a[NKE_REC_SOCK_ID])
                say("event without an attribute: %s\n", h.types);
        else
                say_event(genl->cmd, &h);
}

const struct spoken nke = { "nke", NKE_FAMILY, NKE_VERSION, NKE_REC_HELLO, on_event };

static struct nlmsghdr *begin_nke(uint8_t command)
{
        return begin(family, command, NKE_VERSION);
}

static int do_options(const char *arg)
{
        struct nlmsghdr *head = begin_nke(NKE_SET_OPTS);
        mnl_attr_put_u32(head, NKE_SEND_LIMIT, number_of(&arg));
        mnl_attr_put_u8(head, NKE_LOG_LEVEL, (uint8_t)number_of(&arg));
        mnl_attr_put_u32(head, NKE_TTL_MALICIOUS, number_of(&arg));
        mnl_attr_put_u32(head, NKE_TTL_CLEAN, number_of(&arg));
        mnl_attr_put_u32(head, NKE_CACHE_SIZE, number_of(&arg));
        if (arg && strchr(arg, '4'))
                mnl_attr_put(head, NKE_IGNORE_LOOPBACK, 0, NULL);
        if (arg && strchr(arg, '6'))
                mnl_attr_put(head, NKE_IGNORE_IPV6, 0, NULL);
        return ask("options", head);
}

static int do_options_short(const char *arg)
{
        (void)arg;
        struct nlmsghdr *head = begin_nke(NKE_SET_OPTS);
        mnl_attr_put_u32(head, NKE_SEND_LIMIT, 1000);
        mnl_attr_put_u8(head, NKE_LOG_LEVEL, 5);
        return ask("options-short", head);
}

static int do_monitor(const char *arg)
{
        struct nlmsghdr *head = begin_nke(NKE_MONITOR);
        mnl_attr_put_u32(head, NKE_PID, number_of(&arg));
        mnl_attr_put_u32(head, NKE_CONN_LIMIT, number_of(&arg));
        mnl_attr_put_u32(head, NKE_TIME_LIMIT, number_of(&arg));
        return ask("monitor", head);
}

static int do_forget(const char *arg)
{
        struct nlmsghdr *head = begin_nke(NKE_FORGET);
        mnl_attr_put_u32(head, NKE_PID, number_of(&arg));
        return ask("forget", head);
}

static int do_reset(const char *arg)
{
        (void)arg;
        return ask("reset", begin_nke(NKE_RESET));
}

static int do_dump(const char *arg)
{
        (void)arg;
        return ask("dump", begin_nke(NKE_DUMP));
}

/* ARG: ADDRESS[,CLASS[,NAME]] */
static int judge(const char *what, uint8_t command, const char *arg, bool keep)
{
        struct sockaddr_storage s = { 0 };
        struct sockaddr_in *in = (void *)&s;
        struct sockaddr_in6 *in6 = (void *)&s;
        char address[INET6_ADDRSTRLEN] = "";
        const size_t len = strcspn(arg ? arg : "", ",");
        if (!arg || len >= sizeof(address))
                return 2;
        memcpy(address, arg, len);
        const bool six = strchr(address, ':');
        s.ss_family = six ? AF_INET6 : AF_INET;
        if (inet_pton(s.ss_family, address, six ? (void *)&in6->sin6_addr : &in->sin_addr) != 1)
                return 2;
        struct nlmsghdr *head = begin_nke(command);
        mnl_attr_put(head, NKE_REMOTE, sizeof(s), &s);
        arg += len;
        if (*arg) {
                arg++;
                mnl_attr_put_u8(head, NKE_CLASSIFICATION, (uint8_t)number_of(&arg));
        }
        if (*arg)
                mnl_attr_put_strz(head, NKE_DETECTION_NAME, arg);
        if (keep)
                mnl_attr_put(head, NKE_CACHE_REMOTE, 0, NULL);
        return ask(what, head);
}

static int do_detect(const char *arg)
{
        return judge("detect", NKE_DETECT, arg, true);
}

static int do_detect_not_kept(const char *arg)
{
        return judge("detect-not-kept", NKE_DETECT, arg, false);
}

static int do_allow(const char *arg)
{
        return judge("allow", NKE_ALLOW, arg, true);
}

static int do_unchanged(const char *arg)
{
        return judge("unchanged", NKE_UNCHANGED, arg, true);
}

static int do_detect_short(const char *arg)
{
        (void)arg;
        return ask("detect-short", begin_nke(NKE_DETECT));
}

static int do_detect_cut(const char *arg)
{
        (void)arg;
        static const char cut[16] = { AF_INET };
        struct nlmsghdr *head = begin_nke(NKE_DETECT);
        mnl_attr_put(head, NKE_REMOTE, sizeof(cut), cut);
        return ask("detect-cut", head);
}

const struct step nke_steps[] = {
        { "options", do_options },
        { "options-short", do_options_short },
        { "monitor", do_monitor },
        { "forget", do_forget },
        { "reset", do_reset },
        { "dump", do_dump },
        { "detect", do_detect },
        { "detect-not-kept", do_detect_not_kept },
        { "detect-short", do_detect_short },
        { "detect-cut", do_detect_cut },
        { "allow", do_allow },
        { "unchanged", do_unchanged },
        { NULL, NULL },
};
