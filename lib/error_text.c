/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an errno is in the language of people. The C library's own catalogue is there only where its
 * translations are installed, and the process's locale stays "C" (lib/i18n.h). */
#include <errno.h>

#include "lib/i18n.h"
#include "lib/util.h"

/* Those that files, programs, locks and sockets end with; in glibc's words, so that English is the same
 * with and without the table. */
static const struct {
        int error;
        const char *text;
} texts[] = {
        { EPERM, N_("Operation not permitted") },
        { ENOENT, N_("No such file or directory") },
        { EINTR, N_("Interrupted system call") },
        { EIO, N_("Input/output error") },
        { ENXIO, N_("No such device or address") },
        { E2BIG, N_("Argument list too long") },
        { ENOEXEC, N_("Exec format error") },
        { EBADF, N_("Bad file descriptor") },
        { ECHILD, N_("No child processes") },
        { EAGAIN, N_("Resource temporarily unavailable") },
        { ENOMEM, N_("Cannot allocate memory") },
        { EACCES, N_("Permission denied") },
        { EBUSY, N_("Device or resource busy") },
        { EEXIST, N_("File exists") },
        { EXDEV, N_("Invalid cross-device link") },
        { ENODEV, N_("No such device") },
        { ENOTDIR, N_("Not a directory") },
        { EISDIR, N_("Is a directory") },
        { EINVAL, N_("Invalid argument") },
        { ENFILE, N_("Too many open files in system") },
        { EMFILE, N_("Too many open files") },
        { ETXTBSY, N_("Text file busy") },
        { EFBIG, N_("File too large") },
        { ENOSPC, N_("No space left on device") },
        { ESPIPE, N_("Illegal seek") },
        { EROFS, N_("Read-only file system") },
        { EMLINK, N_("Too many links") },
        { EPIPE, N_("Broken pipe") },
        { ERANGE, N_("Numerical result out of range") },
        { ENAMETOOLONG, N_("File name too long") },
        { ENOLCK, N_("No locks available") },
        { ENOSYS, N_("Function not implemented") },
        { ENOTEMPTY, N_("Directory not empty") },
        { ELOOP, N_("Too many levels of symbolic links") },
        { ENODATA, N_("No data available") },
        { EPROTO, N_("Protocol error") },
        { EBADMSG, N_("Bad message") },
        { EOVERFLOW, N_("Value too large for defined data type") },
        { EOPNOTSUPP, N_("Operation not supported") },
        { ENETDOWN, N_("Network is down") },
        { ETIMEDOUT, N_("Connection timed out") },
        { ECONNREFUSED, N_("Connection refused") },
        { ESTALE, N_("Stale file handle") },
        { EDQUOT, N_("Disk quota exceeded") },
        { ECANCELED, N_("Operation canceled") },
        { ENOKEY, N_("Required key not available") },
        { EKEYREJECTED, N_("Key was rejected by service") },
};

const char *error_text(int error)
{
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
                if (texts[i].error == error)
                        return _(texts[i].text);
        return strerror(error);
}
