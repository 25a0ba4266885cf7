/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directories. */
#include "monitor/files.h"

#include "connector/connector.h"
#include "monitor/connector_word.h"

#define OF_SERVICE (LOOK(5) | LOOK(6) | LOOK(7) | LOOK(8) | LOOK(9) | LOOK(18))

const struct file_rule file_rules[] = {
        { "/etc", "passwd group shadow gshadow login.defs nsswitch.conf .pwd.lock", 0, LOOK(5),
          RULE_LINKS },
        { "/etc/secep", NULL, 0, LOOK_ALL, RULE_LINKS | RULE_CONF },
        { "/etc/modprobe.d", NULL, 0, LOOK(8) | LOOK(9), RULE_LINKS },
        { "/usr/lib/modprobe.d", NULL, 0, LOOK(8) | LOOK(9), RULE_LINKS },
        { "/etc/selinux", NULL, 2, LOOK(19), RULE_LINKS },
        { "/var/lib/selinux", NULL, 2, LOOK(19), RULE_LINKS },
        { CONNECTOR_TOP, NULL, 12, LOOK_ALL, 0 },
        { "/var/log/cisco", NULL, 0, LOOK(6) | LOOK(7) | LOOK(8) | LOOK(9), RULE_APPENDED },
        { "/lib/modules", NULL, 2, LOOK_KERNEL, RULE_LINKS },
        { "/lib/modules/%s/updates/secep", NULL, 0, LOOK_KERNEL, RULE_LINKS },
        { "/lib/modules/%s/build", NULL, 0, LOOK_KERNEL, RULE_LINKS },
        { "/lib/modules/%s/build/include/generated", NULL, 0, LOOK_KERNEL, RULE_LINKS },
        { "/lib/modules/%s/build/scripts", NULL, 0, LOOK_KERNEL, RULE_LINKS },
        { "/usr/src", NULL, 0, LOOK_KERNEL, RULE_LINKS },
        { "/usr/src/kernels", NULL, 0, LOOK_KERNEL, RULE_LINKS },
        { "/boot", NULL, 3, LOOK(11) | LOOK(16), RULE_LINKS },
        { "/etc/systemd/system", NULL, 1, LOOK(7), RULE_LINKS },
        { "/run/systemd/units", "invocation:" CONNECTOR_SERVICE, 0, OF_SERVICE, RULE_LINKS },
        { "/var/lib/systemd/coredump", NULL, 0, LOOK(6), RULE_LINKS },
        { "/var/lib/dpkg", "status", 0, LOOK(5) | LOOK_KERNEL, RULE_LINKS },
        { "/var/lib/rpm", NULL, 0, LOOK(5) | LOOK_KERNEL, RULE_LINKS },
        { "/usr/lib/sysimage/rpm", NULL, 0, LOOK(5) | LOOK_KERNEL, RULE_LINKS },
        { "/var/lib/secep", "known.json", 0, LOOK_ALL, 0 },
        { "/var/lib/secep/runs", NULL, 0, LOOK(5) | LOOK(6) | LOOK(7), 0 },
        { WORD_DIR, WORD_NAME, 0, LOOK_ALL, 0 },
};
const size_t n_file_rules = ARRAY_SIZE(file_rules);
