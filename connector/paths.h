/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every path and name of the connector, in one table (paths.c). Each can be set in secep.conf by
 * the key that stands beside it there; without it the candidates are tried in order. */
#ifndef SECEP_CONNECTOR_PATHS_H
#define SECEP_CONNECTOR_PATHS_H

#include "lib/sys.h"

enum connector_path {
        PATH_DAEMON,     /* the program of the service's main process */
        PATH_SCANNER,    /* the program of the scan process */
        PATH_AMPCLI,     /* the vendor's command line tool */
        PATH_GLOBAL_XML, /* the version */
        PATH_POLICY_XML, /* the policy, signed: read only */
        PATH_DAEMON_LOG,
        PATH_SCAN_LOG,
        PATH_SIGNATURES, /* directory below which the *.cvd are */
        PATH_SERVICE,    /* unit name, no path */
        PATH_PACKAGE,    /* package name, likewise */
        CONNECTOR_PATHS
};

/* The path set in secep.conf, else the first candidate that is there, else the first candidate.
 * Never NULL; owned by the configuration or the table. */
const char *connector_path(const struct sys *sys, enum connector_path which);
/* The path set in secep.conf, NULL where none is. Owned by the configuration. */
const char *connector_path_set(const struct sys *sys, enum connector_path which);

#endif
