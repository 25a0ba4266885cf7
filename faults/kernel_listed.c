/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which functions the kernel's own list or its System.map has. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "faults/kernel_functions.h"

#define LIST_MAX ((size_t)64 * 1024 * 1024)
#define PIECE ((size_t)64 * 1024) /* of a list, which is never held as a whole */

struct list {
        size_t lengths[KERNEL_FUNCTIONS];
        bool *there;
        size_t left; /* of the functions, to be found */
        bool any;    /* does it list functions at all? */
};

/* The name of a function in an "ADDRESS TYPE NAME" line of N characters, its length into *LEN, or
 * NULL. Debian's stand-in for a System.map is one line of words. Of a module only ipv6 has what is
 * probed: another one's function is another function. */
static const char *function_of(const char *line, size_t n, size_t *len)
{
        size_t address = strspn(line, "0123456789abcdefABCDEF");
        if (address == 0 || address + 3 >= n || line[address] != ' ' ||
            !strchr("tTwW", line[address + 1]) || line[address + 2] != ' ')
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
        const char *name = function_of(line, n, &len);
        if (!name)
                return;
        list->any = true;
        for (size_t i = 0; i < KERNEL_FUNCTIONS; i++)
                if (list->lengths[i] == len && !list->there[i] &&
                    memcmp(name, kernel_functions[i].name, len) == 0) {
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
        text[fill] = '\0';
        if (fill > 0)
                take_line(list, text, fill);
}

static int ask_list(const struct sys *sys, const char *path, bool there[KERNEL_FUNCTIONS])
{
        struct list list = { .there = there, .left = KERNEL_FUNCTIONS };
        _cleanup_close_ int fd = sys_openat(sys, path, O_RDONLY, 0);
        if (fd < 0)
                return fd;
        memset(there, 0, KERNEL_FUNCTIONS * sizeof(*there));
        for (size_t i = 0; i < KERNEL_FUNCTIONS; i++)
                list.lengths[i] = strlen(kernel_functions[i].name);
        read_list(&list, fd);
        return list.any ? 0 : -ENODATA;
}

static int ask_files(const struct sys *sys, const char *release, bool there[KERNEL_FUNCTIONS])
{
        _cleanup_free_ char *boot = xasprintf("/boot/System.map-%s", release),
                            *modules = xasprintf("/lib/modules/%s/System.map", release);
        return ask_list(sys, boot, there) < 0 && ask_list(sys, modules, there) < 0 ? -ENODATA : 0;
}

int kernel_listed(const struct sys *sys, const char *release, bool there[KERNEL_FUNCTIONS])
{
        static bool all_run; /* the kernel that runs has all of them: its list is long to read */
        bool running = sys_runs_kernel(sys, release);
        if (running && all_run) {
                memset(there, true, KERNEL_FUNCTIONS * sizeof(*there));
                return 0;
        }
        if (!running || ask_list(sys, "/proc/kallsyms", there) < 0)
                return ask_files(sys, release, there);
        all_run = !memchr(there, false, KERNEL_FUNCTIONS * sizeof(*there));
        return 0;
}
