/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Package lists and packages from the repositories the root is configured for. */
#include <apt-pkg/acquire-item.h>
#include <apt-pkg/acquire.h>
#include <apt-pkg/configuration.h>
#include <apt-pkg/error.h>
#include <apt-pkg/packagemanager.h>
#include <apt-pkg/pkgrecords.h>
#include <apt-pkg/sourcelist.h>
#include <apt-pkg/update.h>
#include <cerrno>
#include <sys/statvfs.h>

extern "C" {
#include "lib/util.h"
}
#include "packages/apt.h"

#define PULSE_US 200000

namespace
{
/* Tells how far it is, remembers the first failure, and gives up at the deadline. */
class Watch : public pkgAcquireStatus
{
        const Apt &apt;
        const char *what;
        int last = -1;

      public:
        std::string failure;
        bool late = false;

        Watch(const Apt &a, const char *w) : apt(a), what(w)
        {
        }
        bool MediaChange(std::string, std::string) override
        {
                return false;
        }
        void Fail(pkgAcquire::ItemDesc &item) override
        {
                bool harmless = item.Owner->Status == pkgAcquire::Item::StatIdle ||
                                item.Owner->Status == pkgAcquire::Item::StatDone;
                if (harmless || !failure.empty())
                        return;
                failure = item.URI + ": " + item.Owner->ErrorText;
                for (char &c : failure)
                        if (c == '\n' || c == '\r')
                                c = ' ';
        }
        bool Pulse(pkgAcquire *owner) override
        {
                pkgAcquireStatus::Pulse(owner);
                int percent = TotalBytes ? (int)(CurrentBytes * 100 / TotalBytes) : -1;
                if (percent != last)
                        progress_tell(apt.request->progress, what, percent);
                last = percent;
                late = sys_time_left(apt.sys) <= 0;
                return !late;
        }
};
} // namespace

static std::string reason(const Watch &watch, const std::string &fallback)
{
        std::string said = apt_error(fallback);
        if (watch.late && watch.failure.empty())
                return apt_text("the package repositories gave no answer within the time allowed");
        if (watch.late)
                return apt_text("the package repositories gave no answer within the time allowed "
                                "(%s)",
                                watch.failure.c_str());
        return watch.failure.empty() ? said : watch.failure;
}

int apt_refresh(Apt &apt)
{
        int r = apt_wait(apt, "/var/lib/apt/lists/lock");
        if (r < 0)
                return r;
        pkgSourceList sources;
        if (!sources.ReadMainList())
                return apt_fail(apt, -EINVAL, "repository-unreachable",
                                apt_error(apt_text("apt's sources cannot be read")));
        return apt_refresh_from(apt, sources);
}

int apt_refresh_from(Apt &apt, pkgSourceList &sources)
{
        if (sources.begin() == sources.end())
                return apt_fail(apt, -ENOENT, "package-gone",
                                apt_text("no repository is configured in /etc/apt"));
        const std::string what = apt_text("package lists");
        Watch watch(apt, what.c_str());
        bool good = ListUpdate(watch, sources, PULSE_US);
        if (good && !watch.late && watch.failure.empty() && !_error->PendingError()) {
                _error->Discard();
                return 0;
        }
        std::string said = reason(watch, apt_text("the package lists could not be fetched"));
        if (said.find("NO_PUBKEY") != std::string::npos)
                return apt_fail(apt, -ENOKEY, "key-not-accepted", said);
        return apt_fail(apt, -ENETDOWN, "repository-unreachable", said);
}

static int room_for(Apt &apt, const char *dir, unsigned long long bytes)
{
        struct statvfs fs;
        if (statvfs(dir, &fs) < 0 || (unsigned long long)fs.f_bavail * fs.f_frsize >= bytes)
                return 0;
        return apt_fail(apt, -ENOSPC, nullptr,
                        apt_text("%s: %llu MiB are needed, %llu are free", dir, bytes >> 20,
                                 (unsigned long long)fs.f_bavail * fs.f_frsize >> 20));
}

static int vouched_for(Apt &apt, pkgAcquire &fetcher)
{
        if (_config->FindB("APT::Get::AllowUnauthenticated", false))
                return 0;
        for (auto i = fetcher.ItemsBegin(); i != fetcher.ItemsEnd(); ++i)
                if (!(*i)->IsTrusted())
                        return apt_fail(apt, -EBADMSG, nullptr,
                                        apt_text("%s: its repository is not signed by a key this "
                                                 "system trusts",
                                                 (*i)->ShortDesc().c_str()));
        return 0;
}

static int complete(Apt &apt, pkgAcquire &fetcher, const Watch &watch, bool *stale)
{
        for (auto i = fetcher.ItemsBegin(); i != fetcher.ItemsEnd(); ++i) {
                if ((*i)->Status == pkgAcquire::Item::StatDone && (*i)->Complete)
                        continue;
                *stale = !watch.late && !apt.sys->offline_dir;
                return apt_fail(apt, -ENETDOWN, "repository-unreachable",
                                reason(watch, apt_text("a package could not be fetched")));
        }
        return 0;
}

int apt_fetch(Apt &apt, pkgPackageManager &manager, bool *stale)
{
        std::string archives = _config->FindDir("Dir::Cache::Archives");
        int r = apt_wait(apt, (archives + "lock").c_str());
        if (r < 0)
                return r;
        pkgDepCache *cache = apt.cache->GetDepCache();
        const std::string what = apt_text("download");
        Watch watch(apt, what.c_str());
        pkgAcquire fetcher(&watch);
        pkgRecords records(*cache);
        if (!fetcher.GetLock(archives) ||
            !manager.GetArchives(&fetcher, apt.cache->GetSourceList(), &records) ||
            _error->PendingError())
                return apt_fail(apt, -ENETDOWN, "repository-unreachable",
                                apt_error(apt_text("the packages cannot be fetched")));
        r = vouched_for(apt, fetcher);
        if (r == 0)
                r = room_for(apt, archives.c_str(), fetcher.FetchNeeded());
        if (r == 0 && cache->UsrSize() > 0)
                r = room_for(apt, "/usr", (unsigned long long)cache->UsrSize());
        if (r < 0)
                return r;
        fetcher.Run(PULSE_US);
        return complete(apt, fetcher, watch, stale);
}
