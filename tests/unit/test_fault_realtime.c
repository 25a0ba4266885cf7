/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults 8 and 9: what is said of a module that is in the kernel, and whose it is. The kernel is a
 * tree of files. */
#include "tests/unit/scratch.h"

#include "faults/realtime.h"
#include "kmod-build/ampfsm/record.h"
#include "lib/conf.h"

#define RELEASE "6.1.0-1-amd64"
#define OURS "/lib/modules/" RELEASE "/updates/secep/ampfsm.ko"
#define VENDOR "/lib/modules/" RELEASE "/extra/ampfsm.ko"
#define DAEMON "/opt/cisco/amp/bin/ampdaemon"

static const struct realtime file = {
        .id = 8,
        .monitor = MONITOR_FILE,
        .what = "file system monitor",
        .module = AMP_FILE_MODULE,
        .option = OPTION_FILE_MONITOR,
        .console = "Monitor File Copies and Moves",
};

enum has {
        LOADED = 1 << 0,
        FILE_OURS = 1 << 1,
        FILE_VENDOR = 1 << 2,
        CONNECTOR = 1 << 3,
        VERSION_OLD = 1 << 4,
        VERSION_NEW = 1 << 5,
        SOURCE = 1 << 6,
        OTHER = 1 << 7, /* a module of another product, in the kernel */
        NO_MODULES = 1 << 8,
        DEEP = 1 << 9, /* asked in depth; the device speaks no language of ours */
        BLACKLIST = 1 << 10,
        VENDOR_ELSEWHERE = 1 << 12, /* another kernel has the vendor's module */
        NEXT_KERNEL = 1 << 11,      /* asked about one that does not run */
};

static void make(struct scratch *s, unsigned has)
{
        static const struct {
                unsigned has;
                const char *path, *text;
        } parts[] = {
                { LOADED, "/sys/module/ampfsm/initstate", "live\n" },
                { FILE_OURS, OURS, "x" },
                { FILE_VENDOR, VENDOR, "x" },
                { FILE_VENDOR, "/lib/modules/" RELEASE "/modules.dep", "extra/ampfsm.ko:\n" },
                { VENDOR_ELSEWHERE, "/lib/modules/5.10.0-1-amd64/modules.dep",
                  "kernel/x.ko:\nextra/ampfsm.ko.xz: kernel/x.ko\n" },
                { FILE_OURS, "/lib/modules/5.10.0-2-amd64/modules.dep",
                  "updates/secep/ampfsm.ko:\n" },
                { CONNECTOR, DAEMON, "" },
                { VERSION_OLD, "/opt/cisco/amp/etc/global.xml",
                  "<c><version>1.15.9</version></c>" },
                { VERSION_NEW, "/opt/cisco/amp/etc/global.xml",
                  "<c><version>1.16.0</version></c>" },
                { OTHER, "/sys/module/talpa_core/initstate", "live\n" },
                { DEEP, "/dev/ampfsm", "nothing that a module of ours would ever say to a reader" },
                { BLACKLIST, "/etc/modprobe.d/x.conf", "blacklist ampfsm\n" },
        };
        scratch_open(s);
        assert_int_equal(conf_load(&s->sys, NULL), 0);
        s->sys.live = true;
        s->sys.depth = has & DEEP ? DEPTH_PROVE : DEPTH_LOOK;
        s->sys.module_source = has & SOURCE ? xstrdup("/nowhere") : NULL;
        scratch_write(s, "/proc/sys/kernel/osrelease",
                      has & NEXT_KERNEL ? "6.0.0-1-amd64\n" : RELEASE "\n");
        if (!(has & NO_MODULES))
                scratch_write(s, "/proc/modules", "");
        for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
                if (has & parts[i].has)
                        scratch_write(s, parts[i].path, parts[i].text);
}

static void test_module(void **state)
{
        static const struct {
                unsigned has;
                enum verdict verdict;
                const char *cause, *words;
        } rows[] = {
                { NO_MODULES, VERDICT_BLOCKED, "symbols-missing",
                  "built without loadable modules" },
                { LOADED | FILE_OURS, VERDICT_OK, NULL, "is loaded" },
                { LOADED | FILE_OURS | DEEP, VERDICT_BLOCKED, "module-stale", "not our records)" },
                /* not ours to read */
                { LOADED | FILE_OURS | DEEP | SOURCE, VERDICT_OK, NULL, "is loaded" },
                { LOADED | FILE_VENDOR | DEEP, VERDICT_OK, NULL, "is loaded" },
                { LOADED | FILE_VENDOR | DEEP | CONNECTOR, VERDICT_OK, NULL, "is loaded" },
                /* ours and the connector: it was never seen to open it, loaded or not */
                { LOADED | FILE_OURS | CONNECTOR | VERSION_NEW, VERDICT_BLOCKED, "module-missing",
                  "was never seen to open a module of ours" },
                { FILE_OURS | CONNECTOR | VERSION_NEW, VERDICT_BLOCKED, "module-missing",
                  "was never seen to open a module of ours" },
                { CONNECTOR | VERSION_NEW, VERDICT_BLOCKED, "module-missing",
                  "was never seen to open a module of ours" },
                { CONNECTOR | VERSION_OLD | SOURCE, VERDICT_BLOCKED, "connector-too-old",
                  "1.16.0" },
                { CONNECTOR | SOURCE, VERDICT_BLOCKED, "connector-too-old", "1.16.0" },
                { CONNECTOR | VERSION_NEW | SOURCE, VERDICT_FAULT, "module-missing", "fault 11" },
                /* the vendor's own file is never replaced */
                { FILE_VENDOR | CONNECTOR | VERSION_NEW | SOURCE, VERDICT_BLOCKED, "module-stale",
                  "is not ours" },
                { VENDOR_ELSEWHERE, VERDICT_BLOCKED, "module-missing",
                  "5.10.0-1-amd64/extra/ampfsm.ko.xz is of another product" },
                { VENDOR_ELSEWHERE | FILE_OURS | LOADED, VERDICT_BLOCKED, "module-missing",
                  "is of another product" },
                { VENDOR_ELSEWHERE | SOURCE, VERDICT_FAULT, "module-missing", "fault 11" },
                { OTHER, VERDICT_BLOCKED, "conflicting-module", "talpa_core" },
                { BLACKLIST, VERDICT_BLOCKED, "module-blacklisted", "x.conf:1" },
                { 0, VERDICT_FAULT, "module-missing", "fault 11" },
                { NEXT_KERNEL | NO_MODULES | LOADED, VERDICT_FAULT, "module-missing", "fault 11" },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct scratch s;
                _cleanup_finding_ struct finding f = FINDING_INIT;
                make(&s, rows[i].has);
                assert_int_equal(realtime_module(&s.sys, &file, RELEASE, &f), 0);
                if (f.verdict != rows[i].verdict || !f.cause != !rows[i].cause ||
                    (f.cause && !streq(f.cause, rows[i].cause)) || !strstr(f.why, rows[i].words)) {
                        print_message("row %zu: %s, %s: %s\n", i, verdict_name(f.verdict),
                                      f.cause ? f.cause : "-", f.why);
                        assert_true(false);
                }
                assert_int_equal(f.needs, strstr(rows[i].words, "fault 11") ? 11 : 0);
                scratch_close(&s);
        }
}

/* What the kernel says of its probes, beside a kernel where eBPF does otherwise. */
static void test_probes_off(void **state)
{
        static const struct {
                const char *text; /* NULL: no debugfs */
                unsigned has;
                bool off;
        } rows[] = { { "0\n", 0, true },
                     { "0\n", DEEP, true },
                     { "1\n", 0, false },
                     { "1\n", DEEP, false },
                     { NULL, 0, false },
                     { "", 0, false },
                     { "0\n", NEXT_KERNEL, false },
                     { "0\n", CONNECTOR, true } };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct scratch s;
                _cleanup_finding_ struct finding f = FINDING_INIT;
                make(&s, rows[i].has);
                s.sys.release = xstrdup(RELEASE);
                if (rows[i].text)
                        scratch_write(&s, "/sys/kernel/debug/kprobes/enabled", rows[i].text);
                scratch_write(&s, "/sys/bus/event_source/devices/kprobe/type", "8\n");
                scratch_write(&s, "/proc/sys/kernel/unprivileged_bpf_disabled", "2\n");
                (void)realtime_probe(&s.sys, &file, &f);
                assert_int_equal(f.cause && streq(f.cause, "probes-off"), rows[i].off);
                assert_true(!rows[i].off || f.verdict == VERDICT_BLOCKED);
                scratch_close(&s);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_module),
                                            cmocka_unit_test(test_probes_off) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
