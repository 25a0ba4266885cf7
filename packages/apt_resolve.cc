/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a request means for the packages there are: marked in libapt's dependency cache, listed in
 * the result, refused where another package would have to go. */
#include <apt-pkg/algorithms.h>
#include <apt-pkg/error.h>
#include <apt-pkg/pkgsystem.h>
#include <apt-pkg/version.h>
#include <algorithm>
#include <cerrno>
#include <set>
#include <vector>

extern "C" {
#include "lib/util.h"
}
#include "packages/apt.h"

#define HEADERS "linux-headers-"

/* "linux-headers-6.12.94+deb13-cloud-amd64" -> "cloud-amd64": the tail without a digit first. */
static std::string flavour_of(const std::string &name)
{
        size_t at = name.size();
        while (at > 0) {
                size_t dash = name.rfind('-', at - 1);
                if (dash == std::string::npos || isdigit((unsigned char)name[dash + 1]))
                        break;
                at = dash;
        }
        return at < name.size() ? name.substr(at + 1) : "";
}

/* Headers of one release, not the metapackage of a series ("linux-headers-6.12-amd64"). */
static bool of_a_release(const std::string &name)
{
        if (name.compare(0, strlen(HEADERS), HEADERS) != 0)
                return false;
        std::string rest = name.substr(strlen(HEADERS));
        std::string version = rest.substr(0, rest.find_first_of("-+"));
        return isdigit((unsigned char)rest[0]) &&
               std::count(version.begin(), version.end(), '.') >= 2;
}

static void list_candidates(Apt &apt)
{
        std::string name = apt.request->name, flavour = flavour_of(name);
        if (name.compare(0, strlen(HEADERS), HEADERS) != 0)
                return;
        pkgDepCache *cache = apt.cache->GetDepCache();
        std::vector<pkgCache::VerIterator> found;
        for (auto p = cache->PkgBegin(); !p.end(); ++p) {
                std::string other = p.Name();
                auto version = (*cache)[p].CandidateVerIter(*cache);
                if (of_a_release(other) && !version.end() && version.Downloadable() &&
                    flavour_of(other) == flavour)
                        found.push_back(version);
        }
        std::sort(found.begin(), found.end(), [](const auto &a, const auto &b) {
                return _system->VS->CmpVersion(a.VerStr(), b.VerStr()) < 0;
        });
        for (const auto &version : found)
                strv_add(&apt.result->candidates, version.ParentPkg().Name() + strlen(HEADERS));
}

static int gone(Apt &apt)
{
        list_candidates(apt);
        std::string what = apt.request->name;
        if (apt.request->version && *apt.request->version)
                what += std::string(" ") + apt.request->version;
        return apt_fail(apt, -ENOENT, "package-gone",
                        apt.sys->offline_dir
                                ? apt_text("%s is not in %s", what.c_str(), apt.sys->offline_dir)
                                : apt_text("%s is not in any configured repository", what.c_str()));
}

static int find(Apt &apt, pkgCache::PkgIterator *out)
{
        pkgDepCache *cache = apt.cache->GetDepCache();
        auto p = cache->GetCache().FindPkg(apt.request->name);
        if (p.end() || p.VersionList().end())
                return gone(apt);
        const char *wanted = apt.request->version;
        for (auto v = p.VersionList(); wanted && *wanted && !v.end(); ++v)
                if (streq(v.VerStr(), wanted))
                        cache->SetCandidateVersion(v);
        auto candidate = (*cache)[p].CandidateVerIter(*cache);
        bool here = !p.CurrentVer().end();
        if (candidate.end() || (wanted && *wanted && !streq(candidate.VerStr(), wanted)) ||
            (!here && !candidate.Downloadable())) {
                int r = apt_hidden(apt, p);
                return r < 0 ? r : gone(apt);
        }
        *out = p;
        return here && candidate == p.CurrentVer() ? 0 : apt_hidden(apt, p);
}

/* A simulation does not read dpkg's journal, and took what that says is gone for installed: what then really
 * comes in is what undo is told. */
static bool allowed(const Apt &apt, const std::string &name)
{
        if (!apt.request->names || apt.healed)
                return true;
        for (char *const *n = apt.request->names; *n; n++)
                if (name == *n)
                        return true;
        return false;
}

static void add_change(Apt &apt, const pkgCache::PkgIterator &p, const std::string &name)
{
        pkgDepCache *cache = apt.cache->GetDepCache();
        auto version = (*cache)[p].CandidateVerIter(*cache);
        package_result_add(apt.result, name.c_str(), version.VerStr(),
                           (*cache)[p].NewInstall() ? nullptr : p.CurrentVer().VerStr());
        struct package_change *last = &apt.result->changes[apt.result->n_changes - 1];
        last->download = (long long)version->Size;
        last->size = (long long)version->InstalledSize;
}

int apt_list_changes(Apt &apt)
{
        pkgDepCache *cache = apt.cache->GetDepCache();
        for (auto p = cache->PkgBegin(); !p.end(); ++p) {
                pkgDepCache::StateCache &state = (*cache)[p];
                std::string name = p.FullName(true);
                if (state.Delete())
                        return apt_fail(
                                apt, -ENOTUNIQ, nullptr,
                                apt_text("%s would have to be removed for it", name.c_str()));
                if (state.NewInstall() && !allowed(apt, name))
                        return apt_fail(apt, -ESTALE, nullptr,
                                        apt_text("%s would be installed too: the repositories "
                                                 "changed meanwhile, run again",
                                                 name.c_str()));
                if (state.NewInstall() || state.Upgrade() || state.Downgrade())
                        add_change(apt, p, name);
        }
        return 0;
}

/* The first thing VERSION needs that no repository offers, or "". FLAG: after the changes marked, or
 * with every candidate installed. */
static std::string lacks(pkgDepCache &cache, const pkgCache::VerIterator &version, int flag)
{
        if (version.end())
                return "";
        for (auto d = version.DependsList(); !d.end(); ++d)
                if (d.IsCritical() && !d.IsNegative() && !(cache[d] & flag))
                        return apt_text("%s needs %s, which no repository offers",
                                        version.ParentPkg().Name(), d.TargetPkg().Name());
        return "";
}

static std::string first_broken(Apt &apt)
{
        pkgDepCache &cache = *apt.cache->GetDepCache();
        for (auto p = cache.PkgBegin(); !p.end(); ++p) {
                std::string text;
                if (cache[p].InstBroken())
                        text = lacks(cache, cache[p].InstVerIter(cache), pkgDepCache::DepGInstall);
                if (!text.empty())
                        return text;
        }
        return apt_text("its dependencies cannot be satisfied");
}

/* Asked before anything is marked: libapt drops a candidate it cannot install. */
static std::string candidate_lacks(Apt &apt, const pkgCache::PkgIterator &p)
{
        pkgDepCache &cache = *apt.cache->GetDepCache();
        return lacks(cache, cache[p].CandidateVerIter(cache), pkgDepCache::DepGCVer);
}

static int settle(Apt &apt)
{
        pkgDepCache *cache = apt.cache->GetDepCache();
        if (!pkgApplyStatus(*cache))
                return apt_fail(apt, -EIO, nullptr,
                                apt_error(apt_text("dpkg's database is inconsistent")));
        if (cache->BrokenCount() != 0)
                pkgFixBroken(*cache);
        _error->Discard();
        return 0;
}

static int resolve(Apt &apt, pkgCache::PkgIterator &p, std::string reason)
{
        pkgDepCache *cache = apt.cache->GetDepCache();
        if (reason.empty())
                reason = first_broken(apt);
        if (cache->BrokenCount() != 0) {
                pkgProblemResolver fixer(cache);
                fixer.Clear(p);
                fixer.Protect(p);
                fixer.Resolve(true);
        }
        _error->Discard();
        bool installed = cache->BrokenCount() == 0 && (*cache)[p].InstallVer != nullptr;
        int r = installed ? 0 : apt_hidden_need(apt, p);
        if (r < 0)
                return r;
        if (!installed)
                return apt_fail(
                        apt, -ENOTUNIQ, nullptr,
                        apt_text("%s cannot be installed: %s", apt.request->name, reason.c_str()));
        return apt_list_changes(apt);
}

/* A package in need of unpacking again (dpkg was killed in it) is kept by libapt as it is, and what
 * waits for it can then never be configured: where P needs one, it is installed again. Where another
 * version comes in its place, that is unpacked anyway. */
static void finish_halves(pkgDepCache &cache, const pkgCache::PkgIterator &p,
                          std::set<unsigned> &seen)
{
        auto version = cache[p].InstVerIter(cache);
        if (version.end() || !seen.insert(p->ID).second)
                return;
        if (p.State() == pkgCache::PkgIterator::NeedsUnpack && version == p.CurrentVer() &&
            version.Downloadable()) {
                cache.SetCandidateVersion(p.CurrentVer());
                cache.SetReInstall(p, true);
        }
        for (auto d = version.DependsList(); !d.end(); ++d)
                if (d.IsCritical() && !d.IsNegative())
                        finish_halves(cache, d.TargetPkg(), seen);
}

int apt_mark_install(Apt &apt)
{
        pkgDepCache *cache = apt.cache->GetDepCache();
        pkgCache::PkgIterator p;
        int r = settle(apt);
        if (r == 0)
                r = find(apt, &p);
        if (r < 0)
                return r;
        std::string reason = candidate_lacks(apt, p);
        r = reason.empty() ? 0 : apt_hidden_need(apt, p);
        if (r < 0)
                return r;
        pkgDepCache::ActionGroup group(*cache);
        cache->MarkInstall(p, true);
        std::set<unsigned> seen;
        finish_halves(*cache, p, seen);
        return resolve(apt, p, reason);
}

int apt_mark_reinstall(Apt &apt)
{
        pkgDepCache *cache = apt.cache->GetDepCache();
        pkgCache::PkgIterator p;
        int r = settle(apt);
        if (r == 0)
                r = find(apt, &p);
        if (r < 0)
                return r;
        pkgDepCache::ActionGroup group(*cache);
        if (!p.CurrentVer().end() && p.CurrentVer().Downloadable()) {
                cache->SetCandidateVersion(p.CurrentVer());
                cache->MarkKeep(p);
                cache->SetReInstall(p, true);
        } else if (p.CurrentVer().end() || (*cache)[p].CandidateVerIter(*cache) == p.CurrentVer()) {
                return gone(apt);
        } else {
                cache->MarkInstall(p, true);
        }
        return resolve(apt, p, "");
}

/* Only the ones named go; where somebody else's package needs one of them meanwhile, or an administrator
 * holds one, none does. */
int apt_mark_remove(Apt &apt)
{
        pkgDepCache *cache = apt.cache->GetDepCache();
        unsigned long broken = cache->BrokenCount();
        pkgDepCache::ActionGroup group(*cache);
        for (char *const *n = apt.request->names; *n; n++) {
                auto p = cache->GetCache().FindPkg(*n);
                if (p.end() || p->CurrentState == pkgCache::State::NotInstalled)
                        continue;
                if (p->SelectedState == pkgCache::State::Hold)
                        return apt_fail(
                                apt, -ENOTUNIQ, nullptr,
                                apt_text("%s is on hold (apt-mark hold): nothing is removed", *n));
                cache->MarkDelete(p, true, 0, true);
        }
        if (cache->BrokenCount() > broken)
                return apt_fail(apt, -ENOTUNIQ, nullptr,
                                apt_text("%s: installed meanwhile, nothing is removed",
                                         first_broken(apt).c_str()));
        return 0;
}
