/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What systemd tells of the connector's unit. Asked by way of the bus daemon, which lets through what was
 * asked for: on its own socket systemd tells everybody of every unit, and each of them would be a wake-up. */
#include <errno.h>
#include <systemd/sd-bus.h>

#include "connector/paths.h"
#include "monitor/source.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_SOCKET "unix:path=/run/systemd/private"
#define OF_UNIT (LOOK(5) | LOOK(6) | LOOK(7) | LOOK(8) | LOOK(9) | LOOK(18))
#define GONE                                                                                       \
        "type='signal',sender='org.freedesktop.DBus.Local',"                                       \
        "interface='org.freedesktop.DBus.Local',member='Disconnected'"

static struct {
        struct monitor *m;
        char *unit;
        bool lost; /* the bus went away, or was not to be had */
} watched;

static int on_change(sd_bus_message *message, void *data, sd_bus_error *error)
{
        struct monitor *m = data;
        (void)message, (void)error;
        source_processes_soon();
        monitor_want(m, OF_UNIT);
        return 0;
}

static int on_gone(sd_bus_message *message, void *data, sd_bus_error *error)
{
        (void)message, (void)data, (void)error;
        watched.lost = true;
        return 0;
}

static void bus_close(sd_bus *bus)
{
        if (!bus)
                return;
        (void)sd_bus_detach_event(bus);
        sd_bus_flush_close_unref(bus);
}

/* systemd's own socket, for root alone, is there without a bus daemon; messages have no sender there. */
static int bus_open(sd_bus **out, const char **sender)
{
        sd_bus *bus = NULL;
        int r = sd_bus_open_system(&bus);
        if (r >= 0) {
                *out = bus;
                *sender = "sender='" SYSTEMD "',";
                return r;
        }
        *sender = "";
        r = sd_bus_new(&bus);
        if (r >= 0)
                r = sd_bus_set_address(bus, SYSTEMD_SOCKET);
        if (r >= 0)
                r = sd_bus_start(bus);
        if (r >= 0)
                *out = bus;
        else
                sd_bus_unref(bus);
        return r;
}

/* No answer is waited for. */
static int subscribe(struct monitor *m, sd_bus *bus, const char *sender, const char *unit)
{
        _cleanup_free_ char *path = NULL, *match = NULL;
        int r = sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, &path);
        if (r < 0)
                return r;
        match = xasprintf("type='signal',%spath='%s',interface='org.freedesktop.DBus.Properties',"
                          "member='PropertiesChanged'",
                          sender, path);
        r = sd_bus_add_match_async(bus, NULL, match, on_change, NULL, m);
        if (r >= 0)
                r = sd_bus_add_match_async(bus, NULL, GONE, on_gone, NULL, NULL);
        if (r >= 0)
                r = sd_bus_call_method_async(bus, NULL, SYSTEMD, "/org/freedesktop/systemd1",
                                             SYSTEMD ".Manager", "Subscribe", NULL, NULL, "");
        return r < 0 ? r : sd_bus_attach_event(bus, m->loop, SD_EVENT_PRIORITY_NORMAL);
}

static int listen_again(struct monitor *m)
{
        const char *unit = connector_path(m->sys, PATH_SERVICE), *sender;
        sd_bus *bus = NULL;
        bus_close(m->bus);
        m->bus = NULL;
        watched.lost = true;
        int r = bus_open(&bus, &sender);
        if (r < 0)
                return r;
        r = subscribe(m, bus, sender, unit);
        if (r < 0)
                return bus_close(bus), r;
        m->bus = bus; /* closed with the monitor */
        free(watched.unit);
        watched.unit = xstrdup(unit);
        watched.lost = false;
        return 0;
}

int source_unit(struct monitor *m)
{
        if (!m->sys->live)
                return 0;
        watched.m = m;
        return listen_again(m);
}

void source_unit_again(void)
{
        if (!watched.m ||
            (!watched.lost && streq(watched.unit, connector_path(watched.m->sys, PATH_SERVICE))))
                return;
        if (listen_again(watched.m) == 0)
                monitor_want(watched.m, OF_UNIT);
}
