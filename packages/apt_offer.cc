/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the repositories offer of the packages a pattern fits: each one's candidate, so that the
 * operator's pins count. */
#include <apt-pkg/error.h>
#include <apt-pkg/pkgsystem.h>
#include <apt-pkg/version.h>
#include <cerrno>
#include <fnmatch.h>

extern "C" {
#include "lib/util.h"
}
#include "packages/apt.h"

static bool is_newer(const pkgCache::VerIterator &version, const pkgCache::VerIterator &installed)
{
        return !installed.end() &&
               _system->VS->CmpVersion(version.VerStr(), installed.VerStr()) > 0;
}

int apt_list_offer(Apt &apt)
{
        pkgDepCache *cache = apt.cache->GetDepCache();
        const char *native = cache->GetCache().NativeArch();
        for (auto p = cache->PkgBegin(); !p.end(); ++p) {
                if (!streq(p.Arch(), native) || fnmatch(apt.request->name, p.Name(), 0) != 0)
                        continue;
                auto version = (*cache)[p].CandidateVerIter(*cache);
                auto installed = p.CurrentVer();
                if (version.end() || version == installed || !version.Downloadable() ||
                    (apt.request->newer && !is_newer(version, installed)))
                        continue;
                package_result_add(apt.result, p.Name(), version.VerStr(),
                                   installed.end() ? nullptr : installed.VerStr());
        }
        if (apt.result->n_changes > 0)
                return 0;
        return apt_fail(apt, -ENOENT, "package-gone",
                        apt_text("no repository offers %s", apt.request->name));
}

int apt_list_providers(Apt &apt)
{
        pkgDepCache *cache = apt.cache->GetDepCache();
        auto p = cache->GetCache().FindPkg(apt.request->name);
        if (p.end())
                return 0;
        for (auto provider = p.ProvidesList(); !provider.end(); ++provider) {
                auto owner = provider.OwnerPkg();
                auto version = (*cache)[owner].CandidateVerIter(*cache);
                if (!version.end() && version == provider.OwnerVer() && version.Downloadable())
                        package_result_add(apt.result, owner.Name(), version.VerStr(), nullptr);
        }
        return 0;
}
