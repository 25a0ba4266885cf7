/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only place that forks and executes (its inside: lib/child.h). argv only, never a shell; the
 * program is looked for in /usr/sbin:/usr/bin:/sbin:/bin; the environment is PATH, LC_ALL=C.UTF-8
 * and what the caller names; no stdin; no inherited fd but the ones named; a session of its own, so
 * that a Ctrl-C on the terminal reaches us and not a half-done dpkg; a time limit after which the
 * whole process group is killed. */
#ifndef SECEP_LIB_RUN_H
#define SECEP_LIB_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run {
        const char *const *argv; /* argv[0]: a bare name, or an absolute path */
        const char *const *env;  /* further "NAME=value" (or another LC_ALL), NULL-terminated; NULL
                                    for none */
        int root_fd;             /* chroot(2) here before the program is looked for; -1: no */
        int keep_fd;             /* one fd the child keeps open (a lock it must hold); -1: none */
        int cwd_fd;              /* fchdir here (after the chroot); -1: "/" */
        bool inherit;         /* stdin, stdout, stderr, environment, ignored signals and session of
                                 ours: for a command the operator gave. Nothing is captured. */
        bool die_with_parent; /* SIGKILL when we die. Not for whoever writes a database. */
        bool obeys; /* ended as soon as we are asked to stop (lib/stop.h). Not for whoever writes what
                       has to be whole. */
        int64_t timeout_ms; /* 0: none */
        size_t output_max;  /* bytes kept of each stream; the rest is read and dropped. 0: 64 KiB */
        int (*in_child)(void *); /* between fork and exec, after the chroot; 0 or -errno: no exec */
        void *in_child_data;
        void (*on_line)(void *, const char *line); /* each whole line of stdout, as it comes */
        void *on_line_data;
        const int *fds; /* stdin, stdout and stderr of the program, instead of none and ours */
};
#define RUN_DEFAULT .root_fd = -1, .keep_fd = -1, .cwd_fd = -1

struct run_result {
        int status; /* exit status; -1 when a signal ended it */
        int signal; /* that signal, or 0 */
        bool timed_out;
        bool stopped; /* ended because we were asked to stop */
        char *out;    /* stdout, a 0 byte after the last */
        size_t out_len;
        char *err; /* stderr, likewise */
        size_t err_len;
};

/* Runs the program to its end. 0 when it was started and reaped, whatever its status; -ENOENT when
 * there is no such program, otherwise what fork, chroot, in_child or exec said. *OUT is owned by
 * the caller (run_result_free), untouched on failure. */
int run_program(const struct run *run, struct run_result *out);
void run_result_free(struct run_result *result);
#define _cleanup_run_result_ _cleanup_(run_result_free)

/* run_program(), and one sentence in *WHY unless the program ended with status 0: its name, status
 * and the last line it printed on stderr (or stdout). 0, -errno of the start, -ETIMEDOUT,
 * -EINTR (asked to stop), or -EIO for another status. OUT may be NULL. */
int run_checked(const struct run *run, struct run_result *out, char **why);
/* Its second half: what RESULT of RUN says. 0, -ETIMEDOUT, -EINTR or -EIO with *WHY. */
int run_judge(const struct run *run, const struct run_result *result, char **why);

/* Runs FN(DATA, FD) in a forked child and collects what it writes to FD (at most OUTPUT_MAX bytes):
 * for libraries that keep global state or read hostile files. Result as run_program(); status is
 * FN's return value & 0xff. ON_LINE as above, may be NULL. The child's stdout and stderr are
 * captured into result->err. */
struct run_child {
        int (*fn)(void *data, int fd);
        void *data;
        int64_t timeout_ms;
        size_t output_max;
        void (*on_line)(void *, const char *line);
        void *on_line_data;
        bool die_with_parent;
        bool asked; /* for worker_open(): FD is read from, too */
};
int run_child(const struct run_child *child, struct run_result *out);

#endif
