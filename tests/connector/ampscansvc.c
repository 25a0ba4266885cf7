/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stand-in: the scan process. Loads the signatures, scans what stands in the queue, and crashes on
 * a marked file, as a scan engine with a bug would. Exit status 2: it could not start. */
#include <clamav.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "tests/connector/standin.h"

static void say(const char *fmt, ...)
{
        FILE *log = fopen(SCAN_LOG, "ae");
        va_list ap;

        if (!log)
                return;
        va_start(ap, fmt);
        vfprintf(log, fmt, ap);
        va_end(ap);
        fputc('\n', log);
        fclose(log);
}

static unsigned long memory_available_kib(void)
{
        FILE *f = fopen("/proc/meminfo", "re");
        unsigned long found = ~0UL;
        char line[128];

        while (f && fgets(line, sizeof(line), f))
                if (sscanf(line, "MemAvailable: %lu", &found) == 1)
                        break;
        if (f)
                fclose(f);
        return found;
}

/* What it cannot work without, NULL when all is there. */
static const char *lacks(void)
{
        struct statvfs disk;

        if (statvfs(TOP, &disk) == 0 && disk.f_bavail * disk.f_frsize < DISK_NEEDED)
                return "disk space";
        return memory_available_kib() < MEMORY_NEEDED_KIB ? "memory" : NULL;
}

/* What libclamav complains of. */
static void clamav_says(enum cl_msg severity, const char *full, const char *text, void *context)
{
        (void)text, (void)context;
        if (severity == CL_MSG_ERROR)
                say("%.*s", (int)strcspn(full, "\n"), full);
}

static struct cl_engine *engine_load(void)
{
        struct cl_engine *engine;
        unsigned count = 0;

        cl_set_clcb_msg(clamav_says);
        if (cl_init(CL_INIT_DEFAULT) != CL_SUCCESS || !(engine = cl_engine_new()))
                return NULL;
        if (cl_load(SIGNATURES, engine, &count, CL_DB_STDOPT) != CL_SUCCESS ||
            cl_engine_compile(engine) != CL_SUCCESS) {
                cl_engine_free(engine);
                return NULL;
        }
        say("loaded %u signatures", count);
        return engine;
}

static void scan(struct cl_engine *engine, const char *name)
{
        struct cl_scan_options options = { .parse = ~0U };
        char path[512], head[sizeof(CRASH_ONCE)] = "";
        const char *virus = NULL;
        unsigned long scanned = 0;
        int fd;

        snprintf(path, sizeof(path), "%s/%s", QUEUE, name);
        fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return;
        if (pread(fd, head, sizeof(head) - 1, 0) > 0 &&
            strncmp(head, CRASH_MARK, strlen(CRASH_MARK)) == 0) {
                if (strcmp(head, CRASH_ONCE) == 0)
                        unlink(path);
                say("crash: signal %d while scanning %s", SIGSEGV, path);
                raise(access(CORE_BY_HAND, F_OK) == 0 ? SIGSTOP : SIGSEGV);
        }
        cl_scandesc(fd, path, &virus, &scanned, engine, &options);
        say("scanned %s: %s", path, virus ? virus : "clean");
        close(fd);
}

static void queue_look(struct cl_engine *engine)
{
        DIR *dir = opendir(QUEUE);

        if (!dir)
                return;
        for (struct dirent *e; (e = readdir(dir));)
                if (e->d_name[0] != '.')
                        scan(engine, e->d_name);
        closedir(dir);
}

int main(void)
{
        const char *missing = lacks();
        struct cl_engine *engine;

        if (missing) {
                say("too little %s", missing);
                return 2;
        }
        engine = engine_load();
        if (!engine) {
                say("signatures cannot be loaded");
                return 2;
        }
        for (;;) {
                usleep(500000);
                queue_look(engine);
        }
}
