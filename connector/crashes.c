/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Evidence of crashes that can be read without running anything. */
#include "lib/i18n.h"
#include "connector/crashes.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>

#include "accounts/accounts.h"
#include "connector/connector.h"
#include "host/logs.h"
#include "host/service.h"

#define COREDUMPS "/var/lib/systemd/coredump"
#define AUDIT_LOG "/var/log/audit/audit.log"
#define ENTRIES_MAX 100000

static const char *base_name(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash ? slash + 1 : path;
}

/* Cuts the last dotted part off TEXT; NULL where there is none. */
static char *last_part(char *text)
{
        char *dot = strrchr(text, '.');

        if (!dot)
                return NULL;
        *dot = 0;
        return dot + 1;
}

int crash_parse_core(const char *file, const char *name, struct crash_seen *out)
{
        _cleanup_free_ char *copy = xstrdup(file);
        char *when = last_part(copy), *pid_text, *uid_text;
        long stamp, pid, uid;

        if (when && (streq(when, "zst") || streq(when, "lz4") || streq(when, "xz")))
                when = last_part(copy);
        pid_text = last_part(copy);
        uid_text = last_part(copy) ? last_part(copy) : NULL; /* the boot id between */
        if (!when || !pid_text || !uid_text || !startswith(copy, "core.") ||
            !streq(copy + strlen("core."), name))
                return -EBADMSG;
        if (parse_long(when, 1, INT64_MAX, &stamp) < 0 ||
            parse_long(pid_text, 1, INT32_MAX, &pid) < 0 ||
            parse_long(uid_text, 0, UINT32_MAX, &uid) < 0)
                return -EBADMSG;
        *out = (struct crash_seen){ stamp / 1000000, (int)pid, N_("core dump"), (uid_t)uid };
        return 0;
}

int crash_parse_audit(const char *line, const char *program, struct crash_seen *out)
{
        _cleanup_free_ char *exe = xasprintf(" exe=\"%s\"", program);
        const char *stamp = strstr(line, "audit("), *pid = strstr(line, " pid=");
        char *end;
        long when;

        if (!strstr(line, "type=ANOM_ABEND") || !strstr(line, exe) || !stamp || !pid)
                return -EBADMSG;
        when = strtol(stamp + strlen("audit("), &end, 10);
        if (when <= 0 || *end != '.')
                return -EBADMSG;
        const char *uid = strstr(line, " uid=");
        *out = (struct crash_seen){ when, (int)strtol(pid + strlen(" pid="), NULL, 10),
                                    N_("audit record"),
                                    uid ? (uid_t)strtoul(uid + strlen(" uid="), NULL, 10)
                                        : (uid_t)-1 };
        return 0;
}

static int by_time(const void *a, const void *b)
{
        int64_t x = ((const struct crash_seen *)a)->when, y = ((const struct crash_seen *)b)->when;

        return x < y ? -1 : x > y;
}

static void crash_add(struct crashes *all, const struct crash_seen *one, int64_t since)
{
        if (one->when < since || all->n == SECEP_CRASHES_MAX)
                return;
        for (size_t i = 0; i < all->n; i++)
                if (all->seen[i].pid == one->pid)
                        return;
        all->seen[all->n++] = *one;
}

#define ANY_UID ((uid_t)-1)

/* The uid of the scan account; any, where this host's files do not tell. */
static uid_t scan_uid(const struct sys *sys)
{
        _cleanup_account_ struct account a = { .user = false };

        return account_read(sys, SCAN_ACCOUNT, &a, NULL) == 0 && a.user ? a.uid : ANY_UID;
}

static bool may_be_scanner(const struct crash_seen *one, uid_t uid)
{
        return uid == ANY_UID || one->uid == 0 || one->uid == uid;
}

static int cores_read(const struct sys *sys, const char *program, int64_t since, uid_t uid,
                      struct crashes *out)
{
        _cleanup_closedir_ DIR *dir = NULL;
        struct crash_seen one;
        unsigned entries = 0;

        int r = sys_opendir(sys, COREDUMPS, &dir);
        if (r < 0)
                return r;
        for (struct dirent *e; entries < ENTRIES_MAX && (e = readdir(dir)); entries++)
                if (crash_parse_core(e->d_name, base_name(program), &one) == 0 &&
                    may_be_scanner(&one, uid))
                        crash_add(out, &one, since);
        return 0;
}

struct audit {
        const char *program;
        int64_t since;
        struct crashes *out;
        uid_t uid;
};

static void audit_line(void *data, const char *line)
{
        struct audit *audit = data;
        struct crash_seen one;

        if (crash_parse_audit(line, audit->program, &one) == 0 && may_be_scanner(&one, audit->uid))
                crash_add(audit->out, &one, audit->since);
}

int crashes_read(const struct sys *sys, const char *program, int64_t since, struct crashes *out,
                 const char **unread)
{
        struct audit audit = { program, since, out, scan_uid(sys) };

        out->n = 0;
        int cores = cores_read(sys, program, since, audit.uid, out);
        int log = log_tail(sys, AUDIT_LOG, audit_line, &audit);
        qsort(out->seen, out->n, sizeof(*out->seen), by_time);
        if (cores < 0 && cores != -ENOENT) {
                *unread = COREDUMPS;
                return cores;
        }
        if (log < 0 && log != -ENOENT) {
                *unread = AUDIT_LOG;
                return log;
        }
        return 0;
}

struct filter {
        uid_t uid;
        void (*found)(void *, const struct crash *);
        void *data;
};

static void crash_filter(void *data, const struct crash *crash)
{
        const struct crash_seen one = { .uid = crash->uid };
        const struct filter *filter = data;

        if (may_be_scanner(&one, filter->uid))
                filter->found(filter->data, crash);
}

int crashes_ask_journal(const struct sys *sys, const char *program, int64_t since,
                        void (*found)(void *, const struct crash *), void *data)
{
        struct filter filter = { scan_uid(sys), found, data };
        const struct systemd_api *api;
        int r = service_api(sys, &api, NULL);

        return r < 0 ? r : api->crashes(program, since, crash_filter, &filter, NULL);
}

struct journal {
        int64_t since;
        struct crashes *out;
};

static void journal_entry(void *data, const struct crash *crash)
{
        const struct crash_seen one = { crash->when, crash->pid, N_("journal entry"), crash->uid };
        struct journal *journal = data;

        crash_add(journal->out, &one, journal->since);
}

int crashes_read_journal(const struct sys *sys, const char *program, int64_t since,
                         struct crashes *out)
{
        struct journal journal = { since, out };
        int r = crashes_ask_journal(sys, program, since, journal_entry, &journal);

        qsort(out->seen, out->n, sizeof(*out->seen), by_time);
        return r == -EOPNOTSUPP ? 0 : r;
}

size_t crashes_since(const struct crashes *crashes, int64_t since)
{
        size_t n = 0;

        for (size_t i = 0; i < crashes->n; i++)
                n += crashes->seen[i].when >= since;
        return n;
}

static bool is_scanned(const char *path)
{
        static const char *const others[] = { "/dev/",     "/proc/",      "/sys/",
                                              "/run/",     "/memfd:",     "/usr/lib",
                                              "/var/log/", "/opt/cisco/", "/var/lib/secep/" };

        for (size_t i = 0; i < ARRAY_SIZE(others); i++)
                if (startswith(path, others[i]))
                        return false;
        return *path == '/';
}

/* "flags:\t0100000" among the lines that describe an open file: was it opened to be read, and is it
 * no directory (which is being listed)? */
static bool is_read(const char *details)
{
        const char *flags = strstr(details, "flags:\t");
        unsigned long value = flags ? strtoul(flags + strlen("flags:\t"), NULL, 8) : O_RDONLY;

        return (value & O_ACCMODE) == O_RDONLY && !(value & (O_DIRECTORY | O_PATH));
}

/* The line after those that describe the file of this one; an entry begins with digits. */
static const char *next_entry(const char *line)
{
        do {
                line += strcspn(line, "\n");
                line += *line == '\n';
        } while (*line && !isdigit((unsigned char)*line));
        return line;
}

char *crash_file(const char *open_files)
{
        const char *next;

        for (; *open_files; open_files = next) {
                size_t digits = strspn(open_files, "0123456789");
                _cleanup_free_ char *entry = NULL;
                char *path, *details;

                next = next_entry(open_files);
                entry = xstrndup(open_files, (size_t)(next - open_files));
                path = entry + digits + 1;
                details = strchr(entry, '\n');
                if (details)
                        *details++ = 0;
                if (digits > 0 && entry[digits] == ':' && is_scanned(path) &&
                    is_read(details ? details : ""))
                        return xstrdup(path);
        }
        return NULL;
}
