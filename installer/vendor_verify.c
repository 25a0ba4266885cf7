/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The signature, against the one key whose fingerprint the operator configured: other keys in a
 * package system's keyring may sign what they like, but not this. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "installer/vendor.h"
#include "lib/conf.h"
#include "lib/edit.h"
#include "lib/i18n.h"
#include "lib/io.h"
#include "lib/run.h"
#include "lib/util.h"

static const char signature_path[] = VENDOR_DIR "/signature", signed_path[] = VENDOR_DIR "/signed";
#define CHUNK ((size_t)256 * 1024)
#define TIME_LIMIT_MS 120000
#define FINGERPRINT_LENGTH 40
#define CLOCK_TOLERANCE ((int64_t)24 * 60 * 60) /* of hosts that no clock server serves */

static int append(int from, int to, struct piece piece)
{
        _cleanup_free_ char *buffer = xcalloc(1, CHUNK);
        while (piece.length > 0) {
                size_t most = piece.length < (off_t)CHUNK ? (size_t)piece.length : CHUNK;
                ssize_t n = pread(from, buffer, most, piece.at);
                if (n <= 0)
                        return n < 0 ? -errno : -EBADMSG;
                int r = io_write_all(to, buffer, (size_t)n);
                if (r < 0)
                        return r;
                piece.at += n;
                piece.length -= n;
        }
        return 0;
}

static int write_pieces(const struct sys *sys, const struct vendor *v, const char *path,
                        const struct piece *pieces, size_t n, char **why)
{
        _cleanup_close_ int to = sys_openat_nolinks(sys, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        int r = to < 0 ? to : 0;
        for (size_t i = 0; i < n && r == 0; i++)
                r = append(v->fd, to, pieces[i]);
        return r < 0 ? fail(why, r, "%s: %s", path, error_text(-r)) : 0;
}

/* "AB CD ..." as gpg prints it, to 40 upper-case digits. */
static char *fingerprint_wanted(const struct sys *sys)
{
        const char *text = conf_string(sys, "VendorKey", NULL);
        char *out = text ? xstrdup(text) : NULL;
        size_t n = 0;
        for (const char *p = text; p && *p; p++)
                if (*p != ' ')
                        out[n++] = (char)toupper((unsigned char)*p);
        if (!out)
                return NULL;
        out[n] = '\0';
        if (n == FINGERPRINT_LENGTH && strspn(out, "0123456789ABCDEF") == n)
                return out;
        free(out);
        return NULL;
}

static int run_gpgv(const struct sys *sys, struct vendor *v, struct vendor_verdict *out, char **why)
{
        const char *key = conf_string(sys, "VendorKeyFile", VENDOR_KEY_FILE);
        const char *const argv[] = {
                "gpgv",      "--homedir", VENDOR_DIR,     "--status-fd", "1",
                "--keyring", key,         signature_path, signed_path,   NULL
        };
        struct run run = { RUN_DEFAULT, .argv = argv, .timeout_ms = TIME_LIMIT_MS };
        _cleanup_run_result_ struct run_result result = { 0 };
        if (!sys_exists(sys, key))
                return vendor_refuse(v, why, -ENOKEY,
                                     _("put the vendor's public key there: gpg --dearmor"),
                                     _("there is no key file %s"), key);
        int r = run_program(&run, &result);
        if (r < 0)
                return vendor_refuse(v, why, r, _("install the package gpgv"), "gpgv: %s",
                                     error_text(-r));
        if (result.timed_out || result.signal)
                return vendor_refuse(v, why, -EIO, _("try again"), _("gpgv did not end by itself"));
        vendor_verdict_parse(result.out, out);
        return 0;
}

static char *day(int64_t when)
{
        char text[16];
        time_t t = (time_t)when;
        struct tm tm;
        strftime(text, sizeof(text), "%F", gmtime_r(&t, &tm));
        return xstrdup(text);
}

/* Of an expired key, or where the host's clock is to be doubted. */
static int judge_dates(struct vendor *v, const struct vendor_verdict *s, const char *again,
                       char **why)
{
        _cleanup_free_ char *end = day(s->key_expired), *made = day(s->made);
        if (s->made > time(NULL) + CLOCK_TOLERANCE)
                return vendor_refuse(v, why, -EKEYREJECTED,
                                     _("set the host's clock: timedatectl set-ntp true"),
                                     _("the signature was made on %s, and the host's clock is "
                                       "before that"),
                                     made);
        if (s->key_expired == 0)
                return 0;
        if (s->made > s->key_expired)
                return vendor_refuse(v, why, -EKEYREJECTED, again,
                                     _("the signature was made on %s, after its key expired on %s"),
                                     made, end);
        v->warning = xasprintf(
                _("the key expired on %s; the signature was made before that, on %s"), end, made);
        return 0;
}

static int judge(struct vendor *v, const struct vendor_verdict *s, const char *wanted, char **why)
{
        const char *again = _("download the package again from the console, and compare the key's "
                              "fingerprint with the console's");
        if (s->signatures > 1)
                return vendor_refuse(v, why, -EKEYREJECTED, again,
                                     _("the package has more than one signature"));
        if (s->bad)
                return vendor_refuse(v, why, -EKEYREJECTED, again,
                                     _("the package was changed after it was signed"));
        if (!s->fingerprint && s->other_key)
                return vendor_refuse(
                        v, why, -EKEYREJECTED, again,
                        _("the package is signed with key %s, which the key file does not hold"),
                        s->other_key);
        if (!s->fingerprint || s->signature_expired)
                return vendor_refuse(v, why, -EKEYREJECTED, again,
                                     _("the package's signature is not valid"));
        if (s->revoked)
                return vendor_refuse(v, why, -EKEYREJECTED, again,
                                     _("the key that signed the package has been revoked"));
        if (!streq(s->fingerprint, wanted))
                return vendor_refuse(v, why, -EKEYREJECTED, again,
                                     _("the package is signed with key %s, and VendorKey= is %s"),
                                     s->fingerprint, wanted);
        return judge_dates(v, s, again, why);
}

int vendor_verify(const struct sys *sys, struct vendor *v, char **why)
{
        struct vendor_verdict verdict = { 0 };
        _cleanup_free_ char *wanted = fingerprint_wanted(sys);
        if (!wanted)
                return vendor_refuse(
                        v, why, -ENOKEY,
                        _("set VendorKey= in /etc/secep/secep.conf to the 40 digits that the "
                          "console shows"),
                        _("VendorKey= names no fingerprint to hold the signature against"));
        if (v->covered.signature.length == 0)
                return vendor_refuse(v, why, -ENOKEY, _("get the signed package from the console"),
                                     _("the package is not signed"));
        int r = write_pieces(sys, v, signature_path, &v->covered.signature, 1, why);
        if (r == 0)
                r = write_pieces(sys, v, signed_path, v->covered.pieces, v->covered.n, why);
        if (r == 0)
                r = run_gpgv(sys, v, &verdict, why);
        if (r == 0)
                r = judge(v, &verdict, wanted, why);
        (void)edit_remove(sys, signature_path, NULL);
        (void)edit_remove(sys, signed_path, NULL);
        vendor_verdict_free(&verdict);
        return r;
}
