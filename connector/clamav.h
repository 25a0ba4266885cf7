/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the plug-in secep-clamav.so offers: the digital signature of a .cvd by libclamav. It reads
 * untrusted files: call it in a child without privileges only. Symbol: secep_clamav. */
#ifndef SECEP_CONNECTOR_CLAMAV_H
#define SECEP_CONNECTOR_CLAMAV_H

enum clamav_answer {
        CLAMAV_VERIFIED,
        CLAMAV_BAD_SIGNATURE, /* or a bad MD5: libclamav does not tell the two apart */
        CLAMAV_MALFORMED,
        CLAMAV_REFUSED, /* could not tell */
};

struct clamav_api {
        enum clamav_answer (*verify)(const char *path);
};

#endif
