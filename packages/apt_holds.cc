/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds: dpkg forgets one of a package that it installs again. */
#include <apt-pkg/error.h>
#include <apt-pkg/statechanges.h>

#include "packages/apt.h"

std::vector<std::string> apt_holds(pkgDepCache &cache)
{
        std::vector<std::string> held;
        for (auto p = cache.PkgBegin(); !p.end(); ++p)
                if (p->SelectedState == pkgCache::State::Hold && !p.CurrentVer().end() &&
                    !cache[p].Delete())
                        held.push_back(p.FullName(false));
        return held;
}

void apt_hold_again(const std::vector<std::string> &held)
{
        pkgCacheFile file;
        if (held.empty() || !file.Open(nullptr, false))
                return;
        APT::StateChanges changes;
        for (const std::string &name : held) {
                auto p = file.GetPkgCache()->FindPkg(name);
                if (!p.end() && !p.CurrentVer().end() && p->SelectedState != pkgCache::State::Hold)
                        changes.Hold(p.CurrentVer());
        }
        if (!changes.empty())
                changes.Save(true);
        _error->Discard();
}
