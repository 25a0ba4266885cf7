/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys that rpm's database has: somebody accepted these. */
#include <rpm/header.h>
#include <rpm/rpmbase64.h>
#include <rpm/rpmdb.h>
#include <rpm/rpmpgp.h>
#include <rpm/rpmtd.h>
#include <strings.h>

#include "lib/util.h"
#include "packages/rpm_db.h"

static bool is_of(const char *armoured, const char *fingerprint)
{
        void *packets = NULL;
        uint8_t *print = NULL;
        size_t len = 0, n = 0;
        bool same = false;
        if (rpmBase64Decode(armoured, &packets, &len) == 0 &&
            pgpPubkeyFingerprint(packets, len, &print, &n) == 0) {
                char *hex = xcalloc(2 * n + 1, 1);
                for (size_t i = 0; i < n; i++)
                        snprintf(hex + 2 * i, 3, "%02x", print[i]);
                same = strcasecmp(hex, fingerprint) == 0;
                free(hex);
        }
        free(print);
        free(packets);
        return same;
}

bool rpm_has_key(const char *fingerprint)
{
        _cleanup_ts_ rpmts ts = NULL;
        bool found = false;
        if (rpm_open(&ts, NULL) < 0)
                return false;
        rpmdbMatchIterator mi = rpmtsInitIterator(ts, RPMDBI_NAME, "gpg-pubkey", 0);
        for (Header h; !found && mi && (h = rpmdbNextIterator(mi));) {
                rpmtd keys = rpmtdNew();
                if (headerGet(h, RPMTAG_PUBKEYS, keys, HEADERGET_MINMEM))
                        for (const char *k; !found && (k = rpmtdNextString(keys));)
                                found = is_of(k, fingerprint);
                rpmtdFreeData(keys);
                rpmtdFree(keys);
        }
        rpmdbFreeIterator(mi);
        return found;
}
