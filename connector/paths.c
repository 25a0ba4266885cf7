/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the connector keeps what. Not every place is confirmed by a text of the vendor's, so each
 * can be set in secep.conf. */
#include <stddef.h>

#include "connector/connector.h"
#include "connector/paths.h"
#include "lib/conf.h"

#define CANDIDATES 3

static const struct {
        const char *key;
        const char *candidates[CANDIDATES];
} table[CONNECTOR_PATHS] = {
        [PATH_DAEMON] = { "DaemonProgram", { CONNECTOR_ROOT "/bin/ampdaemon" } },
        [PATH_SCANNER] = { "ScanProgram",
                           { CONNECTOR_ROOT "/bin/ampscansvc", CONNECTOR_ROOT "/bin/ampscand" } },
        [PATH_AMPCLI] = { "AmpCli", { CONNECTOR_ROOT "/bin/ampcli" } },
        [PATH_GLOBAL_XML] = { "GlobalXml", { CONNECTOR_ROOT "/etc/global.xml" } },
        [PATH_POLICY_XML] = { "PolicyXml",
                              { CONNECTOR_ROOT "/etc/policy.xml", CONNECTOR_ROOT "/policy.xml" } },
        [PATH_DAEMON_LOG] = { "DaemonLog", { "/var/log/cisco/ampdaemon.log" } },
        [PATH_SCAN_LOG] = { "ScanLog", { "/var/log/cisco/ampscansvc.log" } },
        [PATH_SIGNATURES] = { "SignatureDir", { CONNECTOR_ROOT } },
        [PATH_SERVICE] = { "ConnectorService", { CONNECTOR_SERVICE } },
        [PATH_PACKAGE] = { "ConnectorPackage", { "ciscoampconnector" } },
};

const char *connector_path_set(const struct sys *sys, enum connector_path which)
{
        return conf_string(sys, table[which].key, NULL);
}

const char *connector_path(const struct sys *sys, enum connector_path which)
{
        const char *set = connector_path_set(sys, which);
        struct stat st;

        if (set)
                return set;
        if (!table[which].candidates[1])
                return table[which].candidates[0];
        for (int i = 0; i < CANDIDATES && table[which].candidates[i]; i++)
                if (sys_lstat_nolinks(sys, table[which].candidates[i], &st) == 0)
                        return table[which].candidates[i];
        return table[which].candidates[0];
}
