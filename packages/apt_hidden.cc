/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A package that a repository offers and that the operator's own settings keep away: a pin below zero, a
 * hold. Told apart from one that no repository has. */
#include <apt-pkg/configuration.h>
#include <apt-pkg/fileutl.h>
#include <cerrno>
#include <fnmatch.h>
#include <fstream>
#include <set>
#include <sstream>

extern "C" {
#include "lib/util.h"
}
#include "packages/apt.h"

namespace
{
/* What a paragraph of apt_preferences(5) says so far. */
struct Pin {
        std::string packages;
        int line = 0;
        long priority = 0;
};
} // namespace

static bool pin_fits(const Pin &pin, const std::string &name)
{
        std::istringstream words(pin.packages);
        for (std::string word; words >> word;) {
                bool regex = word.size() > 2 && word.front() == '/' && word.back() == '/';
                if (regex || word.compare(0, 4, "src:") == 0 ||
                    fnmatch(word.c_str(), name.c_str(), 0) == 0)
                        return true;
        }
        return false;
}

static std::string value_of(const std::string &line)
{
        size_t at = line.find(':');
        at = at == std::string::npos ? at : line.find_first_not_of(" \t", at + 1);
        return at == std::string::npos ? "" : line.substr(at);
}

/* "FILE:LINE: Package: ..." of the paragraph that hides NAME, or "". */
static std::string pin_in(const std::string &file, const std::string &name)
{
        std::ifstream in(file);
        Pin pin;
        int number = 0;
        for (std::string line; std::getline(in, line) || (number >= 0 && pin.line);) {
                bool end = !in || line.empty();
                if (end && pin.line && pin.priority < 0 && pin_fits(pin, name))
                        return file + ":" + std::to_string(pin.line) + ": Package: " + pin.packages;
                if (end)
                        pin = Pin();
                number = in ? number + 1 : -1;
                if (strncasecmp(line.c_str(), "Package:", 8) == 0) {
                        pin.packages = value_of(line);
                        pin.line = number;
                } else if (strncasecmp(line.c_str(), "Pin-Priority:", 13) == 0) {
                        pin.priority = strtol(value_of(line).c_str(), nullptr, 10);
                }
                line.clear();
        }
        return "";
}

static std::string pin_of(const std::string &name)
{
        std::vector<std::string> files = GetListOfFilesInDir(
                _config->FindDir("Dir::Etc::preferencesparts"), "pref", true, true);
        files.push_back(_config->FindFile("Dir::Etc::preferences"));
        for (const std::string &file : files) {
                std::string line = pin_in(file, name);
                if (!line.empty())
                        return line;
        }
        return apt_text("a pin in /etc/apt/preferences");
}

/* The newest version that a repository has. */
static pkgCache::VerIterator to_be_had(const pkgCache::PkgIterator &p)
{
        auto v = p.VersionList();
        while (!v.end() && !v.Downloadable())
                ++v;
        return v;
}

static int refuse(Apt &apt, const std::string &what, const std::string &command)
{
        std::istringstream words(command);
        for (std::string word; words >> word;)
                strv_add(&apt.result->command, word.c_str());
        return apt_fail(apt, -EACCES, "package-hidden", what);
}

int apt_hidden(Apt &apt, const pkgCache::PkgIterator &p)
{
        pkgDepCache *cache = apt.cache->GetDepCache();
        std::string name = p.FullName(true), needs;
        auto version = to_be_had(p);
        if (version.end() || apt.sys->offline_dir)
                return 0;
        if (name != apt.request->name)
                needs = apt_text("%s needs %s", apt.request->name, name.c_str()) + "; ";
        if (p->SelectedState == pkgCache::State::Hold)
                return refuse(apt,
                              needs + apt_text("%s is on hold (apt-mark hold): a repository has "
                                               "version %s",
                                               name.c_str(), version.VerStr()),
                              "apt-mark unhold " + name);
        if (!(*cache)[p].CandidateVerIter(*cache).end())
                return 0;
        return refuse(apt,
                      needs + apt_text("%s %s is in a repository, but hidden by %s", name.c_str(),
                                       version.VerStr(), pin_of(p.Name()).c_str()),
                      "apt-get install " + name + "=" + version.VerStr());
}

static int hidden_below(Apt &apt, const pkgCache::VerIterator &version, std::set<unsigned> &seen)
{
        pkgDepCache *cache = apt.cache->GetDepCache();
        if (version.end())
                return 0;
        for (auto d = version.DependsList(); !d.end(); ++d) {
                auto target = d.TargetPkg();
                if (!d.IsCritical() || d.IsNegative() || !target.CurrentVer().end() ||
                    !seen.insert(target->ID).second)
                        continue;
                int r = apt_hidden(apt, target);
                if (r == 0)
                        r = hidden_below(apt, (*cache)[target].CandidateVerIter(*cache), seen);
                if (r < 0)
                        return r;
        }
        return 0;
}

int apt_hidden_need(Apt &apt, const pkgCache::PkgIterator &p)
{
        std::set<unsigned> seen;
        pkgDepCache *cache = apt.cache->GetDepCache();
        return hidden_below(apt, (*cache)[p].CandidateVerIter(*cache), seen);
}
