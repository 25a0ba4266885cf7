/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Somebody swaps a directory for a symlink that leads out, a file for a FIFO, as fast as he can, while
 * we read, write, move and set modes: nothing outside is read or changed, and nobody waits. Each race
 * goes on for SECEP_RACES rounds (300), and until it was won and lost at least once. */
#include "tests/unit/scratch.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/edit.h"
#include "lib/json.h"
#include "lib/move.h"
#include "lib/runlog.h"
#include "repair/kind.h"

#define PATIENCE_MS 120000
#define EXCHANGE 2 /* RENAME_EXCHANGE */
#define INSIDE "inside\n"
#define OUTSIDE "outside\n"

struct race {
        struct scratch s;
        char outside[96];
        pid_t swapper;
        int naive; /* how often a plain open(2) was led out */
};

static void swap_for_ever(const struct race *race, pid_t parent)
{
        char pair[2][2][128];
        static const char *const names[2][2] = { { "d", "link" }, { "file", "fifo" } };

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (int i = 0; i < 4; i++)
                snprintf(pair[i / 2][i % 2], sizeof(pair[0][0]), "%s/%s", race->s.dir,
                         names[i / 2][i % 2]);
        while (getppid() == parent)
                for (int i = 0; i < 2; i++)
                        (void)syscall(SYS_renameat2, AT_FDCWD, pair[i][0], AT_FDCWD, pair[i][1],
                                      EXCHANGE);
        _exit(0);
}

static void race_begin(struct race *race)
{
        char path[128];
        pid_t parent = getpid();

        *race = (struct race){ .swapper = -1 };
        scratch_open(&race->s);
        snprintf(race->outside, sizeof(race->outside), "%s.out", race->s.dir);
        assert_int_equal(mkdir(race->outside, 0700), 0);
        snprintf(path, sizeof(path), "%s/f", race->outside);
        FILE *f = fopen(path, "we");
        assert_non_null(f);
        fputs(OUTSIDE, f);
        fclose(f);
        scratch_write(&race->s, "/d/f", INSIDE);
        scratch_write(&race->s, "/file", INSIDE);
        assert_int_equal(chmod(scratch_path(&race->s, "/d"), 0750), 0);
        assert_int_equal(symlink(race->outside, scratch_path(&race->s, "/link")), 0);
        assert_int_equal(mkfifo(scratch_path(&race->s, "/fifo"), 0600), 0);
        race->swapper = fork();
        assert_true(race->swapper >= 0);
        if (race->swapper == 0)
                swap_for_ever(race, parent);
}

/* Nothing outside was changed. */
static void race_end(struct race *race)
{
        char path[128], text[32] = "";
        struct stat st;

        assert_int_equal(kill(race->swapper, SIGKILL), 0);
        assert_int_equal(waitpid(race->swapper, NULL, 0), race->swapper);
        snprintf(path, sizeof(path), "%s/f", race->outside);
        FILE *f = fopen(path, "re");
        assert_non_null(f);
        assert_non_null(fgets(text, sizeof(text), f));
        fclose(f);
        assert_string_equal(text, OUTSIDE);
        assert_int_equal(stat(race->outside, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0700);
        assert_int_equal(nftw(race->outside, scratch_drop, 16, FTW_DEPTH | FTW_PHYS), 0);
        scratch_close(&race->s);
        alarm(0);
}

/* What the way through the host's own paths would have given. */
static void look_naively(struct race *race)
{
        char text[32] = "";
        FILE *f = fopen(scratch_path(&race->s, "/d/f"), "re");

        if (f && fgets(text, sizeof(text), f) && streq(text, OUTSIDE))
                race->naive++;
        if (f)
                fclose(f);
}

/* DOES: 0 it did, -errno it was refused; what it read or changed it judges itself. */
static void race_run(int (*does)(struct race *race))
{
        const char *asked = getenv("SECEP_RACES");
        long rounds = asked ? atol(asked) : 300, won = 0, lost = 0;
        int64_t until = now_ms() + PATIENCE_MS;
        struct race race;

        race_begin(&race);
        for (long i = 0; i < rounds || ((!won || !lost || !race.naive) && now_ms() < until); i++) {
                alarm(PATIENCE_MS / 1000); /* nobody waits for a FIFO */
                *(does(&race) == 0 ? &won : &lost) += 1;
                look_naively(&race);
        }
        assert_true(won > 0 && lost > 0 && race.naive > 0);
        race_end(&race);
}

static int read_text(int (*call)(const struct sys *, const char *, size_t, char **, size_t *),
                     struct race *race)
{
        _cleanup_free_ char *text = NULL;
        int r = call(&race->s.sys, "/d/f", 4096, &text, NULL);

        if (r == 0)
                assert_string_equal(text, INSIDE);
        return r;
}

static int reads(struct race *race)
{
        return read_text(sys_read, race);
}

static int reads_nolinks(struct race *race)
{
        return read_text(sys_read_nolinks, race);
}

static int opens(struct race *race)
{
        _cleanup_close_ int fd = sys_openat_nolinks(&race->s.sys, "/file", O_RDONLY, 0);
        struct stat st;

        if (fd < 0)
                return fd;
        assert_int_equal(fstat(fd, &st), 0);
        assert_true(S_ISREG(st.st_mode));
        return 0;
}

static int replaces(struct race *race)
{
        return edit_replace(&race->s.sys, "/d/f", INSIDE, strlen(INSIDE), 0644, NULL);
}

static int moves(struct race *race)
{
        int r = move_file(&race->s.sys, "/d/f", "/moved", NULL);

        while (r == 0 && move_file(&race->s.sys, "/moved", "/d/f", NULL) < 0)
                ;
        return r;
}

static int sets_mode(struct race *race)
{
        const struct kind *kind = kind_of(STEP_SET_MODE);
        char target[] = "/d", key[] = "", value[8];
        static int turn;
        _cleanup_json_ json_t *undo = json_object();
        struct step step = { STEP_SET_MODE, 5, target, key, value };
        struct change c = { .sys = &race->s.sys, .step = &step, .run = "x", .lock_fd = -1 };

        snprintf(value, sizeof(value), "%s", turn++ % 2 ? "0755" : "0750");
        return kind->apply(&c, undo, NULL);
}

#define RACE(name)                                                                                 \
        static void test_##name(void **state)                                                      \
        {                                                                                          \
                (void)state;                                                                       \
                race_run(name);                                                                    \
        }
RACE(reads)
RACE(reads_nolinks)
RACE(opens)
RACE(replaces)
RACE(moves)
RACE(sets_mode)

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_reads), cmocka_unit_test(test_reads_nolinks),
                cmocka_unit_test(test_opens), cmocka_unit_test(test_replaces),
                cmocka_unit_test(test_moves), cmocka_unit_test(test_sets_mode),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
