/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kmod-build: digests, module files, certificates, trees, who signs. */
#include "tests/unit/scratch.h"

#include <elf.h>
#include <errno.h>
#include <glob.h>

#include "kmod-build/build.h"
#include "kmod-build/bundle.h"
#include "kmod-build/module_file.h"
#include "lib/sha256.h"
#include "kmod-build/sign.h"
#include "lib/conf.h"

static void test_sha256(void **state)
{
        static const struct {
                const char *text, *hex;
        } vectors[] = {
                { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
                { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
                { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
                struct sha256 h;
                char hex[65];
                sha256_init(&h);
                sha256_add(&h, vectors[i].text, strlen(vectors[i].text));
                sha256_end(&h, hex);
                assert_string_equal(hex, vectors[i].hex);
        }
}

static void test_own_source(void **state)
{
        _cleanup_bundle_ struct bundle b = { 0 };
        (void)state;
        glob_t tree = { 0 };
        bundle_own(&b);
        assert_int_equal(glob("kmod-build/ampfsm/*", 0, NULL, &tree), 0);
        assert_int_equal(b.n, tree.gl_pathc); /* none is forgotten */
        globfree(&tree);
        for (size_t i = 0; i < b.n; i++) {
                assert_int_equal(strlen(b.files[i].data), b.files[i].len);
                assert_non_null(strstr(b.files[i].data, "SPDX-License-Identifier: GPL-2.0"));
                assert_true(i == 0 || strcmp(b.files[i - 1].name, b.files[i].name) < 0);
        }
}

/* A module of three sections: .modinfo, __versions and the names. */
struct tiny {
        Elf64_Ehdr head;
        Elf64_Shdr section[3];
        char info[64], versions[64], names[32];
};

static void tiny_make(struct tiny *t)
{
        static const char info[] = "vermagic=6.1.0 SMP mod_unload modversions \0name=toy";
        static const char names[] = "\0.modinfo\0__versions";
        uint64_t crc = 0x1234;
        *t = (struct tiny){ .head = { .e_type = ET_REL,
                                      .e_shoff = offsetof(struct tiny, section),
                                      .e_shentsize = sizeof(Elf64_Shdr),
                                      .e_shnum = 3,
                                      .e_shstrndx = 2 } };
        memcpy(t->head.e_ident, ELFMAG, SELFMAG);
        t->head.e_ident[EI_CLASS] = ELFCLASS64;
        t->head.e_ident[EI_DATA] = ELFDATA2LSB;
        memcpy(t->info, info, sizeof(info));
        memcpy(t->versions, &crc, sizeof(crc));
        memcpy(t->versions + 8, "printk", 7);
        memcpy(t->names, names, sizeof(names));
        t->section[0] = (Elf64_Shdr){ .sh_name = 1,
                                      .sh_offset = offsetof(struct tiny, info),
                                      .sh_size = sizeof(info) };
        t->section[1] = (Elf64_Shdr){ .sh_name = 10,
                                      .sh_offset = offsetof(struct tiny, versions),
                                      .sh_size = 64 };
        t->section[2] =
                (Elf64_Shdr){ .sh_offset = offsetof(struct tiny, names), .sh_size = sizeof(names) };
}

static int tiny_fits(const struct tiny *t, const char *symvers, const char *flags)
{
        struct tree tree = { .release = (char *)"6.1.0",
                             .flags = (char *)flags,
                             .modversions = true,
                             .symvers = (char *)symvers };
        return module_fits(t, sizeof(*t), "toy", &tree, NULL);
}

static void test_module_fits(void **state)
{
        struct tiny t;
        const char *flags = "SMP mod_unload modversions";
        (void)state;
        tiny_make(&t);
        assert_int_equal(tiny_fits(&t, "0x00001234\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n", flags), 0);
        assert_int_equal(tiny_fits(&t, "0x00001235\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n", flags),
                         -ESTALE);
        assert_int_equal(tiny_fits(&t, "0x00001234\tprintk2\tvmlinux\n", flags), -ESTALE);
        assert_int_equal(tiny_fits(&t, "", flags), -ESTALE);
        assert_int_equal(tiny_fits(&t, "0x00001234\tprintk\tvmlinux\n",
                                   "SMP preempt mod_unload modversions"),
                         -ESTALE);
        t.section[1].sh_name = 2;
        assert_int_equal(tiny_fits(&t, "0x00001234\tprintk\tvmlinux\n", flags), -ESTALE);
}

/* Every byte of the headers changed to something else: an answer, and no fault under ASan. */
static void test_module_hostile(void **state)
{
        (void)state;
        for (size_t i = 0; i < offsetof(struct tiny, info); i++)
                for (int value = 0; value < 256; value += 51) {
                        _cleanup_free_ struct tiny *t = xcalloc(1, sizeof(*t));
                        tiny_make(t);
                        ((unsigned char *)t)[i] = (unsigned char)value;
                        (void)tiny_fits(t, "0x00001234\tprintk\tvmlinux\n", "SMP");
                        free(module_info(t, sizeof(*t), "vermagic"));
                }
        assert_null(module_info("", 0, "vermagic"));
        assert_false(module_signed("x", 1));
        for (size_t len = 0; len < sizeof(struct tiny); len += 7) {
                struct tiny t;
                tiny_make(&t);
                _cleanup_free_ char *part = xcalloc(len + 1, 1);
                memcpy(part, &t, len);
                free(module_info(part, len, "name"));
        }
}

static void test_certificate(void **state)
{
        unsigned char der[] = "\x30\x60.\x17\x0d"
                              "200101000000Z"
                              "\x17\x0d"
                              "491231235959Z...."
                              "\x06\x03\x55\x1d\x0e\x04\x06\x04\x04\xde\xad\xbe\xef...";
        _cleanup_free_ char *id = NULL;
        long days = 0;
        (void)state;
        assert_int_equal(certificate_read(der, sizeof(der) - 1, &id, &days), 0);
        assert_string_equal(id, "deadbeef");
        assert_true(days > 5000);
        memcpy(der + 20, "210101000000Z", 13);
        free(id);
        id = NULL;
        assert_int_equal(certificate_read(der, sizeof(der) - 1, &id, &days), 0);
        assert_int_equal(days, -1);
        for (size_t n = 0; n < sizeof(der) - 4; n++) {
                _cleanup_free_ char *other = NULL;
                assert_int_equal(certificate_read(der, n > 45 ? 45 : n, &other, &days), -EBADMSG);
        }
}

/* Is a signature asked for, is there a key, does the kernel trust it. */
static void test_signer(void **state)
{
        static const unsigned char der[] =
                "\x30\x60.\x17\x0d"
                "200101000000Z"
                "\x17\x0d"
                "491231235959Z...."
                "\x06\x03\x55\x1d\x0e\x04\x06\x04\x04\xde\xad\xbe\xef...";
        static const char keys[] =
                "1a2b3c4d I--Q--- 1 perm 1f0f0000 0 0 asymmetri modules: %s: X509.rsa 0 []\n";
        static const struct {
                const char *enforce, *lockdown, *trusted; /* NULL: no key of the operator */
                int r;
                const char *words;
        } rows[] = {
                { "N\n", "[none] integrity", NULL, 0, NULL },
                { "N\n", "[none] integrity", "cafe", 0, NULL },
                { "Y\n", "[none] integrity", NULL, -ENOKEY, "module.sig_enforce=1" },
                { "Y\n", "[none] integrity", "cafe", -ENOKEY, "mokutil --import /etc/c" },
                { "Y\n", "[none] integrity", "deadbeef", 0, NULL },
                { "N\n", "none [integrity]", NULL, -ENOKEY, "lockdown=integrity" },
                { "N\n", "none [integrity]", "deadbeef", 0, NULL },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct scratch s;
                struct tree tree = { .signatures = true };
                _cleanup_signer_ struct signer signer = { 0 };
                _cleanup_free_ char *why = NULL, *text = NULL;
                scratch_open(&s);
                s.sys.live = true;
                scratch_write(&s, "/sys/module/module/parameters/sig_enforce", rows[i].enforce);
                scratch_write(&s, "/sys/kernel/security/lockdown", rows[i].lockdown);
                if (rows[i].trusted) {
                        const char *at = strstr(keys, "%s");
                        text = xasprintf("%.*s%s%s", (int)(at - keys), keys, rows[i].trusted,
                                         at + 2);
                        scratch_write(&s, "/proc/keys", text);
                        scratch_bytes(&s, "/etc/c", der, sizeof(der) - 1);
                        scratch_write(&s, "/etc/secep/secep.conf",
                                      "ModuleSigningKey=/etc/k\nModuleSigningCertificate=/etc/c\n");
                }
                assert_int_equal(conf_load(&s.sys, NULL), 0);
                assert_int_equal(signer_find(&s.sys, &tree, &signer, &why), rows[i].r);
                assert_true(!rows[i].words || strstr(why, rows[i].words));
                if (rows[i].r == 0 && rows[i].trusted)
                        assert_int_equal(signer.trusted, streq(rows[i].trusted, "deadbeef"));
                /* a kernel built without signatures asks for none */
                tree.signatures = false;
                signer_free(&signer);
                assert_int_equal(signer_find(&s.sys, &tree, &signer, NULL), 0);
                scratch_close(&s);
        }
}

/* A kernel somebody built at home leaves a link to that tree. */
static void test_tree_of_others(void **state)
{
        static const struct {
                bool live;
                uid_t uid;
                mode_t mode;
                int r;
        } rows[] = {
                { true, 1000, 0755, -EPERM },
                { true, 0, 0775, -EPERM },
                { true, 0, 0757, -EPERM },
                { true, 0, 0755, -ENODATA }, /* looked at, and nothing is in it */
                { false, 1000, 0777, -ENODATA },
        };
        struct scratch s;
        (void)state;
        if (geteuid() != 0) {
                print_message("skipped: not root, so no file can be given away\n");
                skip();
        }
        scratch_open(&s);
        assert_int_equal(sys_mkdirs(&s.sys, "/home/u/linux", 0755), 0);
        scratch_parents(&s, "/lib/modules/6.1/build");
        assert_int_equal(symlink("/home/u/linux", scratch_path(&s, "/lib/modules/6.1/build")), 0);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct tree tree = { 0 };
                const char *path = scratch_path(&s, "/home/u/linux");
                assert_int_equal(chown(path, rows[i].uid, 0), 0);
                assert_int_equal(chmod(path, rows[i].mode), 0);
                s.sys.live = rows[i].live;
                assert_int_equal(tree_open(&s.sys, "6.1", &tree, NULL), rows[i].r);
        }
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sha256),         cmocka_unit_test(test_own_source),
                cmocka_unit_test(test_module_fits),    cmocka_unit_test(test_module_hostile),
                cmocka_unit_test(test_certificate),    cmocka_unit_test(test_signer),
                cmocka_unit_test(test_tree_of_others),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
