/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plug-ins: shared objects opened only when a step needs them (a check opens none), so that a
 * Debian host needs no librpm. Looked for in plugins/ beside the running program (a build tree),
 * else in PLUGIN_DIR (/usr/lib/secep); the file and its directory must be root's (or ours) and not
 * writable by others. */
#ifndef SECEP_LIB_PLUGIN_H
#define SECEP_LIB_PLUGIN_H

/* Opens secep-NAME.so and returns its symbol SYMBOL (a const struct of functions) in *OUT. It stays
 * open. 0, -ENOENT (no such plug-in), -EPERM (not to be trusted), -ELIBACC (a library it needs is
 * missing; *WHY has the loader's words). */
int plugin_open(const char *name, const char *symbol, const void **out, char **why);

#endif
