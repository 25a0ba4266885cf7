/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signature files: whole ones made here, and every way to be none. */
#include "tests/unit/scratch.h"

#include <errno.h>

#include "connector/signatures.h"

#define DIR_IN_ROOT "/opt/cisco/amp/clamav"
#define BODY "body of the signatures"
#define BODY_MD5 "4544fc7bd093c3d6e16368a159db15a1"

static void head_make(char head[CVD_HEADER_SIZE], const char *text)
{
        memset(head, ' ', CVD_HEADER_SIZE);
        memcpy(head, text, strlen(text));
}

static int parse(const char *text, struct cvd_header *out, char **why)
{
        char head[CVD_HEADER_SIZE];

        head_make(head, text);
        return cvd_parse(head, sizeof(head), out, why);
}

#define MD5 "a4ab60ae1c1c4e8f787459102dcfd90b"

static void test_header(void **state)
{
        struct cvd_header h = { 0 };

        (void)state;
        assert_int_equal(
                parse("ClamAV-VDB:22 Jun 2021 14-58 -0400:12:3:81:" MD5 ":sig:me:1", &h, NULL), 0);
        assert_int_equal(h.version, 12);
        assert_int_equal(h.count, 3);
        assert_int_equal(h.level, 81);
        assert_string_equal(h.md5, MD5);
        assert_string_equal(h.built, "22 Jun 2021 14-58 -0400");
}

static void test_header_bad(void **state)
{
        static const struct {
                const char *text, *says;
        } rows[] = {
                { "", "no header" },
                { "ClamAV-VDB", "no header" },
                { "ClamAV-VDX:b:1:1:1:" MD5 ":s", "no header" },
                { "ClamAV-VDB:b:1:1:1:" MD5 "0:s", "no MD5" },
                { "ClamAV-VDB:b:1:1:1:zzzz60ae1c1c4e8f787459102dcfd90b:s", "no MD5" },
                { "ClamAV-VDB:b:x:1:1:" MD5 ":s", "no version" },
                { "ClamAV-VDB:b:1:-1:1:" MD5 ":s", "no number" },
                { "ClamAV-VDB:b:1:99999999999999999999:1:" MD5 ":s", "no number" },
                { "ClamAV-VDB:b:1:1::" MD5 ":s", "no functionality level" },
        };
        struct cvd_header h;

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char *why = NULL;

                assert_int_equal(parse(rows[i].text, &h, &why), -EBADMSG);
                assert_non_null(strstr(why, rows[i].says));
                free(why);
        }
        assert_int_equal(cvd_parse("ClamAV-VDB:", 11, &h, NULL), -EBADMSG);
        assert_int_equal(cvd_parse("", 0, &h, NULL), -EBADMSG);
}

static const struct signature *named(const struct signatures *all, const char *name)
{
        for (size_t i = 0; i < all->n; i++)
                if (streq(strrchr(all->files[i].path, '/') + 1, name))
                        return &all->files[i];
        return NULL;
}

static void cvd_write(const struct scratch *s, const char *name, const char *md5, const char *body)
{
        char path[128], text[128], whole[CVD_HEADER_SIZE + 256];

        snprintf(path, sizeof(path), "%s/%s", DIR_IN_ROOT, name);
        snprintf(text, sizeof(text), "ClamAV-VDB:b:1:1:1:%s:sig:me:1", md5);
        head_make(whole, text);
        memcpy(whole + CVD_HEADER_SIZE, body, strlen(body));
        scratch_bytes(s, path, whole, CVD_HEADER_SIZE + strlen(body));
}

static void test_bad_files(void **state)
{
        static const char *const bad[] = { "empty.cvd", "short.cvd", "bare.cvd", "huge.cvd",
                                           "dir.cvd",   "link.cvd",  "fifo.cvd" };
        struct signatures all = { 0 };
        struct scratch s;
        int64_t begin = now_ms();

        (void)state;
        scratch_open(&s);
        cvd_write(&s, "good.cvd", BODY_MD5, BODY);
        cvd_write(&s, "lies.cvd", MD5, BODY);
        cvd_write(&s, "bare.cvd", MD5, "");
        scratch_write(&s, DIR_IN_ROOT "/empty.cvd", "");
        scratch_write(&s, DIR_IN_ROOT "/short.cvd", "ClamAV-VDB:b:1:1:1:" MD5 ":s");
        cvd_write(&s, "huge.cvd", MD5, BODY);
        assert_int_equal(truncate(scratch_path(&s, DIR_IN_ROOT "/huge.cvd"), (off_t)4 << 30), 0);
        assert_int_equal(mkdir(scratch_path(&s, DIR_IN_ROOT "/dir.cvd"), 0755), 0);
        assert_int_equal(symlink("good.cvd", scratch_path(&s, DIR_IN_ROOT "/link.cvd")), 0);
        assert_int_equal(mkfifo(scratch_path(&s, DIR_IN_ROOT "/fifo.cvd"), 0644), 0);
        scratch_write(&s, DIR_IN_ROOT "/other.cld", "not looked at");
        assert_int_equal(symlink(DIR_IN_ROOT, scratch_path(&s, "/opt/cisco/amp/loop")), 0);
        assert_int_equal(signatures_read(&s.sys, &all, NULL), 0);
        assert_int_equal(named(&all, "lies.cvd")->state, SIGNATURE_GOOD); /* a look sums nothing */
        assert_int_equal(named(&all, "empty.cvd")->state, SIGNATURE_BAD);
        assert_non_null(strstr(all.note, "--prove"));
        signatures_free(&all);
        s.sys.depth = DEPTH_PROVE;
        assert_int_equal(signatures_read(&s.sys, &all, NULL), 0);
        assert_int_equal(all.n, 9);
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
                const struct signature *one = named(&all, bad[i]);

                assert_int_equal(one->state, SIGNATURE_BAD);
                assert_non_null(one->wrong);
        }
        assert_int_equal(named(&all, "lies.cvd")->state, SIGNATURE_BAD);
        assert_non_null(strstr(named(&all, "lies.cvd")->wrong, "its MD5 is " BODY_MD5));
        assert_int_equal(named(&all, "good.cvd")->state, SIGNATURE_GOOD);
        assert_true(now_ms() - begin < 2000);
        signatures_free(&all);
        scratch_close(&s);
}

static void test_none(void **state)
{
        struct signatures all = { .n = 1 };
        struct scratch s;

        (void)state;
        scratch_open(&s);
        assert_int_equal(signatures_read(&s.sys, &all, NULL), 0);
        assert_int_equal(all.n, 0);
        signatures_free(&all);
        scratch_close(&s);
}

static void test_identity(void **state)
{
        struct stat st = { .st_ino = 7, .st_size = 9, .st_mtim = { 5, 6 } };
        _cleanup_free_ char *text = signature_identity(&st);

        (void)state;
        assert_string_equal(text, "7:9:5.000000006");
}

/* Official files, signed by ClamAV's own key: beside the project, or fetched by the bats tests. */
static const char *official_dir(void)
{
        static const char *const dirs[] = { "../shared/data/cvd", "build/cache/cvd" };

        for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
                if (access(dirs[i], R_OK) == 0)
                        return dirs[i];
        return NULL;
}

static void official_copy(const struct scratch *s, const char *from, const char *name, size_t spoil)
{
        _cleanup_free_ char *buf = NULL, *to = xasprintf("%s/%s", DIR_IN_ROOT, name);
        struct sys host = { .root_fd = -1 };
        char *path = realpath(from, NULL);
        size_t len = 0;

        assert_int_equal(sys_open("/", &host, NULL), 0);
        assert_int_equal(sys_read(&host, path, 1 << 20, &buf, &len), 0);
        if (spoil)
                buf[spoil] = buf[spoil] == 'A' ? 'B' : 'A';
        scratch_bytes(s, to, buf, len);
        free(path);
        sys_close(&host);
}

#define IN_THE_DIGITAL_SIGNATURE 100

static void test_official(void **state)
{
        const char *dir = official_dir();
        struct signatures all = { 0 };
        struct scratch s;
        char from[4096];

        (void)state;
        if (!dir) {
                print_message("skipped: no signed .cvd (neither ../shared/data/cvd nor "
                              "build/cache/cvd)\n");
                skip();
        }
        snprintf(from, sizeof(from), "%s/test-1.cvd", dir);
        scratch_open(&s);
        s.sys.depth = DEPTH_PROVE;
        official_copy(&s, from, "forged.cvd", IN_THE_DIGITAL_SIGNATURE);
        assert_int_equal(signatures_read(&s.sys, &all, NULL), 0);
        assert_int_equal(all.files[0].state, SIGNATURE_GOOD); /* alone it proves nothing */
        assert_int_equal(all.files[0].proof, PROOF_BAD);
        assert_true(all.proof_refused);
        signatures_free(&all);
        official_copy(&s, from, "well.cvd", 0);
        chmod(scratch_path(&s, DIR_IN_ROOT "/well.cvd"), 0600);
        assert_int_equal(signatures_read(&s.sys, &all, NULL), 0);
        assert_int_equal(all.n, 2);
        assert_int_equal(named(&all, "well.cvd")->proof, PROOF_VERIFIED);
        assert_int_equal(named(&all, "forged.cvd")->state, SIGNATURE_BAD);
        assert_string_equal(named(&all, "forged.cvd")->wrong,
                            "its digital signature does not verify");
        assert_false(all.proof_refused);
        assert_null(all.note);
        signatures_free(&all);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_header),    cmocka_unit_test(test_header_bad),
                cmocka_unit_test(test_bad_files), cmocka_unit_test(test_none),
                cmocka_unit_test(test_identity),  cmocka_unit_test(test_official),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
