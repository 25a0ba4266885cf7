/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on its way to somebody else's eyes, without what looks like a secret. */
#ifndef SECEP_LIB_SCRUB_H
#define SECEP_LIB_SCRUB_H

#define SCRUBBED "[removed]"

/* TEXT as a new string, with SCRUBBED in the place of: the value of a key in whose name is password,
 * passwd, passphrase, secret, token, apikey, credential or authorization (KEY=VALUE, KEY: VALUE, JSON,
 * XML; "Bearer X" is one value); user and password of a URL; a private key in PEM; an identifier of the
 * form 8-4-4-4-12 hexadecimal digits. JSON stays JSON where the value is a string. *COUNT grows by what was replaced. A value that is
 * not named so is not found. */
char *scrub_text(const char *text, unsigned *count);

#endif
