/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libapt-pkg set up for one call: the root's own configuration, locks waited for, cache open. */
#include <apt-pkg/configuration.h>
#include <apt-pkg/error.h>
#include <apt-pkg/init.h>
#include <apt-pkg/pkgsystem.h>
#include <apt-pkg/sourcelist.h>
#include <cerrno>
#include <sys/stat.h>

extern "C" {
#include "lib/i18n.h"
#include "lib/stop.h"
#include "lib/util.h"
#include "lib/wait.h"
}
#include "packages/apt.h"

#define LOCK_TICK_MS 50

std::string apt_text(const char *format, ...)
{
        va_list ap;
        va_start(ap, format);
        _cleanup_free_ char *text = xvasprintf(_(format), ap);
        va_end(ap);
        return text;
}

int apt_fail(Apt &apt, int r, const char *cause, const std::string &text)
{
        if (cause && !apt.result->cause)
                apt.result->cause = xstrdup(cause);
        return fail(apt.why, r, "%s", text.c_str());
}

/* The first error; a warning of a missing key is the reason behind "is not signed". */
std::string apt_error(const std::string &fallback)
{
        std::string text, message;
        while (!_error->empty())
                if ((_error->PopMessage(message) && text.empty()) ||
                    message.find("NO_PUBKEY") != std::string::npos)
                        text = message;
        for (char &c : text)
                if (c == '\n' || c == '\r')
                        c = ' ';
        return text.empty() ? fallback : text;
}

/* A conffile question nobody can answer: keep what is there, unless the operator said otherwise. */
static void settle_conffiles()
{
        for (const std::string &option : _config->FindVector("DPkg::Options"))
                if (option.find("--force-conf") == 0)
                        return;
        _config->Set("DPkg::Options::", "--force-confdef");
        _config->Set("DPkg::Options::", "--force-confold");
}

static void limit_network(const Apt &apt)
{
        long left = sys_time_left(apt.sys) / 1000 + 1;
        for (const char *key : { "Acquire::http::Timeout", "Acquire::https::Timeout" })
                if (_config->FindI(key, 30) > left)
                        _config->Set(key, std::to_string(left));
}

int apt_configure(Apt &apt)
{
        static bool configured;
        if (configured)
                return 0;
        if (!pkgInitConfig(*_config))
                return apt_fail(apt, -EINVAL, nullptr,
                                apt_error(apt_text("apt's configuration is broken")));
        _config->Set("DPkg::Use-Pty", false);
        _config->Set("quiet", "2");
        /* Only what is needed, and really: whatever the root's configuration says. */
        for (const char *key : { "APT::Install-Recommends", "APT::Install-Suggests",
                                 "APT::Get::Download-Only", "Debug::pkgDPkgPM" })
                _config->Set(key, false);
        settle_conffiles();
        limit_network(apt);
        if (apt.sys->offline_dir)
                apt_offline_configure();
        int r = apt.request->extra ? apt_extra_configure(apt) : 0;
        if (r < 0)
                return r;
        if (!pkgInitSystem(*_config, _system))
                return apt_fail(apt, -EINVAL, nullptr,
                                apt_error(apt_text("dpkg's database is unusable")));
        configured = true;
        return 0;
}

/* 0: time for the next try; -EINTR, with the sentence: asked to stop; -EAGAIN: the time is up. */
static int pause_for(Apt &apt, struct wait &wait, const std::string &what)
{
        stop_ask(apt.request->stopped);
        return wait_pause(apt.sys, &wait, what.c_str(), LOCK_TICK_MS, apt.why);
}

int apt_wait(Apt &apt, const char *lock)
{
        struct wait wait = {};
        for (;;) {
                _cleanup_free_ char *who = nullptr;
                if (lock_holder(apt.sys, lock, &who) <= 0)
                        return 0;
                std::string text = apt_text("waiting for %s", who);
                progress_tell(apt.request->progress, text.c_str(), -1);
                int r = pause_for(apt, wait, who);
                if (r < 0)
                        return apt_fail(apt, r, r == -EAGAIN ? "packages-locked" : nullptr,
                                        apt_text("%s holds %s", who, lock));
        }
}

int apt_lock(Apt &apt)
{
        struct wait wait = {};
        for (;;) {
                int r = apt_wait(apt, "/var/lib/dpkg/lock-frontend");
                if (r == 0)
                        r = apt_wait(apt, "/var/lib/dpkg/lock");
                if (r < 0)
                        return r;
                if (_system->Lock())
                        return 0;
                std::string said = apt_error(apt_text("dpkg's database cannot be locked"));
                _cleanup_free_ char *who = nullptr;
                if (package_lock_holder(apt.sys, PACKAGES_DPKG, &who) == 0 &&
                    said.find("Could not get lock") == std::string::npos &&
                    sys_time_left(apt.sys) > 0)
                        return apt_fail(apt, -EIO, nullptr, said);
                r = pause_for(apt, wait, who ? who : apt_text("dpkg's lock"));
                if (r < 0)
                        return apt_fail(apt, r, r == -EAGAIN ? "packages-locked" : nullptr, said);
        }
}

void apt_unlock()
{
        _system->UnLock(true);
        _error->Discard();
}

static std::string look_of(const std::string &path)
{
        struct stat st = {};
        if (stat(path.c_str(), &st) < 0)
                return "-";
        return std::to_string(st.st_ino) + ":" + std::to_string(st.st_size) + ":" +
               std::to_string(st.st_mtim.tv_sec) + "." + std::to_string(st.st_mtim.tv_nsec) + " ";
}

/* Everything a cache and its candidates come from: another size, time or inode of one is a change.
 */
static std::string look_of_all(const Apt &apt)
{
        std::string look = apt.sys->offline_dir ? look_of(apt.sys->offline_dir) : "";
        for (const char *file : { "Dir::State::status", "Dir::State::extended_states",
                                  "Dir::Etc::sourcelist", "Dir::Etc::preferences" })
                look += look_of(_config->FindFile(file));
        for (const char *dir : { "Dir::State::Lists", "Dir::Etc::sourceparts",
                                 "Dir::Etc::preferencesparts", "Dir::Etc::trustedparts" })
                look += look_of(_config->FindDir(dir));
        return look;
}

static std::unique_ptr<pkgCacheFile> held;
static std::string held_read_from;

void apt_hold(Apt &apt)
{
        held = std::move(apt.cache);
        held_read_from = apt.read_from;
}

bool apt_take(Apt &apt)
{
        bool current = held && held_read_from == look_of_all(apt);
        if (current) {
                apt.cache = std::move(held);
                apt.read_from = held_read_from;
        }
        held.reset();
        return current;
}

int apt_open(Apt &apt)
{
        apt.read_from = look_of_all(apt);
        apt.cache.reset(new pkgCacheFile);
        pkgSourceList *sources = apt.cache->GetSourceList();
        if (!sources)
                return apt_fail(apt, -EINVAL, "repository-unreachable",
                                apt_error(apt_text("apt's sources cannot be read")));
        int r = apt.sys->offline_dir ? apt_offline(apt, *sources) : 0;
        if (r < 0)
                return r;
        if (!apt.cache->Open(nullptr, false))
                return apt_fail(apt, -ENETDOWN, "repository-unreachable",
                                apt_error(apt_text("the package lists cannot be read")));
        _error->Discard();
        return 0;
}
