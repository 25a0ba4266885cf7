/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket of the netlink client. */
#include "netlink.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>

#include "lib/util.h"

#define PATIENCE_MS 60000

struct mnl_socket *nl;
uint16_t family;
uint32_t sequence;
static _Alignas(8) char out_buf[NETLINK_ROOM], in_buf[NETLINK_ROOM];

void say(const char *format, ...)
{
        va_list ap;
        va_start(ap, format);
        vprintf(format, ap);
        va_end(ap);
        fflush(stdout); /* a reader waits for the line */
}

struct nlmsghdr *begin(uint16_t type, uint8_t command, uint8_t version)
{
        struct nlmsghdr *head = mnl_nlmsg_put_header(out_buf);
        head->nlmsg_type = type;
        head->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
        head->nlmsg_seq = ++sequence;
        struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(head, sizeof(*genl));
        genl->cmd = command;
        genl->version = version;
        return head;
}

/* The kernel's words for a refusal. */
static const char *words_of(const struct nlmsghdr *head)
{
        const struct nlmsgerr *error = mnl_nlmsg_get_payload(head);
        const struct nlattr *attr;
        if (!(head->nlmsg_flags & NLM_F_ACK_TLVS))
                return "";
        unsigned int skip = sizeof(*error);
        if (!(head->nlmsg_flags & NLM_F_CAPPED))
                skip += error->msg.nlmsg_len - sizeof(error->msg);
        mnl_attr_for_each(attr, head, skip) if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
        {
                return mnl_attr_get_str(attr);
        }
        return "";
}

/* One datagram. 1: the answer to message SEQ is in, with its errno in *ERROR; 0: not yet. */
int take(uint32_t seq, int *error, const char **words)
{
        ssize_t n = recv(mnl_socket_get_fd(nl), in_buf, sizeof(in_buf), MSG_DONTWAIT);
        int left = (int)n, found = 0;
        if (n < 0 && errno == ENOBUFS)
                say("no buffer space\n");
        const struct nlmsghdr *head = (const void *)in_buf;
        for (; n > 0 && mnl_nlmsg_ok(head, left); head = mnl_nlmsg_next(head, &left)) {
                if (head->nlmsg_type == NLMSG_ERROR) {
                        const struct nlmsgerr *e = mnl_nlmsg_get_payload(head);
                        if (head->nlmsg_seq != seq)
                                continue;
                        *error = -e->error;
                        *words = words_of(head);
                        found = 1;
                } else if (head->nlmsg_type == GENL_ID_CTRL) {
                        const struct nlattr *attr;
                        mnl_attr_for_each(attr, head, sizeof(struct genlmsghdr))
                        {
                                if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
                                        family = mnl_attr_get_u16(attr);
                        }
                } else if (head->nlmsg_type == family && family) {
                        const struct genlmsghdr *genl = mnl_nlmsg_get_payload(head);
                        if (genl->cmd == spoken->rec_hello)
                                say("rec-hello\n");
                        else
                                spoken->on_event(head);
                }
        }
        return found;
}

bool wait_for_more(int ms)
{
        struct pollfd p = { .fd = mnl_socket_get_fd(nl), .events = POLLIN };
        return poll(&p, 1, ms) > 0;
}

int ask(const char *what, const struct nlmsghdr *head)
{
        const char *words = "";
        int error = 0;
        if (mnl_socket_sendto(nl, head, head->nlmsg_len) < 0) {
                say("%s: not sent: %d\n", what, errno);
                return 1;
        }
        const int64_t end = now_ms() + PATIENCE_MS;
        while (now_ms() < end)
                if (wait_for_more(1000) && take(sequence, &error, &words)) {
                        say("%s: %d%s%s\n", what, error, *words ? " " : "", words);
                        return 0;
                }
        say("%s: no answer\n", what);
        return 1;
}

int open_socket(void)
{
        const int yes = 1;
        if (nl)
                mnl_socket_close(nl);
        nl = mnl_socket_open(NETLINK_GENERIC);
        if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
                return perror("netlink"), 1;
        mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, (void *)(uintptr_t)&yes, sizeof(yes));
        struct nlmsghdr *head = begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
        mnl_attr_put_strz(head, CTRL_ATTR_FAMILY_NAME, spoken->name);
        return ask("family", head);
}
