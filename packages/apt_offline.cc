/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --offline DIR: every .deb in it is looked at before libapt reads it, held against the sums of the
 * operator or of the lists that libapt trusts, then offered to the resolver. */
#include <apt-pkg/configuration.h>
#include <apt-pkg/error.h>
#include <apt-pkg/hashes.h>
#include <apt-pkg/indexfile.h>
#include <apt-pkg/pkgrecords.h>
#include <apt-pkg/sourcelist.h>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>

extern "C" {
#include "lib/i18n.h"
#include "lib/run.h"
#include "lib/util.h"
}
#include "packages/apt.h"
#include "packages/offline.h"

/* What apt reads in the place of the root's sources, and what is left alone by a cache of its own. */
static const char *const masked[] = { "Dir::Etc::sourcelist", "Dir::Etc::sourceparts" };
static const char *const kept[] = { "Dir::Cache::pkgcache", "Dir::Cache::srcpkgcache" };
static std::string own_sources[2];

void apt_offline_configure()
{
        for (size_t i = 0; i < 2; i++) {
                own_sources[i] = _config->Find(masked[i]);
                _config->Set(masked[i], "/dev/null");
        }
        _config->Set("APT::Sandbox::User", "root");
}

/* While one of these lives, libapt reads the root's own sources again, and writes no cache of them. */
class OwnSources
{
        std::string caches[2];

      public:
        OwnSources()
        {
                for (size_t i = 0; i < 2; i++) {
                        caches[i] = _config->Find(kept[i]);
                        _config->Set(masked[i], own_sources[i]);
                        _config->Set(kept[i], "");
                }
        }
        ~OwnSources()
        {
                for (size_t i = 0; i < 2; i++) {
                        _config->Set(masked[i], "/dev/null");
                        _config->Set(kept[i], caches[i]);
                }
        }
        OwnSources(const OwnSources &) = delete;
        OwnSources &operator=(const OwnSources &) = delete;
};

/* One given file: what it calls itself, and its sum. */
struct Given {
        std::string path, name, version, arch, sum;
        bool vouched; /* by the operator's sums */
};

/* The package file's own words: it must say what it is, in one line each. */
static int read_name(Apt &apt, Given &file)
{
        const char *const argv[] = { "dpkg-deb", "-W",
                                     "--showformat=${Package} ${Version} ${Architecture}\n",
                                     file.path.c_str(), nullptr };
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
                             why ? apt_text("%s: no usable package (%s)", file.path.c_str(), why)
                                 : apt_text("%s: a package without a name", file.path.c_str()));
        else {
                file.name = name;
                file.version = version;
                file.arch = arch;
        }
        if (out.out)
                run_result_free(&out);
        free(why);
        return r;
}

/* Does a list that libapt trusts have VERSION with SUM? */
static bool lists_version(pkgCacheFile &lists, pkgRecords &records,
                          const pkgCache::VerIterator &version, const std::string &sum)
{
        for (auto f = version.FileList(); !f.end(); ++f) {
                pkgIndexFile *index = nullptr;
                if ((f.File()->Flags & pkgCache::Flag::NotSource) ||
                    !lists.GetSourceList()->FindIndex(f.File(), index) || !index->IsTrusted())
                        continue;
                const HashStringList hashes = records.Lookup(f).Hashes();
                const HashString *listed = hashes.find("SHA256");
                if (listed && listed->HashValue() == sum)
                        return true;
        }
        return false;
}

static bool lists_file(pkgCacheFile &lists, pkgRecords &records, const Given &file)
{
        pkgCache::GrpIterator group = lists.GetPkgCache()->FindGrp(file.name);
        if (group.end())
                return false;
        for (auto p = group.PackageList(); !p.end(); p = group.NextPkg(p))
                for (auto v = p.VersionList(); !v.end(); ++v)
                        if (file.version == v.VerStr() && file.arch == v.Arch() &&
                            lists_version(lists, records, v, file.sum))
                                return true;
        return false;
}

/* Each that the operator's sums do not name has to be in the root's own lists. */
static int hold(Apt &apt, const std::vector<Given> &files)
{
        OwnSources sources;
        pkgCacheFile lists;
        std::unique_ptr<pkgRecords> records;
        bool opened = false, tried = false;
        for (const Given &file : files) {
                if (file.vouched)
                        continue;
                if (!tried && lists.BuildCaches(nullptr, false) && lists.GetPkgCache()) {
                        records.reset(new pkgRecords(*lists.GetPkgCache()));
                        opened = true;
                }
                tried = true;
                if (!opened || !lists_file(lists, *records, file))
                        return offline_refuse(file.path.c_str(),
                                              _("no signed package list of this system"), apt.why);
        }
        _error->Discard();
        return 0;
}

static int read_file(Apt &apt, int dir_fd, const char *name, std::vector<Given> &files)
{
        Given file = {};
        char sum[65] = "";
        _cleanup_close_ int fd = -1;
        file.path = std::string(apt.sys->offline_dir) + "/" + name;
        int r = offline_open(apt.sys, dir_fd, name, file.path.c_str(), &fd, sum, apt.why);
        if (r < 0)
                return r;
        file.vouched = r == 1;
        file.sum = sum;
        r = deb_check(fd, file.path.c_str(), apt.why);
        if (r == 0)
                r = read_name(apt, file);
        if (r == 0)
                files.push_back(file);
        return r;
}

int apt_offline(Apt &apt, pkgSourceList &sources)
{
        std::vector<Given> files;
        _cleanup_closedir_ DIR *dir = opendir(apt.sys->offline_dir);
        if (!dir)
                return apt_fail(apt, -errno, nullptr,
                                std::string(apt.sys->offline_dir) + ": " + error_text(errno));
        int r = 0;
        for (struct dirent *e; r == 0 && (e = readdir(dir));) {
                size_t n = strlen(e->d_name);
                if (n > 4 && streq(e->d_name + n - 4, ".deb"))
                        r = read_file(apt, dirfd(dir), e->d_name, files);
        }
        if (r == 0)
                r = hold(apt, files);
        for (size_t i = 0; r == 0 && i < files.size(); i++)
                if (!sources.AddVolatileFile(files[i].path))
                        r = apt_fail(apt, -EBADMSG, nullptr,
                                     apt_error(apt_text("%s: not usable", files[i].path.c_str())));
        return r;
}
