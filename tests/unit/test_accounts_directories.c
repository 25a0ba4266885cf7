/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk over the connector's directories, and the steps that put them right. */
#include "scratch.h"

#include <errno.h>
#include <time.h>

#include "accounts/accounts.h"
#include "lib/conf.h"
#include "lib/json.h"
#include "repair/kind.h"

#define TOP "/opt/cisco"

static void make(struct scratch *s, const char *path, mode_t mode)
{
        assert_int_equal(sys_mkdirs(&s->sys, path, 0755), 0);
        assert_int_equal(chmod(scratch_path(s, path), mode), 0);
}

static void setup(struct scratch *s)
{
        scratch_open(s);
        make(s, "/etc", 0755);
        make(s, TOP "/amp/bin", 0755);
        make(s, TOP "/amp/etc", 0755);
}

static const struct directory *find(const struct directories *d, const char *path)
{
        for (size_t i = 0; i < d->n; i++)
                if (streq(d->items[i].path, path))
                        return &d->items[i];
        return NULL;
}

static void look(struct scratch *s, struct directories *d)
{
        assert_int_equal(directories_read(&s->sys, TOP, "amp", d, NULL), 0);
}

static void finds_wrong_modes_and_owners(void **state)
{
        NEEDS_ROOT();
        (void)state;
        struct scratch s;
        _cleanup_directories_ struct directories d = { .items = NULL };
        setup(&s);
        make(&s, TOP "/amp/etc/deep/er", 0700);
        make(&s, TOP "/orbital", 0700);
        make(&s, TOP "/orbital/below", 0777);
        scratch_write(&s, TOP "/amp/bin/file", "");
        assert_int_equal(chmod(scratch_path(&s, TOP "/amp/bin/file"), 0600), 0);
        assert_int_equal(chown(scratch_path(&s, TOP "/amp/bin"), 5, 6), 0);
        assert_int_equal(chmod(scratch_path(&s, TOP "/amp/etc"), 02755), 0);
        look(&s, &d);
        assert_int_equal(d.n, 4);
        assert_int_equal(find(&d, TOP "/amp/etc/deep/er")->mode, 0700);
        assert_int_equal(find(&d, TOP "/amp/etc")->mode, 02755);
        assert_int_equal(find(&d, TOP "/amp/bin")->uid, 5);
        assert_true(find(&d, TOP "/orbital")->foreign);
        assert_false(find(&d, TOP "/amp/bin")->foreign);
        assert_int_equal(d.error, 0);
        scratch_close(&s);
}

static void finds_nothing_where_nothing_is(void **state)
{
        (void)state;
        struct scratch s;
        _cleanup_directories_ struct directories d = { .items = NULL };
        scratch_open(&s);
        look(&s, &d);
        assert_int_equal(d.n, 0);
        assert_int_equal(d.seen, 0);
        assert_int_equal(d.error, 0);
        scratch_close(&s);
}

/* A link where a directory must be, or out of the root, is told; others are left alone. */
static const struct {
        const char *link, *target;
        int error;
} links[] = {
        { TOP "/amp", "/elsewhere", -ELOOP },
        { TOP "/amp/logs", "/var/log", 0 },
        { TOP "/amp/up", "../..", 0 },
        { TOP "/amp/out", "../../../../etc", -ELOOP },
        { TOP "/amp/etc/out", "/../etc", -ELOOP },
        { TOP "/amp/etc/loop", "loop", 0 },
        { TOP "/amp/etc/back", "../../../opt/cisco", 0 },
};

static void never_follows_a_link(void **state)
{
        NEEDS_ROOT();
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
                struct scratch s;
                _cleanup_directories_ struct directories d = { .items = NULL };
                setup(&s);
                make(&s, "/elsewhere/secret", 0700);
                make(&s, "/var/log/secret", 0700);
                if (streq(links[i].link, TOP "/amp"))
                        assert_int_equal(
                                rename(scratch_path(&s, TOP "/amp"), scratch_path(&s, "/amp.old")),
                                0);
                assert_int_equal(symlink(links[i].target, scratch_path(&s, links[i].link)), 0);
                look(&s, &d);
                assert_int_equal(d.n, 0);
                assert_int_equal(d.error, links[i].error);
                if (d.error)
                        assert_non_null(strstr(d.untold, links[i].link));
                scratch_close(&s);
        }
}

static void leaves_what_is_not_a_directory(void **state)
{
        (void)state;
        struct scratch s;
        _cleanup_directories_ struct directories d = { .items = NULL };
        scratch_open(&s);
        scratch_write(&s, TOP, "");
        look(&s, &d);
        assert_int_equal(d.error, -ENOTDIR);
        assert_string_equal(d.untold, TOP ": not a directory");
        scratch_close(&s);
}

static void stops_in_the_depth(void **state)
{
        NEEDS_ROOT();
        (void)state;
        struct scratch s;
        _cleanup_directories_ struct directories d = { .items = NULL };
        char path[512] = TOP "/amp";
        setup(&s);
        for (int i = 0; i < 40; i++)
                strcat(path, "/d");
        make(&s, path, 0700);
        look(&s, &d);
        assert_int_equal(d.n, 0);
        assert_int_equal(d.error, -E2BIG);
        scratch_close(&s);
}

static void honours_exceptions(void **state)
{
        NEEDS_ROOT();
        (void)state;
        struct scratch s;
        _cleanup_directories_ struct directories d = { .items = NULL };
        setup(&s);
        make(&s, TOP "/amp/keep", 0700);
        make(&s, TOP "/amp/over", 0750);
        make(&s, TOP "/amp/wrong", 0700);
        make(&s, TOP "/amp/by-name", 0700);
        scratch_write(&s, "/etc/secep/secep.conf", "KeepMode=" TOP "/amp/keep\n");
        scratch_write(&s, "/etc/passwd", "root:x:0:0:::\nscan:x:77:78:::\n");
        scratch_write(&s, "/etc/group", "root:x:0:\nscan:x:78:\n");
        scratch_write(&s, "/var/lib/dpkg/statoverride",
                      "root root 750 " TOP "/amp/over\n#0 #0 2775 " TOP "/amp/wrong\n"
                      "scan scan 710 " TOP "/amp/by-name\nbroken\nx y z " TOP "/amp/etc\n");
        assert_int_equal(conf_load(&s.sys, NULL), 0);
        look(&s, &d);
        assert_int_equal(d.n, 2);
        assert_int_equal(find(&d, TOP "/amp/wrong")->want_mode, 02775);
        assert_int_equal(find(&d, TOP "/amp/by-name")->want_uid, 77);
        assert_int_equal(find(&d, TOP "/amp/by-name")->want_gid, 78);
        assert_int_equal(strv_length(d.notes), 1);
        scratch_close(&s);
}

static void set_and_put_back(struct scratch *s, struct step *step)
{
        struct change c = { .sys = &s->sys, .step = step, .run = "r", .lock_fd = -1 };
        const struct kind *kind = kind_of(step->kind);
        _cleanup_json_ json_t *undo = json_object();
        struct stat before, after;
        assert_int_equal(sys_stat(&s->sys, step->target, &before), 0);
        assert_int_equal(kind->prepare(&c, undo, NULL), 0);
        assert_int_equal(kind->stand(&c, undo, NULL), 0);
        for (int twice = 0; twice < 2; twice++) {
                assert_int_equal(kind->apply(&c, undo, NULL), 0);
                assert_int_equal(kind->stand(&c, undo, NULL), 1);
        }
        for (int twice = 0; twice < 2; twice++) {
                assert_int_equal(kind->revert(&c, undo, NULL), 0);
                assert_int_equal(kind->stand(&c, undo, NULL), 0);
        }
        assert_int_equal(sys_stat(&s->sys, step->target, &after), 0);
        assert_int_equal(before.st_mode, after.st_mode);
        assert_int_equal(before.st_uid, after.st_uid);
        assert_int_equal(before.st_gid, after.st_gid);
}

static void sets_and_puts_back(void **state)
{
        NEEDS_ROOT();
        (void)state;
        struct scratch s;
        struct step mode = { STEP_SET_MODE, 5, (char[]){ TOP "/amp/etc" }, (char[]){ "" },
                             (char[]){ "0755" } };
        struct step owner = { STEP_SET_OWNER, 5, (char[]){ TOP "/amp/etc" }, (char[]){ "" },
                              (char[]){ "0:0" } };
        setup(&s);
        assert_int_equal(chown(scratch_path(&s, TOP "/amp/etc"), 5, 6), 0);
        assert_int_equal(chmod(scratch_path(&s, TOP "/amp/etc"), 02700), 0);
        set_and_put_back(&s, &mode);
        set_and_put_back(&s, &owner);
        scratch_close(&s);
}

static void will_not_set_through_a_link(void **state)
{
        (void)state;
        struct scratch s;
        struct step step = { STEP_SET_MODE, 5, (char[]){ TOP "/amp/etc" }, (char[]){ "" },
                             (char[]){ "0755" } };
        struct change c = { .sys = &s.sys, .step = &step, .lock_fd = -1 };
        _cleanup_json_ json_t *undo = json_object();
        _cleanup_free_ char *why = NULL;
        struct stat st;
        setup(&s);
        make(&s, "/secret", 0700);
        assert_int_equal(rmdir(scratch_path(&s, TOP "/amp/etc")), 0);
        assert_int_equal(symlink("/secret", scratch_path(&s, TOP "/amp/etc")), 0);
        assert_int_equal(kind_of(STEP_SET_MODE)->apply(&c, undo, &why), -ELOOP);
        assert_non_null(strstr(why, TOP "/amp/etc"));
        assert_int_equal(sys_stat(&s.sys, "/secret", &st), 0);
        assert_int_equal(st.st_mode & 07777, 0700);
        scratch_close(&s);
}

static void names_who_fights(void **state)
{
        (void)state;
        struct scratch s;
        setup(&s);
        _cleanup_free_ char *none = directory_fighter(&s.sys, TOP "/amp");
        assert_null(none);
        scratch_write(
                &s, "/var/log/audit/audit.log",
                "type=SYSCALL msg=audit(1.5:7): syscall=90 comm=\"x\" exe=\"/bin/other\"\n"
                "type=SYSCALL msg=audit(1.6:8): syscall=90 comm=\"x\" exe=\"/usr/bin/puppet\"\n"
                "type=PATH msg=audit(1.6:8): item=0 name=\"/opt/cisco/amp\" inode=1\n");
        _cleanup_free_ char *audit = directory_fighter(&s.sys, TOP "/amp");
        assert_string_equal(audit, "/var/log/audit/audit.log: msg=audit(1.6:8) by /usr/bin/puppet");
        scratch_write(&s, "/etc/tmpfiles.d/x.conf", "# none\nd /opt/cisco/amp 0700 root root -\n");
        _cleanup_free_ char *line = directory_fighter(&s.sys, TOP "/amp");
        assert_string_equal(line, "/etc/tmpfiles.d/x.conf:2: d /opt/cisco/amp 0700 root root -");
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(finds_wrong_modes_and_owners),
                cmocka_unit_test(finds_nothing_where_nothing_is),
                cmocka_unit_test(never_follows_a_link),
                cmocka_unit_test(leaves_what_is_not_a_directory),
                cmocka_unit_test(stops_in_the_depth),
                cmocka_unit_test(honours_exceptions),
                cmocka_unit_test(sets_and_puts_back),
                cmocka_unit_test(will_not_set_through_a_link),
                cmocka_unit_test(names_who_fights),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
