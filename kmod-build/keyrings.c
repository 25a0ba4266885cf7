/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which of the kernel's keyrings a key is: its list names keys and keyrings, each keyring tells what it
 * holds. */
#include <ctype.h>
#include <errno.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kmod-build/keyrings.h"
#include "lib/util.h"

#define KEYS_MAX ((size_t)4 << 20)
#define LINKS_MAX 1024 /* of one keyring */
#define SERIALS_MAX 16 /* a certificate may be in several keyrings, by a serial each */

/* Modules are verified by these. .platform (the firmware's db) is one of them where the distribution says
 * so, as Debian, Fedora, RHEL and SUSE do; the load itself tells. */
static const char *const verifying[] = { ".builtin_trusted_keys", ".secondary_trusted_keys",
                                         ".machine", ".platform" };

struct listed {
        int32_t keys[SERIALS_MAX], keyrings[ARRAY_SIZE(verifying)];
        size_t n_keys, n_keyrings;
};

/* "SERIAL FLAGS USAGE EXPIRY PERM UID GID TYPE DESCRIPTION: ..." */
static void take_line(const char *line, const char *name, struct listed *out)
{
        int32_t serial = (int32_t)strtoul(line, NULL, 16);
        if (strstr(line, " asymmetri ") && strstr(line, name)) {
                if (out->n_keys < SERIALS_MAX)
                        out->keys[out->n_keys++] = serial;
                return;
        }
        const char *at = strstr(line, " keyring ");
        for (at = at ? at + strlen(" keyring ") : NULL; at && isspace((unsigned char)*at); at++)
                ;
        for (size_t i = 0; at && i < ARRAY_SIZE(verifying); i++) {
                size_t n = strlen(verifying[i]);
                if (strncmp(at, verifying[i], n) == 0 && at[n] == ':' &&
                    out->n_keyrings < ARRAY_SIZE(verifying))
                        out->keyrings[out->n_keyrings++] = serial;
        }
}

static bool one_of(const struct listed *listed, int32_t serial)
{
        for (size_t i = 0; i < listed->n_keys; i++)
                if (listed->keys[i] == serial)
                        return true;
        return false;
}

/* 1, 0, or -errno: it does not tell. */
static int holds(int32_t keyring, const struct listed *listed)
{
        int32_t links[LINKS_MAX];
        long bytes = syscall(SYS_keyctl, KEYCTL_READ, keyring, links, sizeof(links));
        if (bytes < 0)
                return -errno;
        size_t n = (size_t)bytes / sizeof(*links);
        for (size_t i = 0; i < n && i < LINKS_MAX; i++)
                if (one_of(listed, links[i]))
                        return 1;
        return (size_t)bytes > sizeof(links) ? -E2BIG : 0;
}

bool keyrings_have(const struct sys *sys, const char *key_id)
{
        _cleanup_free_ char *text = NULL, *name = xasprintf(": %s", key_id);
        struct listed listed = { 0 };
        if (!sys->live || sys_read(sys, "/proc/keys", KEYS_MAX, &text, NULL) < 0)
                return false;
        char *save = NULL;
        for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
                take_line(line, name, &listed);
        /* none of them listed, or none that tells: the kernel itself will say */
        bool untold = listed.n_keyrings == 0;
        for (size_t i = 0; listed.n_keys > 0 && i < listed.n_keyrings; i++) {
                int r = holds(listed.keyrings[i], &listed);
                if (r > 0)
                        return true;
                untold |= r < 0;
        }
        return listed.n_keys > 0 && untold;
}
