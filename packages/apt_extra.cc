/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ExtraSource= for one installation: the root's own lists and sources are seen beside the extra
 * ones from a directory in memory, which also takes what is downloaded. */
#include <apt-pkg/configuration.h>
#include <apt-pkg/error.h>
#include <apt-pkg/fileutl.h>
#include <apt-pkg/sourcelist.h>
#include <cerrno>
#include <dirent.h>
#include <sys/stat.h>
#include <vector>

extern "C" {
#include "lib/util.h"
#include "packages/extra_source.h"
}
#include "lib/door.h"
#include "packages/apt.h"

static int make_dirs(Apt &apt)
{
        for (const char *dir : { "", "/only", "/parts", "/lists", "/lists/partial", "/archives",
                                 "/archives/partial" })
                if (mkdir((EXTRA_INSIDE + std::string(dir)).c_str(), 0755) < 0 && errno != EEXIST)
                        return apt_fail(apt, -errno, nullptr,
                                        EXTRA_INSIDE + std::string(dir) + ": " + error_text(errno));
        return 0;
}

/* Links to every file of FROM; apt replaces a link as a whole. */
static int link_files(Apt &apt, const std::string &from, const std::string &to)
{
        _cleanup_closedir_ DIR *dir = opendir(from.c_str());
        for (struct dirent *e; dir && (e = readdir(dir));) {
                std::string name = e->d_name, target = from + "/" + name;
                if (name[0] == '.' || name == "lock" || DirectoryExists(target))
                        continue;
                if (symlink(target.c_str(), (to + "/" + name).c_str()) < 0 && errno != EEXIST)
                        return apt_fail(apt, -errno, nullptr, to + ": " + error_text(errno));
        }
        return 0;
}

int apt_extra_configure(Apt &apt)
{
        int r = make_dirs(apt);
        if (r == 0)
                r = extra_write(apt.sys, PACKAGES_DPKG, EXTRA_INSIDE "/only", apt.why);
        if (r == 0)
                r = link_files(apt, EXTRA_INSIDE "/only", EXTRA_INSIDE "/parts");
        if (r == 0)
                r = link_files(apt, _config->FindDir("Dir::Etc::sourceparts"),
                               EXTRA_INSIDE "/parts");
        if (r == 0)
                r = link_files(apt, _config->FindDir("Dir::State::Lists"), EXTRA_INSIDE "/lists");
        if (r < 0)
                return r;
        _config->Set("Dir::Etc::sourceparts", EXTRA_INSIDE "/parts/");
        _config->Set("Dir::State::Lists", EXTRA_INSIDE "/lists/");
        _config->Set("Dir::Cache::Archives", EXTRA_INSIDE "/archives/");
        _config->Set("Dir::Cache::pkgcache", "");
        _config->Set("Dir::Cache::srcpkgcache", "");
        _config->Set("APT::Get::List-Cleanup", false);
        return 0;
}

int apt_extra_refresh(Apt &apt)
{
        pkgSourceList only;
        for (const std::string &file : GetListOfFilesInDir(
                     EXTRA_INSIDE "/only", std::vector<std::string>{ "list", "sources" }, true))
                if (!only.ReadAppend(file))
                        return apt_fail(apt, -EINVAL, nullptr,
                                        "ExtraSource: " +
                                                apt_error(apt_text("the package sources cannot be "
                                                                   "read")));
        return apt_refresh_from(apt, only);
}
