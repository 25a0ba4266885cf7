/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What systemd tells of the connector's unit. */
#include <errno.h>
#include <systemd/sd-bus.h>

#include "connector/paths.h"
#include "monitor/source.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define OF_UNIT (LOOK(5) | LOOK(6) | LOOK(7) | LOOK(8) | LOOK(9) | LOOK(18))

static int on_change(sd_bus_message *message, void *data, sd_bus_error *error)
{
        struct monitor *m = data;
        (void)message, (void)error;
        source_processes_soon();
        monitor_want(m, OF_UNIT);
        return 0;
}

static void bus_free(void *bus)
{
        sd_bus_flush_close_unref(bus);
}

/* systemd's own socket: there without a bus daemon, and for root alone. */
static int bus_open(sd_bus **out)
{
        sd_bus *bus = NULL;
        int r = sd_bus_new(&bus);
        if (r >= 0)
                r = sd_bus_set_address(bus, "unix:path=/run/systemd/private");
        if (r >= 0)
                r = sd_bus_start(bus);
        if (r >= 0)
                *out = bus;
        else
                sd_bus_unref(bus);
        return r;
}

static int subscribe(struct monitor *m, sd_bus *bus)
{
        _cleanup_free_ char *path = NULL, *match = NULL;
        int r = sd_bus_path_encode("/org/freedesktop/systemd1/unit",
                                   connector_path(m->sys, PATH_SERVICE), &path);
        if (r < 0)
                return r;
        match = xasprintf("type='signal',path='%s',interface='org.freedesktop.DBus.Properties',"
                          "member='PropertiesChanged'",
                          path);
        r = sd_bus_add_match(bus, NULL, match, on_change, m);
        if (r >= 0) /* no answer is waited for */
                r = sd_bus_call_method_async(bus, NULL, SYSTEMD, "/org/freedesktop/systemd1",
                                             SYSTEMD ".Manager", "Subscribe", NULL, NULL, "");
        return r < 0 ? r : sd_bus_attach_event(bus, m->loop, SD_EVENT_PRIORITY_NORMAL);
}

int source_unit(struct monitor *m)
{
        sd_bus *bus = NULL;
        if (!m->sys->live)
                return 0;
        int r = bus_open(&bus);
        if (r < 0)
                return r;
        r = subscribe(m, bus);
        if (r < 0)
                return bus_free(bus), r;
        m->bus = bus; /* closed with the monitor */
        return 0;
}
