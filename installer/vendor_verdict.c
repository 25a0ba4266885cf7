/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gpgv's status lines ("[GNUPG:] KEYWORD ..."; doc/DETAILS of GnuPG). */
#include "installer/vendor.h"
#include "lib/util.h"

#define PREFIX "[GNUPG:] "
#define FIELDS 12
#define VALIDSIG_MADE 3 /* VALIDSIG FPR DATE MADE EXPIRES ... PRIMARY */
#define VALIDSIG_PRIMARY 10

static size_t split(char *line, char *fields[FIELDS])
{
        size_t n = 0;
        for (char *save = NULL, *word = strtok_r(line, " ", &save); word && n < FIELDS;
             word = strtok_r(NULL, " ", &save))
                fields[n++] = word;
        return n;
}

static int64_t seconds(const char *word)
{
        long n = 0;
        return parse_long(word, 0, INT32_MAX * 2L, &n) < 0 ? 0 : n;
}

static void take_valid(struct vendor_verdict *v, char **fields, size_t n)
{
        if (n <= VALIDSIG_MADE)
                return;
        free(v->fingerprint);
        v->fingerprint = xstrdup(fields[n > VALIDSIG_PRIMARY ? VALIDSIG_PRIMARY : 1]);
        v->made = seconds(fields[VALIDSIG_MADE]);
}

static void take(struct vendor_verdict *v, char **fields, size_t n)
{
        const char *word = fields[0];
        if (streq(word, "VALIDSIG"))
                take_valid(v, fields, n);
        else if (streq(word, "NEWSIG"))
                v->signatures++;
        else if (streq(word, "BADSIG"))
                v->bad = true;
        else if (streq(word, "REVKEYSIG"))
                v->revoked = true;
        else if (streq(word, "EXPSIG"))
                v->signature_expired = true;
        else if (n > 1 && streq(word, "KEYEXPIRED"))
                v->key_expired = seconds(fields[1]);
        else if (n > 1 && streq(word, "NO_PUBKEY")) {
                free(v->other_key);
                v->other_key = xstrdup(fields[1]);
        }
}

void vendor_verdict_parse(const char *status, struct vendor_verdict *out)
{
        while (*status) {
                _cleanup_free_ char *line = xstrndup(status, strcspn(status, "\n"));
                char *fields[FIELDS];
                size_t n = startswith(line, PREFIX) ? split(line + strlen(PREFIX), fields) : 0;
                if (n > 0)
                        take(out, fields, n);
                status += strcspn(status, "\n");
                status += *status == '\n';
        }
}

void vendor_verdict_free(struct vendor_verdict *verdict)
{
        free(verdict->fingerprint);
        free(verdict->other_key);
}
