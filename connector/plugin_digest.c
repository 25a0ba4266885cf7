/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plug-in secep-digest.so. */
#include <errno.h>
#include <openssl/evp.h>
#include <fcntl.h>

#include "connector/digest.h"
#include "lib/util.h"

#define CHUNK ((size_t)256 * 1024)

static void md_cleanup(EVP_MD_CTX **ctx)
{
        EVP_MD_CTX_free(*ctx);
}

static int over(const struct digest_limit *limit, char **why)
{
        if (limit->stopped())
                return fail(why, -EINTR, "its MD5 was not computed: interrupted");
        if (now_ms() > limit->until)
                return fail(why, -ETIMEDOUT, "its MD5 was not computed within the time limit");
        return 0;
}

static int md_feed(EVP_MD_CTX *ctx, int fd, off_t from, const struct digest_limit *limit,
                   char **why)
{
        _cleanup_free_ char *buf = xcalloc(CHUNK, 1);

        posix_fadvise(fd, from, 0, POSIX_FADV_SEQUENTIAL);
        for (;;) {
                int r = over(limit, why);
                ssize_t n;

                if (r < 0)
                        return r;
                n = pread(fd, buf, CHUNK, from);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return fail(why, -errno, "reading: %s", error_text(errno));
                if (n == 0)
                        return 0;
                if (EVP_DigestUpdate(ctx, buf, (size_t)n) != 1)
                        return fail(why, -EIO, "libcrypto: MD5 failed");
                from += n;
        }
}

static int digest_md5(int fd, off_t from, const struct digest_limit *limit,
                      char out[MD5_HEX_LENGTH + 1], char **why)
{
        _cleanup_(md_cleanup) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        unsigned char sum[EVP_MAX_MD_SIZE];
        unsigned n = 0;
        int r;

        if (!ctx || EVP_DigestInit_ex(ctx, EVP_md5(), NULL) != 1)
                return fail(why, -EOPNOTSUPP, "libcrypto refuses MD5 on this system (FIPS)");
        r = md_feed(ctx, fd, from, limit, why);
        if (r < 0)
                return r;
        if (EVP_DigestFinal_ex(ctx, sum, &n) != 1 || n != MD5_HEX_LENGTH / 2)
                return fail(why, -EIO, "libcrypto: MD5 failed");
        for (size_t i = 0; i < n; i++)
                snprintf(out + i * 2, 3, "%02x", sum[i]);
        return 0;
}

extern const struct digest_api secep_digest;
const struct digest_api secep_digest = { .md5 = digest_md5 };
