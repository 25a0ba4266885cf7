/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stand-in for the vendor's connector, for tests only and never installed with the product: what
 * its three programs share. It behaves as the vendor's fault page says and knows nothing of ours.
 */
#ifndef SECEP_TESTS_STANDIN_H
#define SECEP_TESTS_STANDIN_H

#define TOP "/opt/cisco/amp"
#define SIGNATURES TOP "/clamav"
#define SCANNER TOP "/bin/ampscansvc"
#define ACCOUNT "cisco-amp-scan-svc"
#define STATUS_DIR "/run/cisco-amp"
#define STATUS STATUS_DIR "/status"
#define QUEUE "/var/spool/amp-queue" /* files that wait to be scanned */
#define DAEMON_LOG "/var/log/cisco/ampdaemon.log"
#define SCAN_LOG "/var/log/cisco/ampscansvc.log"
#define CRASH_MARK "CRASH-THE-SCANNER" /* a file that begins so crashes the scan process */
#define CRASH_ONCE CRASH_MARK "-ONCE"  /* and this one is taken out of the queue by that */
#define DISK_NEEDED 1500000000ULL      /* bytes, below TOP */
#define MEMORY_NEEDED_KIB 16384

/* Switches of the tests. */
#define GIVE_UP TOP "/etc/give-up"           /* do not try a failed start again */
#define KEEP_INVALID TOP "/etc/keep-invalid" /* do not drop invalid signature files */
#define NO_MONITORS TOP "/etc/no-monitors"   /* start without the monitors of 8 and 9 */
#define BY_MODULES TOP "/etc/by-modules"     /* the monitors are kernel modules; eBPF beside (19) */
#define KERNELS_REFUSED                                                                            \
        TOP "/etc/kernels-refused" /* a pattern of the releases it cannot work with */
#define CORE_BY_HAND                                                                               \
        TOP "/etc/core-by-hand" /* what a kernel does for a crash: a container's is another's */
#define QUIET_SECONDS TOP "/etc/quiet-seconds"     /* instead of ten minutes */
#define OVERLOAD_EVENTS TOP "/etc/overload-events" /* a second, instead of 3000 */

#endif
