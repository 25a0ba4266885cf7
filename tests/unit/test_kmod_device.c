/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kmod-build: what is believed of a module's device. Devices are FIFOs and files here. */
#include "tests/unit/scratch.h"

#include <errno.h>
#include <sys/sysmacros.h>

#include "kmod-build/device.h"

#define DEVICE "/dev/" AMP_FILE_MODULE

static const struct event_maker maker = { .name = "sp1.2" };

struct sample {
        struct amp_record record;
        struct amp_file file;
};

static struct sample sample_of(enum amp_type type, const char *comm)
{
        struct sample s = { .record = { .size = sizeof(s), .type = type } };
        strcpy(s.record.comm, comm);
        return s;
}

/* What comes out of a pipe that holds DATA. */
static int await(const void *data, size_t len)
{
        int ends[2];
        assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
        assert_int_equal(write(ends[1], data, len), (ssize_t)len);
        int64_t before = now_ms();
        int r = device_await(ends[0], MONITOR_FILE, &maker, before + 50);
        assert_true(now_ms() - before < 1000);
        close(ends[0]);
        close(ends[1]);
        return r;
}

static void test_records(void **state)
{
        struct sample all[] = { sample_of(AMP_LOST, ""), sample_of(AMP_RENAME, "other"),
                                sample_of(AMP_UNLINK, "sp1.2"), sample_of(AMP_RENAME, "sp1.2") };
        (void)state;
        assert_int_equal(await(all, sizeof(all)), 1);
        assert_int_equal(await(all, sizeof(all) - sizeof(all[0])), 0);
        /* the one before is whole, this one is not */
        assert_int_equal(await(all, sizeof(all) - 8), -EBADMSG);
        assert_int_equal(await(all, 16), -EBADMSG);
        assert_false(device_event_is(&all[3].record, MONITOR_NETWORK, &maker));
        all[3].record.type = AMP_CONNECT;
        assert_true(device_event_is(&all[3].record, MONITOR_NETWORK, &maker));
}

static void test_hostile(void **state)
{
        static const struct {
                unsigned size, type;
        } rows[] = { { 0, AMP_RENAME },
                     { 8, AMP_RENAME },
                     { sizeof(struct sample) - 4, AMP_RENAME },
                     { sizeof(struct sample) + 8, AMP_RENAME },
                     { 0xffff, AMP_RENAME },
                     { sizeof(struct sample), 0 },
                     { sizeof(struct sample), AMP_CLOSE + 1 },
                     { sizeof(struct sample), 0xff } };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct sample s = sample_of(rows[i].type, "sp1.2");
                s.record.size = (__u16)rows[i].size;
                assert_int_equal(await(&s, sizeof(s)), -EBADMSG);
        }
        /* every byte of a record, as it may come */
        for (size_t i = 0; i < sizeof(struct sample); i++) {
                _cleanup_free_ struct sample *s = xcalloc(1, sizeof(*s));
                *s = sample_of(AMP_RENAME, "sp1.2");
                ((unsigned char *)s)[i] ^= 0xff;
                const struct amp_record *r = device_record(s, sizeof(*s), 0);
                assert_true(!r || r->size <= sizeof(*s));
        }
}

static enum proof_refusal refusal_of(const struct scratch *s)
{
        _cleanup_proof_ struct proof proof = { 0 };
        int64_t before = now_ms();
        assert_int_equal(module_prove(&s->sys, MONITOR_FILE, AMP_FILE_MODULE, &proof, NULL), 0);
        assert_true(now_ms() - before < 10000);
        assert_false(proof.seen);
        assert_non_null(strstr(proof.why, DEVICE));
        return proof.refusal;
}

static void test_devices(void **state)
{
        struct scratch s;
        (void)state;
        scratch_open(&s);
        assert_int_equal(module_prove(&s.sys, MONITOR_FILE, AMP_FILE_MODULE, NULL, NULL),
                         -EOPNOTSUPP);
        s.sys.live = true;
        assert_int_equal(refusal_of(&s), REFUSED_NO_DEVICE);
        scratch_write(&s, DEVICE, "");
        assert_int_equal(refusal_of(&s), REFUSED_NOT_OURS);
        scratch_write(&s, DEVICE, "not a record, and long enough to hold one of them at least");
        assert_int_equal(refusal_of(&s), REFUSED_NOT_OURS);
        unlink(scratch_path(&s, DEVICE));
        /* a symlink is no device of a module */
        assert_int_equal(symlink("null", scratch_path(&s, DEVICE)), 0);
        assert_int_equal(refusal_of(&s), REFUSED_OTHER);
        unlink(scratch_path(&s, DEVICE));
        /* somebody holds it open and never writes */
        assert_int_equal(mkfifo(scratch_path(&s, DEVICE), 0600), 0);
        int writer = open(scratch_path(&s, DEVICE), O_RDWR | O_CLOEXEC);
        assert_true(writer >= 0);
        assert_int_equal(refusal_of(&s), REFUSED_NO_EVENT);
        close(writer);
        scratch_close(&s);
}

/* The zeros without end of /dev/zero, and a number nothing is behind. */
static void test_nodes(void **state)
{
        struct scratch s;
        (void)state;
        scratch_open(&s);
        s.sys.live = true;
        scratch_parents(&s, DEVICE);
        if (mknod(scratch_path(&s, DEVICE), S_IFCHR | 0600, makedev(1, 5)) < 0) {
                print_message("skipped: device nodes cannot be made here\n");
                scratch_close(&s);
                skip();
        }
        enum proof_refusal zero = refusal_of(&s);
        unlink(scratch_path(&s, DEVICE));
        assert_int_equal(mknod(scratch_path(&s, DEVICE), S_IFCHR | 0600, makedev(10, 200 + 50)), 0);
        enum proof_refusal none = refusal_of(&s);
        scratch_close(&s);
        assert_true(zero == REFUSED_NOT_OURS || zero == REFUSED_UNPRIVILEGED); /* nodev */
        assert_true(none == REFUSED_NO_DEVICE || none == REFUSED_UNPRIVILEGED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_records),
                cmocka_unit_test(test_hostile),
                cmocka_unit_test(test_devices),
                cmocka_unit_test(test_nodes),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
