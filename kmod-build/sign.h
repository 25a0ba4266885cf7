/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does the kernel ask for signed modules, is there a key it trusts, and signing with it. */
#ifndef SECEP_KMOD_BUILD_SIGN_H
#define SECEP_KMOD_BUILD_SIGN_H

#include <stdbool.h>
#include "kmod-build/tree.h"

enum lockdown { LOCKDOWN_NONE, LOCKDOWN_INTEGRITY, LOCKDOWN_CONFIDENTIALITY };

/* What the running kernel asks for; all of it false where the root is not running. */
struct sign_state {
        bool secure_boot; /* the firmware's variable */
        bool sig_enforce; /* module.sig_enforce=1, or built so */
        enum lockdown lockdown;
};
void sign_state(const struct sys *sys, struct sign_state *out);
/* A name of what asks for a signature ("Secure Boot", "lockdown=integrity"...), NULL: nothing. */
const char *sign_needed(const struct sign_state *state);

/* The operator's key: ModuleSigningKey= and ModuleSigningCertificate= (DER) of secep.conf, else the
 * machine owner key that shim-signed or dkms made. */
struct signer {
        char *key, *certificate; /* paths in the root; NULL: no key */
        char digest[65];         /* of the certificate; "" without a key */
        bool trusted;            /* the running kernel has it in a keyring for modules */
        long days_left;          /* until the certificate ends */
};
#define SIGN_WARN_DAYS 60

/* 0 also where there is no key and none is needed. -ENOKEY with *WHY (the enrolment steps in it)
 * where a signature is needed and there is no key, or the kernel does not trust it; -EBADMSG: the
 * certificate is none, or it has ended. */
int signer_find(const struct sys *sys, const struct tree *tree, struct signer *out, char **why);
/* Only looks for the key; never fails. */
void signer_look(const struct sys *sys, struct signer *out);
void signer_free(struct signer *signer);
#define _cleanup_signer_ _cleanup_(signer_free)

/* Signs the module *DATA (malloc'ed, replaced) with the tree's sign-file, in a sandbox of its own
 * (sandbox.h): it sees the key, the certificate, the module and the programs of the root, as a user
 * without rights or network, also in the running system. Without a key: nothing is done. 0; -EPERM
 * where others than root can have put sign-file there; -EKEYREJECTED where what it left is not the
 * module with a signature after it; -errno; each with *WHY. */
int signer_sign(const struct sys *sys, const struct signer *signer, const struct tree *tree,
                char **data, size_t *len, char **why);

/* The subject key identifier (hex, malloc'ed) and the days until the end of a DER certificate.
 * 0 or -EBADMSG. */
int certificate_read(const unsigned char *der, size_t len, char **key_id, long *days_left);

#endif
