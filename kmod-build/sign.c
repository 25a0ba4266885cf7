/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Module signatures. */
#include "kmod-build/sign.h"

#include <errno.h>

#include "kmod-build/keyrings.h"
#include "lib/sha256.h"
#include "lib/conf.h"

#define SECURE_BOOT "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define CERTIFICATE_MAX 65536

static const struct {
        const char *key, *certificate;
} machine_owner_keys[] = {
        { "/var/lib/shim-signed/mok/MOK.priv", "/var/lib/shim-signed/mok/MOK.der" },
        { "/var/lib/dkms/mok.key", "/var/lib/dkms/mok.pub" },
};

static enum lockdown lockdown_of(const struct sys *sys)
{
        _cleanup_free_ char *text = NULL;
        if (sys_read(sys, "/sys/kernel/security/lockdown", 4096, &text, NULL) < 0)
                return LOCKDOWN_NONE;
        if (strstr(text, "[confidentiality]"))
                return LOCKDOWN_CONFIDENTIALITY;
        return strstr(text, "[integrity]") ? LOCKDOWN_INTEGRITY : LOCKDOWN_NONE;
}

void sign_state(const struct sys *sys, struct sign_state *out)
{
        _cleanup_free_ char *variable = NULL, *enforce = NULL;
        size_t len = 0;
        *out = (struct sign_state){ 0 };
        if (!sys->live)
                return;
        /* four bytes of attributes, then the value */
        out->secure_boot = sys_read(sys, SECURE_BOOT, 4096, &variable, &len) == 0 && len == 5 &&
                           variable[4] == 1;
        out->sig_enforce = sys_read(sys, "/sys/module/module/parameters/sig_enforce", 4096,
                                    &enforce, NULL) == 0 &&
                           enforce[0] == 'Y';
        out->lockdown = lockdown_of(sys);
}

const char *sign_needed(const struct sign_state *state)
{
        if (state->sig_enforce)
                return state->secure_boot ? "Secure Boot" : "module.sig_enforce=1";
        if (state->lockdown == LOCKDOWN_CONFIDENTIALITY)
                return "lockdown=confidentiality";
        return state->lockdown == LOCKDOWN_INTEGRITY ? "lockdown=integrity" : NULL;
}

static void signer_paths(const struct sys *sys, struct signer *s)
{
        const char *key = conf_string(sys, "ModuleSigningKey", NULL),
                   *certificate = conf_string(sys, "ModuleSigningCertificate", NULL);
        for (size_t i = 0; !key && i < ARRAY_SIZE(machine_owner_keys); i++)
                if (sys_exists(sys, machine_owner_keys[i].key) &&
                    sys_exists(sys, machine_owner_keys[i].certificate)) {
                        key = machine_owner_keys[i].key;
                        certificate = machine_owner_keys[i].certificate;
                }
        if (key && certificate) {
                s->key = xstrdup(key);
                s->certificate = xstrdup(certificate);
        }
}

static int signer_read(const struct sys *sys, struct signer *s, char **why)
{
        _cleanup_free_ char *der = NULL, *key_id = NULL;
        size_t len = 0;
        signer_paths(sys, s);
        if (!s->key)
                return 0;
        int r = sys_read(sys, s->certificate, CERTIFICATE_MAX, &der, &len);
        if (r < 0)
                return fail(why, r, "the signing certificate %s: %s", s->certificate, sys_why(r));
        r = certificate_read((const unsigned char *)der, len, &key_id, &s->days_left);
        if (r < 0)
                return fail(why, r, "%s is not an X.509 certificate in DER form", s->certificate);
        struct sha256 h;
        sha256_init(&h);
        sha256_field(&h, der, len);
        sha256_end(&h, s->digest);
        s->trusted = keyrings_have(sys, key_id);
        return 0;
}

void signer_look(const struct sys *sys, struct signer *out)
{
        *out = (struct signer){ 0 };
        if (signer_read(sys, out, NULL) < 0)
                signer_free(out);
}

static int usable(const struct signer *s, const char *needed, char **why)
{
        if (!s->key)
                return fail(why, -ENOKEY,
                            "%s requires signed modules and there is no signing key: make one "
                            "(openssl req -new -x509 -nodes -newkey rsa:2048 -days 3650 -subj "
                            "/CN=modules/ -keyout KEY -outform DER -out CERT), name both in "
                            "secep.conf (ModuleSigningKey=, ModuleSigningCertificate=), enrol it "
                            "with \"mokutil --import CERT\", reboot and confirm on the console",
                            needed);
        if (!s->trusted)
                return fail(why, -ENOKEY,
                            "%s requires signed modules and the kernel does not trust %s: enrol it "
                            "with \"mokutil --import %s\", reboot and confirm on the console",
                            needed, s->certificate, s->certificate);
        return 0;
}

int signer_find(const struct sys *sys, const struct tree *tree, struct signer *out, char **why)
{
        _cleanup_signer_ struct signer s = { 0 };
        struct sign_state state;
        int r = signer_read(sys, &s, why);
        if (r < 0)
                return r;
        if (s.key && s.days_left < 0)
                return fail(why, -EBADMSG, "the signing certificate %s has expired", s.certificate);
        sign_state(sys, &state);
        const char *needed = tree->signatures ? sign_needed(&state) : NULL;
        r = needed ? usable(&s, needed, why) : 0;
        if (r < 0)
                return r;
        *out = s;
        s = (struct signer){ 0 };
        return 0;
}

void signer_free(struct signer *signer)
{
        free(signer->key);
        free(signer->certificate);
        *signer = (struct signer){ 0 };
}
