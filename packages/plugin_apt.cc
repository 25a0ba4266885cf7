/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-apt.so: install, reinstall and remove through libapt-pkg, inside the root. */
#include <apt-pkg/configuration.h>
#include <apt-pkg/error.h>
#include <apt-pkg/install-progress.h>
#include <apt-pkg/packagemanager.h>
#include <apt-pkg/pkgsystem.h>
#include <cerrno>
#include <vector>

extern "C" {
#include "lib/run.h"
#include "lib/util.h"
}
#include "packages/apt.h"
#include "packages/difference.h"
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
        apt.healed = true;
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

static int commit(Apt &apt, pkgPackageManager &manager, std::string *said)
{
        Steps steps(apt);
        const std::vector<std::string> held = apt_holds(*apt.cache->GetDepCache());
        _system->UnLockInner();
        auto result = manager.DoInstall(&steps);
        *said = steps.failure.empty() ? dpkg_words() : steps.failure;
        if (said->empty())
                *said = apt_error(apt_text("dpkg did not finish"));
        _error->Discard();
        apt_unlock();
        apt_hold_again(held);
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

/* Lists that could not be had: an answer only where what is there does not do. */
struct Trouble {
        int r = 0;
        char *why = nullptr, *cause = nullptr;
        ~Trouble()
        {
                free(why);
                free(cause);
        }
};

/* One of several repositories may be down, or its key not accepted. */
static int refresh_or_note(Apt &apt, Trouble &trouble)
{
        int r = refresh_once(apt);
        if (r != -ENETDOWN && r != -ENOKEY)
                return r;
        trouble.r = r;
        trouble.why = TAKE_PTR(*apt.why);
        trouble.cause = TAKE_PTR(apt.result->cause);
        package_result_free(apt.result);
        return 0;
}

/* What R is where a trouble was noted. */
static int with_trouble(Apt &apt, Trouble &trouble, int r)
{
        if (r != -ENOENT || trouble.r == 0)
                return r;
        free(apt.result->cause);
        apt.result->cause = TAKE_PTR(trouble.cause);
        free(*apt.why);
        *apt.why = TAKE_PTR(trouble.why);
        return trouble.r;
}

/* Lists that were never fetched, or cleaned away as images do it, are no answer. An installation has them
 * from its plan. */
static bool not_fetched(const Apt &apt, mark_fn mark, int r)
{
        return r == -ENOENT && mark == apt_mark_reinstall && !apt.sys->offline_dir;
}

static int change(Apt &apt, mark_fn mark, std::string *said)
{
        bool stale = false;
        int r = apt_configure(apt);
        if (r == 0 && apt.request->extra)
                r = refresh_once(apt);
        if (r == 0)
                r = attempt(apt, mark, &stale, said);
        if (not_fetched(apt, mark, r)) {
                Trouble trouble;
                forget(apt);
                r = refresh_or_note(apt, trouble);
                return with_trouble(apt, trouble, r < 0 ? r : attempt(apt, mark, &stale, said));
        }
        if (r == 0 || !stale)
                return r;
        forget(apt);
        r = apt_refresh(apt);
        return r < 0 ? r : attempt(apt, mark, &stale, said);
}

static int install_with(const struct sys *sys, const struct package_request *request,
                        struct package_result *out, char **why, mark_fn mark, bool healed)
{
        Apt apt = { sys, request, out, why, nullptr, "", healed };
        std::string said;
        int r = change(apt, mark, &said);
        for (size_t i = 0; r == 0 && i < out->n_changes; i++)
                r = apt_outcome(apt, PACKAGE_INSTALLED, out->changes[i].name, said);
        return r < 0 ? r : apt_outcome(apt, PACKAGE_INSTALLED, request->name, said);
}

/* The answer is what the database has now and had not before, also after a failure. */
static int do_install(const struct sys *sys, const struct package_request *request,
                      struct package_result *out, char **why)
{
        Apt apt = { sys, request, out, why, nullptr, "" };
        struct package_entries before = {};
        std::string said;
        int r = heal(apt, &said); /* what dpkg's journal alone says is not in there */
        if (r < 0)
                return r;
        int known = dpkg_entries(sys, &before);
        r = install_with(sys, request, out, why, apt_mark_install, apt.healed);
        if (known == 0)
                apt_difference(apt, &before);
        package_entries_free(&before);
        return r;
}

static int do_reinstall(const struct sys *sys, const struct package_request *request,
                        struct package_result *out, char **why)
{
        return install_with(sys, request, out, why, apt_mark_reinstall, false);
}

static int do_remove(const struct sys *sys, const struct package_request *request,
                     struct package_result *out, char **why)
{
        Apt apt = { sys, request, out, why, nullptr, "" };
        std::string said;
        int r = change(apt, apt_mark_remove, &said);
        for (char *const *n = request->names; r == 0 && *n; n++)
                r = apt_outcome(apt, PACKAGE_ABSENT, *n, said);
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
        Trouble trouble;
        int r = apt_configure(apt);
        if (r == 0 && request->refresh)
                r = refresh_or_note(apt, trouble);
        if (r == 0)
                r = look_in_cache(apt, look);
        if (r == 0 && look == apt_mark_install)
                apt_hold(apt);
        return with_trouble(apt, trouble, r);
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
        PACKAGE_SYSTEM_ABI, do_simulate, do_install,  do_reinstall, do_remove,
        do_offer,           nullptr,     do_provider, nullptr,
};
