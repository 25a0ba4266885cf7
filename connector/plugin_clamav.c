/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plug-in secep-clamav.so. */
#include <clamav.h>

#include "connector/clamav.h"

#if defined(CLAMAV_VERSION_NUM) && CLAMAV_VERSION_NUM >= 0x010500
#define cvd_verify(path) cl_cvdverify_ex(path, NULL, 0)
#else
#define cvd_verify(path) cl_cvdverify(path)
#endif

static enum clamav_answer clamav_verify(const char *path)
{
        if (cl_initialize_crypto() != 0)
                return CLAMAV_REFUSED;
        switch (cvd_verify(path)) {
        case CL_SUCCESS:
                return CLAMAV_VERIFIED;
        case CL_EVERIFY:
                return CLAMAV_BAD_SIGNATURE;
        case CL_ECVD:
                return CLAMAV_MALFORMED;
        default:
                return CLAMAV_REFUSED;
        }
}

extern const struct clamav_api secep_clamav;
const struct clamav_api secep_clamav = { .verify = clamav_verify };
