/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plug-ins. */
#include "lib/plugin.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "lib/util.h"

static bool trusted(int fd)
{
        struct stat st;
        return fstat(fd, &st) == 0 && (st.st_uid == 0 || st.st_uid == geteuid()) &&
               !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* 0, -ENOENT, or -EPERM where somebody else could have written the file. */
static int trust(const char *dir, const char *path)
{
        _cleanup_close_ int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
        _cleanup_close_ int fd = open(path, O_PATH | O_CLOEXEC);
        if (dir_fd < 0 || fd < 0)
                return -ENOENT;
        return trusted(dir_fd) && trusted(fd) ? 0 : -EPERM;
}

static char *beside_program(void)
{
        char exe[PATH_MAX];
        ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
        if (n <= 0)
                return NULL;
        exe[n] = '\0';
        char *slash = strrchr(exe, '/');
        return slash ? xasprintf("%.*s/plugins", (int)(slash - exe), exe) : NULL;
}

int plugin_open(const char *name, const char *symbol, const void **out, char **why)
{
        _cleanup_free_ char *beside = beside_program();
        const char *const dirs[] = { beside, PLUGIN_DIR };
        for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
                if (!dirs[i])
                        continue;
                _cleanup_free_ char *path = xasprintf("%s/secep-%s.so", dirs[i], name);
                int r = trust(dirs[i], path);
                if (r == -ENOENT)
                        continue;
                if (r < 0)
                        return fail(why, r, "%s is writable by others than root and is not used",
                                    path);
                void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
                const void *found = handle ? dlsym(handle, symbol) : NULL;
                if (!found)
                        return fail(why, -ELIBACC, "%s: %s", path, dlerror());
                *out = found;
                return 0;
        }
        return fail(why, -ENOENT, "the plug-in secep-%s.so is not installed in %s", name,
                    PLUGIN_DIR);
}
