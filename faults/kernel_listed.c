/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which functions the kernel's own list or its System.map has. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "faults/kernel_functions.h"

/* The running kernel's own word. A look asks the file of its release first: the kernel takes several
 * times as long to write its list as there is to read. */
#define RUNNING_LIST "/proc/kallsyms"
#define LIST_MAX ((size_t)64 * 1024 * 1024)
#define LENGTH_MAX 64
#define PIECE ((size_t)64 * 1024) /* of a list, which is never held as a whole */

struct list {
        size_t n; /* of the names, KERNEL_FUNCTIONS or all */
        size_t lengths[KERNEL_NAMES];
        uint64_t some; /* a bit for each length that one has */
        bool *there;
        size_t left; /* of the names, to be found */
        bool any;    /* does it list functions at all? */
};

static const char *name_at(size_t i)
{
        if (i < KERNEL_FUNCTIONS)
                return kernel_functions[i].name;
        i -= KERNEL_FUNCTIONS;
        return i < KERNEL_FEATURES ? kernel_features[i].function : KERNEL_BTF;
}

/* The name of a function, or of data, in an "ADDRESS TYPE NAME" line of N characters, its length into *LEN,
 * or NULL. Debian's stand-in for a System.map is one line of words. Of a module only ipv6 has what is
 * probed: another one's function is another function. */
static const char *symbol_of(const char *line, size_t n, size_t *len)
{
        size_t address = 0; /* strspn(3) costs more than all the rest */
        while (address < n && isxdigit((unsigned char)line[address]))
                address++;
        if (address == 0 || address + 3 >= n || line[address] != ' ' ||
            !strchr("tTwWrRdD", line[address + 1]) || line[address + 2] != ' ')
                return NULL;
        const char *name = line + address + 3;
        *len = strcspn(name, " \t");
        if (*len == 0 || name[*len] == ' ' || (name[*len] && !streq(name + *len, "\t[ipv6]")))
                return NULL;
        return name;
}

/* What the compiler made of a function (NAME.isra.0) does not count: a probe on NAME does not find
 * that. */
static void take_line(struct list *list, const char *line, size_t n)
{
        size_t len;
        const char *name = symbol_of(line, n, &len);
        if (!name)
                return;
        bool function = strchr("tTwW", name[-2]);
        list->any |= function;
        if (len >= LENGTH_MAX || !(list->some >> len & 1))
                return;
        for (size_t i = 0; i < list->n; i++)
                if (list->lengths[i] == len && !list->there[i] &&
                    function == (i < KERNEL_NAMES - 1) && memcmp(name, name_at(i), len) == 0) {
                        list->there[i] = true;
                        list->left--;
                }
}

/* The whole lines of TEXT; returns what of it was taken. */
static size_t take_lines(struct list *list, char *text, size_t n)
{
        size_t taken = 0;
        for (char *end; (end = memchr(text + taken, '\n', n - taken));
             taken = (size_t)(end - text) + 1) {
                *end = '\0';
                take_line(list, text + taken, (size_t)(end - text) - taken);
        }
        return taken;
}

static void read_list(struct list *list, int fd)
{
        _cleanup_free_ char *text = xcalloc(PIECE + 1, 1);
        size_t fill = 0, all = 0;
        while (list->left > 0 && all < LIST_MAX) {
                ssize_t got = read(fd, text + fill, PIECE - fill);
                if (got < 0 && errno == EINTR)
                        continue;
                if (got <= 0)
                        break;
                all += (size_t)got;
                fill += (size_t)got;
                size_t taken = take_lines(list, text, fill);
                if (taken == 0 && fill == PIECE) /* no line of a list */
                        taken = fill;
                memmove(text, text + taken, fill -= taken);
        }
        size_t len;
        text[fill] = '\0';
        if (fill > 0)
                take_line(list, text, fill);
        /* cut off in the middle of a line: what it does not list may be there all the same */
        if (fill > 0 && list->left > 0 && !symbol_of(text, fill, &len))
                list->any = false;
}

static int ask_list(const struct sys *sys, const char *path, bool more, bool there[KERNEL_NAMES])
{
        bool found[KERNEL_NAMES] = { false };
        struct list list = { .n = more ? KERNEL_NAMES : KERNEL_FUNCTIONS, .there = found };
        _cleanup_close_ int fd = sys_openat(sys, path, O_RDONLY, 0);
        if (fd < 0)
                return fd;
        list.left = list.n;
        for (size_t i = 0; i < list.n; i++) {
                list.lengths[i] = strlen(name_at(i));
                list.some |= 1ULL << list.lengths[i];
        }
        read_list(&list, fd);
        if (!list.any)
                return -ENODATA;
        memcpy(there, found, sizeof(found));
        return 0;
}

static int ask_files(const struct sys *sys, const char *release, bool more,
                     bool there[KERNEL_NAMES])
{
        _cleanup_free_ char *boot = xasprintf("/boot/System.map-%s", release),
                            *modules = xasprintf("/lib/modules/%s/System.map", release);
        return ask_list(sys, boot, more, there) < 0 && ask_list(sys, modules, more, there) < 0
                       ? -ENODATA
                       : 0;
}

static bool has_all(const bool there[KERNEL_NAMES])
{
        return !memchr(there, 0, KERNEL_FUNCTIONS * sizeof(*there));
}

int kernel_listed(const struct sys *sys, const char *release, bool more, bool there[KERNEL_NAMES])
{
        static bool run[KERNEL_NAMES], run_more; /* of the kernel that runs, which goes on having
                                                  * them, once it has shown all functions */
        bool running = sys_runs_kernel(sys, release);
        if (running && has_all(run) && (run_more || !more)) {
                memcpy(there, run, sizeof(run));
                return 0;
        }
        int r = running && sys->depth == DEPTH_PROVE ? ask_list(sys, RUNNING_LIST, more, there)
                                                     : -ENODATA;
        if (r < 0)
                r = ask_files(sys, release, more, there);
        /* a module's are in no file, and in the kernel's own list while it is loaded */
        if (running && (r < 0 || !has_all(there)) && ask_list(sys, RUNNING_LIST, more, there) == 0)
                r = 0;
        if (running && r == 0 && has_all(there)) {
                memcpy(run, there, sizeof(run));
                run_more = more;
        }
        return r < 0 ? -ENODATA : 0;
}
