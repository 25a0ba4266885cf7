/* SPDX-License-Identifier: GPL-2.0-or-later */
/* write(2) to its end. */
#ifndef SECEP_LIB_IO_H
#define SECEP_LIB_IO_H

#include <stddef.h>

/* 0 when all LEN bytes are written, else -errno. */
int io_write_all(int fd, const void *data, size_t len);

#endif
