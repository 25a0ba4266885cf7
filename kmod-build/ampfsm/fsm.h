/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* The generic netlink family of the vendor's file module, as its sources of 2022-12-09 have it:
 * numbers only. All integers in host byte order. */
#ifndef AMP_FSM_H
#define AMP_FSM_H

#define FSM_FAMILY "csco-amp-fsm"
#define FSM_VERSION 1

enum fsm_command {
        FSM_HELLO = 1, /* to the module: the sender is the peer */
        FSM_SET_OPTS,  /* LOG_LEVEL and FILTER, both */
        FSM_REC_OP,    /* from the module */
        FSM_REC_HELLO, /* its answer to HELLO, before the acknowledgement */
};

enum fsm_attribute {
        FSM_LOG_LEVEL = 1, /* u8, 0 to 7 as the kernel's */
        FSM_FILTER,        /* u32, a bit for each enum fsm_op */
        FSM_OP,            /* u32, enum fsm_op */
        FSM_PID,           /* u32, thread group, in the initial pid namespace */
        FSM_PPID,          /* u32 */
        FSM_UID,           /* u32, the real one, in the initial user namespace */
        FSM_PATH,          /* string: the new name, absolute */
        FSM_ATTRIBUTES = FSM_PATH,
};

enum fsm_op { FSM_RENAME = 1 };

#endif
