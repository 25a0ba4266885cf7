/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* The generic netlink family of the vendor's network module, as its sources of 2021-06-14 have it:
 * numbers only. All integers in host byte order; an address is a whole struct sockaddr_storage. */
#ifndef AMP_NKE_H
#define AMP_NKE_H

#define NKE_FAMILY "csco-amp-nke"
#define NKE_VERSION 6

enum nke_command {
        NKE_HELLO = 1, /* to the module: the sender is the peer */
        NKE_MONITOR,   /* PID, CONN_LIMIT and TIME_LIMIT: so much is told of a process */
        NKE_FORGET,    /* PID: without limits again */
        NKE_SET_OPTS,  /* SEND_LIMIT, LOG_LEVEL and the three of the cache; the flags as they are */
        NKE_RESET,     /* no process has limits, the cache is empty */
        NKE_DUMP,      /* the tables into the kernel's log */
        NKE_ALLOW,     /* REMOTE: clean; kept only with CACHE_REMOTE */
        NKE_DETECT,    /* REMOTE: malicious; alike */
        NKE_UNCHANGED, /* REMOTE: nothing is done */
        NKE_REC_SK_OP, /* from the module: what a socket did */
        NKE_REC_DETECT, /* from the module: it did so with what is kept as malicious */
        NKE_REC_END,    /* never sent */
        NKE_REC_HELLO,  /* its answer to HELLO, before the acknowledgement */
};

enum nke_attribute {
        NKE_SEND_LIMIT = 1,     /* u32, bytes of a socket */
        NKE_IGNORE_IPV6,        /* flag */
        NKE_IGNORE_LOOPBACK,    /* flag */
        NKE_LOG_LEVEL,          /* u8, 0 to 7 as the kernel's */
        NKE_PID,                /* u32, thread group */
        NKE_CONN_LIMIT,         /* u32 */
        NKE_TIME_LIMIT,         /* u32, seconds */
        NKE_TTL_MALICIOUS,      /* u32, seconds; NKE_DEFAULT */
        NKE_TTL_CLEAN,          /* alike */
        NKE_CACHE_SIZE,         /* u32, addresses; 0: keeps none; NKE_DEFAULT */
        NKE_REMOTE,             /* address */
        NKE_CLASSIFICATION,     /* u8 */
        NKE_DETECTION_NAME,     /* string; NKE_NAME - 1 bytes are kept */
        NKE_CACHE_REMOTE,       /* flag */
        NKE_REC_PID,            /* u32, thread group, in the initial pid namespace */
        NKE_REC_UID,            /* u32, the real one, in the initial user namespace */
        NKE_REC_FILENAME,       /* string: the program's file */
        NKE_REC_LOCAL,          /* address */
        NKE_REC_REMOTE,         /* address */
        NKE_REC_PROTOCOL,       /* u8: IPPROTO_TCP, IPPROTO_UDP */
        NKE_REC_PAYLOAD,        /* bytes */
        NKE_REC_PAYLOAD_AT,     /* u32: of all that is told of this socket's, where these begin */
        NKE_REC_SOCK_ID,        /* u64: no other socket's before the machine starts again */
        NKE_REC_OP,             /* u8, enum nke_op */
        NKE_REC_CLASSIFICATION, /* u8 */
        NKE_REC_DETECTION_NAME, /* string */
        NKE_ATTRIBUTES = NKE_REC_DETECTION_NAME,
        NKE_PAD,
};

enum nke_op { NKE_OP_CONNECT, NKE_OP_ACCEPT, NKE_OP_SEND, NKE_OP_RECEIVE, NKE_OP_RELEASE };

#define NKE_DEFAULT 0xffffffffU
#define NKE_NAME 64

#endif
