/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head of a screen: what was looked at, and how the connector is. */
#include "repair/screen.h"

#include <errno.h>

#include "connector/connector.h"
#include "connector/paths.h"
#include "host/process.h"
#include "host/service.h"
#include "host/unit_ask.h"
#include "lib/i18n.h"

void screen_open(struct screen *s, FILE *to, const struct sys *sys, const struct options *options)
{
        *s = (struct screen){
                .sys = sys,
                .options = options,
                .quiet = options && options->quiet,
                .verbose = options && options->verbose,
        };
        layout_open(&s->l, to);
}

/* Where and which kernel: " on web01, kernel 6.1.0". */
static char *place(const struct screen *s, const struct report *report)
{
        _cleanup_free_ char *where = s->sys->live ? xasprintf(_("on %s"), report->host)
                                                  : xasprintf(_("in %s"), s->sys->root);
        if (!report->kernel)
                return TAKE_PTR(where);
        return xasprintf(_("%s, kernel %s"), where, report->kernel);
}

static char *title(const struct screen *s, const struct report *report, int installed)
{
        _cleanup_free_ char *at = place(s, report), *version = NULL;
        if (installed == 0)
                return xasprintf(_("No Secure Endpoint connector installed %s"), at);
        if (installed < 0)
                return xasprintf(_("Secure Endpoint connector (could not be looked at) %s"), at);
        (void)connector_version(s->sys, &version, NULL);
        return version ? xasprintf(_("Secure Endpoint connector %s %s"), version, at)
                       : xasprintf(_("Secure Endpoint connector of unknown version %s"), at);
}

#define SERVICE_MS 200

static char *service_state(const struct screen *s, const char *unit)
{
        struct unit_end end;
        if (unit_ask(s->sys, unit, SERVICE_MS, &end) == 0 && unit_failed(&end)) {
                _cleanup_free_ char *how = unit_end_text(&end);
                return xasprintf("%s (%s)", end.active, how);
        }
        int active = service_active(s->sys, unit);
        if (active == 1)
                return xstrdup(_("active"));
        if (active < 0)
                return xstrdup(_("unknown"));
        int enabled = service_enabled(s->sys, unit);
        return xstrdup(enabled == -EACCES ? _("masked")
                       : enabled == 1     ? _("not running, though enabled")
                                          : _("not running"));
}

static const char *scanner_state(const struct sys *sys)
{
        _cleanup_free_ struct process *found = NULL;
        size_t n = 0;
        if (process_find(sys, connector_path(sys, PATH_SCANNER), &found, &n, NULL) < 0)
                return _("unknown");
        return n ? _("running") : _("not running");
}

/* Only a check has a choice about asking the connector. */
static char *connector_state(const struct screen *s, const char *unit)
{
        _cleanup_free_ char *service = service_state(s, unit);
        const char *scanner = scanner_state(s->sys);
        if (s->sys->depth == DEPTH_PROVE)
                return xasprintf(_("%s: %s    scan process: %s    connector asked: yes"), unit,
                                 service, scanner);
        if (!s->options || s->options->action == ACTION_CHECK ||
            s->options->action == ACTION_OVERVIEW)
                return xasprintf(_("%s: %s    scan process: %s    connector asked: no (--prove)"),
                                 unit, service, scanner);
        return xasprintf(_("%s: %s    scan process: %s"), unit, service, scanner);
}

void screen_head(const struct screen *s, const struct report *report)
{
        int installed = connector_installed(s->sys, NULL);
        if (report->rehearsal)
                layout_text(&s->l, 0, 2, STYLE_BOLD,
                            _("REHEARSAL on a throw-away copy: this machine is not changed."));
        _cleanup_free_ char *first = title(s, report, installed);
        layout_text(&s->l, 0, 2, STYLE_BOLD, first);
        if (installed == 1 && s->sys->live) {
                const char *unit = connector_path(s->sys, PATH_SERVICE);
                _cleanup_free_ char *second = connector_state(s, unit);
                layout_text(&s->l, 0, 2, STYLE_PLAIN, second);
        }
        fputc('\n', s->l.to);
}
