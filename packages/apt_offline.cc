/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --offline DIR: every .deb in it is looked at before libapt is, then offered to the resolver. */
#include <apt-pkg/error.h>
#include <apt-pkg/sourcelist.h>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>

extern "C" {
#include "lib/run.h"
#include "lib/util.h"
}
#include "packages/apt.h"

/* The package file's own words: it must say what it is, in one line each. */
static int has_name(Apt &apt, const std::string &path)
{
        const char *const argv[] = { "dpkg-deb", "-W",
                                     "--showformat=${Package} ${Version} ${Architecture}\n",
                                     path.c_str(), nullptr };
        struct run run = {};
        run.argv = argv;
        run.root_fd = run.keep_fd = run.cwd_fd = -1;
        run.timeout_ms = 60000;
        struct run_result out = {};
        char *why = nullptr;
        char name[256], version[256], arch[64];
        int r = run_checked(&run, &out, &why);
        bool good = r == 0 && sscanf(out.out, "%255s %255s %63s", name, version, arch) == 3;
        if (!good)
                r = apt_fail(apt, -EBADMSG, nullptr,
                             why ? apt_text("%s: no usable package (%s)", path.c_str(), why)
                                 : apt_text("%s: a package without a name", path.c_str()));
        if (out.out)
                run_result_free(&out);
        free(why);
        return r;
}

static int add_file(Apt &apt, pkgSourceList &sources, int dir_fd, const char *name)
{
        std::string path = std::string(apt.sys->offline_dir) + "/" + name;
        _cleanup_close_ int fd = openat(dir_fd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
                return apt_fail(apt, -errno, nullptr, path + ": " + error_text(errno));
        int r = deb_check(fd, path.c_str(), apt.why);
        if (r == 0)
                r = has_name(apt, path);
        if (r < 0)
                return r;
        if (!sources.AddVolatileFile(path))
                return apt_fail(apt, -EBADMSG, nullptr,
                                apt_error(apt_text("%s: not usable", path.c_str())));
        return 0;
}

int apt_offline(Apt &apt, pkgSourceList &sources)
{
        _cleanup_closedir_ DIR *dir = opendir(apt.sys->offline_dir);
        if (!dir)
                return apt_fail(apt, -errno, nullptr,
                                std::string(apt.sys->offline_dir) + ": " + error_text(errno));
        int r = 0;
        for (struct dirent *e; r == 0 && (e = readdir(dir));) {
                size_t n = strlen(e->d_name);
                if (n > 4 && streq(e->d_name + n - 4, ".deb"))
                        r = add_file(apt, sources, dirfd(dir), e->d_name);
        }
        return r;
}
