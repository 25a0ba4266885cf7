/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signing with the tree's sign-file, which is a program of somebody else's: it gets the key, and
 * nothing it could do with it but sign. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "kmod-build/bundle.h"
#include "kmod-build/make_call.h"
#include "kmod-build/module_file.h"
#include "kmod-build/sandbox.h"
#include "kmod-build/sign.h"
#include "lib/i18n.h"
#include "lib/io.h"
#include "lib/trust.h"

#define SIGN_LIMIT_MS 60000
#define KEY_MAX ((size_t)1 << 20)
#define SIGNATURE_MAX ((size_t)1 << 20)

/* The key in memory: it is in no directory, so that nothing of it is left on a disk. */
static int key_open(const struct sys *sys, const char *path, char **why)
{
        _cleanup_free_ char *key = NULL;
        size_t len = 0;
        int r = sys_read(sys, path, KEY_MAX, &key, &len);
        if (r < 0)
                return fail(why, r, _("the signing key %s: %s"), path, sys_why(r));
        _cleanup_close_ int fd = memfd_create("key", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        r = fd < 0 ? -errno : io_write_all(fd, key, len);
        explicit_bzero(key, len);
        if (r == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK) < 0)
                r = -errno;
        return r < 0 ? fail(why, r, _("the signing key %s: %s"), path, error_text(-r))
                     : TAKE_FD(fd);
}

/* The module and the certificate, for sign-file to find. */
static int box_fill(const struct sys *sys, const struct sandbox *box, const char *certificate,
                    char *module, size_t len, char **why)
{
        _cleanup_free_ char *der = NULL;
        size_t der_len = 0;
        int r = sys_read(sys, certificate, KEY_MAX, &der, &der_len);
        if (r < 0)
                return fail(why, r, "%s: %s", certificate, sys_why(r));
        struct bundle_file files[] = { { "certificate", der, der_len },
                                       { "module.ko", module, len } };
        const struct bundle both = { files, ARRAY_SIZE(files) };
        r = bundle_write(&both, box->build, box->uid, box->gid);
        return r < 0 ? fail(why, r, "%s: %s", box->path, error_text(-r)) : 0;
}

/* What sign-file left, if that is the module with something after it. */
static int take_signed(const struct sandbox *box, char **data, size_t *len)
{
        _cleanup_close_ int fd = sys_open_entry(box->build, "module.ko", O_RDONLY);
        struct stat st;
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode) || (size_t)st.st_size <= *len ||
            (size_t)st.st_size > *len + SIGNATURE_MAX)
                return -EKEYREJECTED;
        size_t size = (size_t)st.st_size;
        _cleanup_free_ char *out = xcalloc(size + 1, 1);
        if (pread(fd, out, size, 0) != st.st_size || memcmp(out, *data, *len) != 0 ||
            !module_signed(out, size))
                return -EKEYREJECTED;
        free(*data);
        *data = TAKE_PTR(out);
        *len = size;
        return 0;
}

static int sign_in(const struct sys *sys, const struct sandbox *box, const struct signer *signer,
                   const char *program, const char *hash, char **why)
{
        _cleanup_run_result_ struct run_result result = { 0 };
        _cleanup_close_ int key = key_open(sys, signer->key, why);
        if (key < 0)
                return key;
        char key_path[32];
        snprintf(key_path, sizeof(key_path), "/proc/self/fd/%d", key);
        const char *const argv[] = {
                program, hash, key_path, SOURCES_INSIDE "/certificate", SOURCES_INSIDE "/module.ko",
                NULL
        };
        struct run run = { RUN_DEFAULT, .argv = argv, .timeout_ms = SIGN_LIMIT_MS };
        run.keep_fd = key;
        int r = sandbox_program(sys, box, &run, &result, why);
        return r < 0 ? r : run_judge(&run, &result, why);
}

int signer_sign(const struct sys *sys, const struct signer *signer, const struct tree *tree,
                char **data, size_t *len, char **why)
{
        if (!signer->key)
                return 0;
        _cleanup_sandbox_ struct sandbox box = { .build = -1 };
        _cleanup_free_ char *program = xasprintf("%s/scripts/sign-file", tree->path), *cause = NULL;
        int r = sys_trusted(sys, program, &cause);
        if (r < 0)
                return fail(why, r, _("%s is not used to sign: %s"), program, cause);
        r = sandbox_make(sys, &box, why);
        if (r == 0)
                r = box_fill(sys, &box, signer->certificate, *data, *len, why);
        if (r == 0)
                r = sign_in(sys, &box, signer, program, tree->sign_hash, why);
        if (r < 0)
                return r;
        r = take_signed(&box, data, len);
        return r < 0 ? fail(why, r, _("%s left the module unsigned"), program) : 0;
}
