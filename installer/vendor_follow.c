/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Following what becomes of an installed connector. */
#include "installer/vendor_follow.h"

#include <errno.h>
#include <fcntl.h>

#include "installer/verb.h"
#include "lib/i18n.h"
#include "lib/stop.h"
#include "repair/outcome.h"
#include "repair/report.h"
#include "repair/session.h"
#include "repair/wait.h"
#include "repair/watched.h"

#define POLL_MS 3000
#define ANSWER_MS 15000 /* ampcli takes a second or two */
#define STEP_MS 1000    /* a signal is answered, a monitor that died is seen */

/* Looks until no fault is left. */
static int look_until(struct sys *sys, int64_t end)
{
        for (;;) {
                struct report report = { .all = true };
                struct session session = { .sys = sys, .faults = faults };
                session_check(&session, &report);
                int status = report_exit(&report);
                bool last = status == EXIT_NO_FAULT_LEFT || now_ms() >= end || stop_asked();
                if (last)
                        verb_report(sys, &report);
                report_free(&report);
                if (last)
                        return status;
                sleep_ms(POLL_MS);
        }
}

/* Only the connector knows of 18, and it has to be able to speak: asked once the others are done. */
static void ask_connector(const struct sys *sys)
{
        int fd = sys_openat_nolinks(sys, MONITOR_ASK, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK,
                                    0644);
        if (fd >= 0)
                close(fd);
}

/* The numbers of those that are not clear, "6, 18"; NULL: all are. SETTLED: waiting ends none of them. */
static char *left_text(const struct watched *w, int64_t begun, bool *settled)
{
        char *text = NULL;
        *settled = true;
        for (int id = 1; id < 32; id++) {
                const struct fault *fault = fault_by_id(id);
                if (!fault || watched_clear_since(watched_find(w, fault), begun))
                        continue;
                enum verdict v = watched_find(w, fault)->verdict;
                *settled &= v == VERDICT_NOT_ASKED || v == VERDICT_BLOCKED;
                char *longer = xasprintf("%s%s%d", text ? text : "", text ? ", " : "", id);
                free(text);
                text = longer;
        }
        return text;
}

/* Until nothing is left there; *LEFT names what is, *W is what was seen last. Negative: it died. */
static int monitor_until(struct sys *sys, int64_t end, struct watched *w, char **left,
                         bool *settled)
{
        _cleanup_close_ int fd = monitor_follow(sys);
        int64_t begun = now_ms();
        bool asked = false;
        int r = monitor_ask_look(sys);
        while (r == 0) {
                struct watched now = { 0 };
                r = watched_read(sys, &now);
                if (r == 0) {
                        watched_free(w);
                        *w = now;
                }
                free(*left);
                *left = left_text(w, begun, settled);
                if (!w->alive || !*left || now_ms() >= end || stop_asked())
                        break;
                if (*settled && !asked) {
                        ask_connector(sys);
                        end = now_ms() + ANSWER_MS < end ? now_ms() + ANSWER_MS : end;
                        asked = true;
                }
                monitor_await(fd, STEP_MS);
        }
        return r < 0 ? r : w->alive ? 0 : -ESRCH;
}

/* What it says, in a line; the exit status. */
static int monitor_followed(struct sys *sys, int64_t end)
{
        _cleanup_free_ char *left = NULL;
        bool settled = false;
        struct watched w = { 0 };
        puts(_("waiting for secep-monitord to report all nine faults clear"));
        fflush(stdout);
        int r = monitor_until(sys, end, &w, &left, &settled), status = EXIT_COULD_NOT_TELL;
        if (r < 0) {
                puts(_("secep-monitord does not respond; what follows was checked from here"));
        } else if (!left) {
                puts(_("secep-monitord reports all nine faults clear"));
                status = EXIT_NO_FAULT_LEFT;
        } else {
                printf(_("secep-monitord has not reported these as clear: %s\n"), left);
                status = watched_status(&w, faults, true);
                if (status == EXIT_NO_FAULT_LEFT && !settled)
                        status = EXIT_COULD_NOT_TELL;
        }
        watched_free(&w);
        return status;
}

int vendor_follow(struct sys *sys, int64_t end)
{
        bool systemd = sys_exists(sys, "/run/systemd/system");
        if (!systemd || !monitor_lives(sys)) {
                if (systemd)
                        puts(_("secep-monitord is not running; the faults are checked from here"));
                return look_until(sys, systemd ? end : now_ms());
        }
        int status = monitor_followed(sys, end);
        return exit_worse(status, look_until(sys, now_ms()));
}
