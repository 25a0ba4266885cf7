/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-apt.so: install, reinstall and remove through libapt-pkg, inside the root. */
#include <apt-pkg/configuration.h>
#include <apt-pkg/error.h>
#include <apt-pkg/install-progress.h>
#include <apt-pkg/packagemanager.h>
#include <apt-pkg/pkgsystem.h>
#include <cerrno>

extern "C" {
#include "lib/run.h"
#include "lib/util.h"
}
#include "packages/apt.h"
#include "packages/dpkg.h"

namespace
{
class Steps : public APT::Progress::PackageManager
{
        const Apt &apt;

      public:
        std::string failure;

        explicit Steps(const Apt &a) : apt(a)
        {
        }
        bool StatusChanged(std::string package, unsigned int done, unsigned int total,
                           std::string) override
        {
                progress_tell(apt.request->progress, package.c_str(),
                              total ? (int)(done * 100 / total) : -1);
                return true;
        }
        void Error(std::string package, unsigned int, unsigned int, std::string message) override
        {
                if (failure.empty())
                        failure = package + ": " + message.substr(0, message.find('\n'));
        }
};
} // namespace

typedef int (*mark_fn)(Apt &apt);

/* The last thing dpkg complained of in TEXT, on one line, or "". */
static std::string dpkg_error(const std::string &text)
{
        size_t at = text.rfind("dpkg: error");
        std::string line = at == std::string::npos ? "" : text.substr(at);
        size_t colon = line.find(":\n");
        if (colon != std::string::npos) /* "dpkg: error processing package X (--configure):" */
                line.replace(colon, 2, ":");
        return line.substr(0, line.find('\n'));
}

/* What dpkg printed: our standard error is a file (call.c). */
static std::string dpkg_words()
{
        char text[4096];
        off_t size = lseek(2, 0, SEEK_END);
        off_t from = size > (off_t)sizeof(text) ? size - (off_t)sizeof(text) : 0;
        ssize_t n = size > 0 ? pread(2, text, sizeof(text), from) : 0;
        return dpkg_error(std::string(text, n > 0 ? (size_t)n : 0));
}

/* What a killed dpkg left: its journal, packages unpacked and not configured. What it cannot
 * settle is left to the resolver, and to the look at the outcome. */
static int heal(Apt &apt, std::string *said)
{
        if (dpkg_interrupted(apt.sys, nullptr) <= 0)
                return 0;
        int r = apt_wait(apt, "/var/lib/dpkg/lock-frontend");
        if (r == 0)
                r = apt_wait(apt, "/var/lib/dpkg/lock");
        if (r < 0)
                return r;
        progress_tell(apt.request->progress, "dpkg --configure -a", -1);
        const char *const argv[] = {
                "dpkg", "--force-confdef", "--force-confold", "--configure", "-a", nullptr
        };
        const char *const env[] = { "DEBIAN_FRONTEND=noninteractive", "HOME=/root", nullptr };
        struct run run = {};
        run.argv = argv;
        run.env = env;
        run.root_fd = run.keep_fd = run.cwd_fd = -1;
        struct run_result out = {};
        if (run_program(&run, &out) == 0) {
                if (out.status != 0)
                        *said = dpkg_error(out.err);
                run_result_free(&out);
        }
        return 0;
}

static std::string state_text(const char *name, enum package_state state)
{
        return std::string(name) +
               (state == PACKAGE_ABSENT ? " is not installed" : " is left half installed");
}

/* The database's answer counts, not the library's: a failing scriptlet elsewhere is not ours, and
 * a package that says "done" must be there. */
static int outcome(Apt &apt, enum package_state wanted, const char *name, const std::string &said)
{
        struct package_info info = {};
        std::string plain(name, strcspn(name, ":"));
        int r = dpkg_package(apt.sys, plain.c_str(), &info, apt.why);
        enum package_state state = info.state;
        package_info_free(&info);
        if (r < 0 || state == wanted)
                return r;
        if (said.find("lock was locked by") != std::string::npos)
                return apt_fail(apt, -EAGAIN, "packages-locked", said);
        int code = said.find("No space left") != std::string::npos ? -ENOSPC : -EIO;
        if (wanted == PACKAGE_ABSENT)
                return apt_fail(apt, code, nullptr, plain + " is still there: " + said);
        return apt_fail(apt, code, nullptr, state_text(plain.c_str(), state) + ": " + said);
}

static int commit(Apt &apt, pkgPackageManager &manager, std::string *said)
{
        Steps steps(apt);
        _system->UnLockInner();
        auto result = manager.DoInstall(&steps);
        *said = steps.failure.empty() ? dpkg_words() : steps.failure;
        if (said->empty())
                *said = apt_error("dpkg did not finish");
        _error->Discard();
        apt_unlock();
        return result == pkgPackageManager::Completed ? 0 : -EIO;
}

/* What the simulation marked is taken up where nothing changed since. */
static int mark_in_cache(Apt &apt, mark_fn mark)
{
        if (apt_take(apt) && mark == apt_mark_install)
                return apt_list_changes(apt);
        int r = apt_open(apt);
        return r < 0 ? r : mark(apt);
}

/* Lock, look again, mark, fetch, commit. *STALE: the lists name packages that are no more. */
static int attempt(Apt &apt, mark_fn mark, bool *stale, std::string *said)
{
        int r = heal(apt, said);
        if (r == 0)
                r = apt_lock(apt);
        if (r == 0)
                r = mark_in_cache(apt, mark);
        if (r < 0)
                return r;
        pkgDepCache *cache = apt.cache->GetDepCache();
        /* Bad: left unpacked or half installed by a dpkg that was killed, which commit settles. */
        if (cache->InstCount() == 0 && cache->DelCount() == 0 && cache->BadCount() == 0)
                return 0;
        std::unique_ptr<pkgPackageManager> manager(_system->CreatePM(cache));
        r = apt_fetch(apt, *manager, stale);
        if (r < 0)
                return r;
        (void)commit(apt, *manager, said);
        return 0;
}

static void forget(Apt &apt)
{
        free(*apt.why);
        *apt.why = nullptr;
        package_result_free(apt.result);
        apt.cache.reset();
        apt_unlock();
}

/* Once in a child. A dry run of extra sources may find the root's own lists never fetched. */
static int refresh_once(Apt &apt)
{
        static bool refreshed;
        if (refreshed)
                return 0;
        refreshed = true;
        return apt.request->extra && apt.request->stays ? apt_extra_refresh(apt) : apt_refresh(apt);
}

static int change(Apt &apt, mark_fn mark, std::string *said)
{
        bool stale = false;
        int r = apt_configure(apt);
        if (r == 0 && apt.request->extra)
                r = refresh_once(apt);
        if (r == 0)
                r = attempt(apt, mark, &stale, said);
        if (r == 0 || !stale)
                return r;
        forget(apt);
        r = apt_refresh(apt);
        return r < 0 ? r : attempt(apt, mark, &stale, said);
}

static int install_with(const struct sys *sys, const struct package_request *request,
                        struct package_result *out, char **why, mark_fn mark)
{
        Apt apt = { sys, request, out, why, nullptr, "" };
        std::string said;
        int r = change(apt, mark, &said);
        for (size_t i = 0; r == 0 && i < out->n_changes; i++)
                r = outcome(apt, PACKAGE_INSTALLED, out->changes[i].name, said);
        return r < 0 ? r : outcome(apt, PACKAGE_INSTALLED, request->name, said);
}

static int do_install(const struct sys *sys, const struct package_request *request,
                      struct package_result *out, char **why)
{
        return install_with(sys, request, out, why, apt_mark_install);
}

static int do_reinstall(const struct sys *sys, const struct package_request *request,
                        struct package_result *out, char **why)
{
        return install_with(sys, request, out, why, apt_mark_reinstall);
}

static int do_remove(const struct sys *sys, const struct package_request *request,
                     struct package_result *out, char **why)
{
        Apt apt = { sys, request, out, why, nullptr, "" };
        std::string said;
        int r = change(apt, apt_mark_remove, &said);
        for (char *const *n = request->names; r == 0 && *n; n++)
                r = outcome(apt, PACKAGE_ABSENT, *n, said);
        return r;
}

static int look_in_cache(Apt &apt, mark_fn look)
{
        if (look == apt_mark_install)
                return mark_in_cache(apt, look);
        int r = apt_open(apt);
        return r < 0 ? r : look(apt);
}

static int ask(const struct sys *sys, const struct package_request *request,
               struct package_result *out, char **why, mark_fn look)
{
        Apt apt = { sys, request, out, why, nullptr, "" };
        int r = apt_configure(apt);
        _cleanup_free_ char *unreachable = nullptr;
        if (r == 0 && request->refresh) {
                r = refresh_once(apt);
                if (r == -ENETDOWN) { /* one of several may be down: what is there may do */
                        unreachable = TAKE_PTR(*why);
                        package_result_free(out);
                        r = 0;
                }
        }
        if (r == 0)
                r = look_in_cache(apt, look);
        if (r == 0 && look == apt_mark_install)
                apt_hold(apt);
        if (r != -ENOENT || !unreachable)
                return r;
        free(out->cause);
        out->cause = xstrdup("repository-unreachable");
        free(*why);
        *why = TAKE_PTR(unreachable);
        return -ENETDOWN;
}

static int do_simulate(const struct sys *sys, const struct package_request *request,
                       struct package_result *out, char **why)
{
        return ask(sys, request, out, why, apt_mark_install);
}

static int do_offer(const struct sys *sys, const struct package_request *request,
                    struct package_result *out, char **why)
{
        return ask(sys, request, out, why, apt_list_offer);
}

static int do_provider(const struct sys *sys, const struct package_request *request,
                       struct package_result *out, char **why)
{
        return ask(sys, request, out, why, apt_list_providers);
}

extern "C" __attribute__((visibility("default"))) const struct package_system package_system = {
        PACKAGE_SYSTEM_ABI, do_simulate, do_install, do_reinstall,
        do_remove,          do_offer,    nullptr,    do_provider,
};
