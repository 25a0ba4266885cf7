/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an installation came to: dpkg's own words, and its database. */
#include <apt-pkg/configuration.h>
#include <cerrno>
#include <unistd.h>

extern "C" {
#include "lib/util.h"
}
#include "packages/apt.h"
#include "packages/difference.h"

/* The last thing dpkg complained of in TEXT, on one line, or "". */
std::string dpkg_error(const std::string &text)
{
        size_t at = text.rfind("dpkg: error");
        std::string line = at == std::string::npos ? "" : text.substr(at);
        size_t colon = line.find(":\n");
        if (colon != std::string::npos) /* "dpkg: error processing package X (--configure):" */
                line.replace(colon, 2, ":");
        return line.substr(0, line.find('\n'));
}

/* What dpkg printed: our standard error is a file (call.c). */
std::string dpkg_words()
{
        char text[4096];
        off_t size = lseek(2, 0, SEEK_END);
        off_t from = size > (off_t)sizeof(text) ? size - (off_t)sizeof(text) : 0;
        ssize_t n = size > 0 ? pread(2, text, sizeof(text), from) : 0;
        return dpkg_error(std::string(text, n > 0 ? (size_t)n : 0));
}

static std::string state_text(const char *name, enum package_state state, const std::string &said)
{
        return state == PACKAGE_ABSENT
                       ? apt_text("%s is not installed: %s", name, said.c_str())
                       : apt_text("%s is left half installed: %s", name, said.c_str());
}

/* The database's answer counts, not the library's: a failing scriptlet elsewhere is not ours, and
 * a package that says "done" must be there. */
int apt_outcome(Apt &apt, enum package_state wanted, const char *name, const std::string &said)
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
                return apt_fail(apt, code, nullptr,
                                apt_text("%s is still there: %s", plain.c_str(), said.c_str()));
        return apt_fail(apt, code, nullptr, state_text(plain.c_str(), state, said));
}

/* "name:arch" of the native architecture goes by its name, as libapt has it. */
static void name_changes(struct package_result *out)
{
        for (size_t i = 0; i < out->n_changes; i++) {
                char *colon = strrchr(out->changes[i].name, ':');
                if (colon && (streq(colon + 1, _config->Find("APT::Architecture").c_str()) ||
                              streq(colon + 1, "all")))
                        *colon = '\0';
        }
}

void apt_difference(Apt &apt, struct package_entries *before)
{
        struct package_entries after = {};
        if (dpkg_entries(apt.sys, &after) == 0) {
                package_difference(before, &after, apt.result);
                name_changes(apt.result);
        }
        package_entries_free(&after);
}
