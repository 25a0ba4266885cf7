# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests: tests/unit/test_X.c is a program of its own, linked with every room's library.
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))

$(BUILD)/tests/test_%: $(BUILD)/obj/tests/unit/test_%.o $(ROOM_LIBS)
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(LINK_ROOMS) -lcmocka -pthread

# tests/faultlab: breaks a root on purpose, one file a fault.
$(BUILD)/tests/faultlab: $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/faultlab/*.c)) $(ROOM_LIBS)
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(LINK_ROOMS)

# tests/step: kills a program at its k-th turn.
$(BUILD)/tests/step: $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/step/*.c)) $(BUILD)/lib.a
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/lib.a $(LIBS)

$(BUILD)/tests/bench_%: $(BUILD)/obj/tests/bench/bench_%.o $(ROOM_LIBS)
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(LINK_ROOMS) -lsemanage -lsepol
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/tests/%,$(wildcard tests/bench/bench_*.c))

.PHONY: unit-tests test-programs check check-fast check-all check-distros demo tidy bench
unit-tests: $(UNIT_TESTS)
test-programs: $(TEST_PROGRAMS) $(BUILD)/tests/faultlab $(BUILD)/tests/step $(BENCHES)

# What has to be installed first is installed by these, so nothing is built before they run.
check:
	@tests/check.sh plain
check-fast:
	@tests/check.sh fast
check-all:
	@tests/check.sh all
check-distros:
	@tests/distros.sh
demo:
	@tests/demo.sh
bench: all test-programs
	@tests/bench/run.sh

# What takes a quarter of an hour and more: LATCH=1000 random sequences of tests/bats/82-monitor-latch.bats, each turn
# of tests/bats/62-kill.bats and 68-errors.bats, 10,000 rounds of each race.
.PHONY: torture
torture: all test-programs $(BUILD)/tests/test_races
	@SECEP_RACES=10000 $(BUILD)/tests/test_races
	@SECEP_KILL_STRIDE=1 SECEP_TEST_MOUNTS=private unshare -m --propagation private bats --tap tests/bats/62-kill.bats
	@SECEP_TEST_MOUNTS=private unshare -m --propagation private bats --tap tests/torture/kill-undo.bats
	@SECEP_ERROR_STRIDE=1 SECEP_TEST_MOUNTS=private unshare -m --propagation private bats --tap tests/bats/68-errors.bats $(wildcard tests/torture/errors-*.bats)
	@SECEP_LATCH=$(or $(LATCH),1000) SECEP_TEST_MOUNTS=private unshare -m --propagation private bats --tap tests/bats/82-monitor-latch.bats

# clang-tidy, a stamp a file: only what changed is looked at again.
TIDIED := $(patsubst %,$(BUILD)/tidy/%.ok,$(wildcard $(foreach r,$(ROOMS) tests/faultlab tests/step,$(r)/*.c $(r)/*.cc)))
tidy: $(TIDIED)
$(BUILD)/tidy/%.c.ok: %.c .clang-tidy $(wildcard */*.h)
	@mkdir -p $(@D)
	@clang-tidy --quiet $< -- $(OUR_CPPFLAGS) -std=gnu17 $(CFLAGS_$(firstword $(subst /, ,$<))) 2>$@.err || { cat $@.err; false; }
	@touch $@
$(BUILD)/tidy/%.cc.ok: %.cc .clang-tidy $(wildcard */*.h)
	@mkdir -p $(@D)
	@clang-tidy --quiet $< -- $(OUR_CPPFLAGS) -std=c++17 2>$@.err || { cat $@.err; false; }
	@touch $@

# Real kernels in guests.
.PHONY: check-vm
check-vm: all test-programs
	@tests/deps.sh vm
	@tests/vm/lab run

include $(wildcard tests/*/*.mk)

# What takes long: every transaction of a package killed at POINTS=20 points.
.PHONY: torture torture-packages
torture: torture-packages
torture-packages: all test-programs
	@tests/deps.sh test package
	@SECEP_TEST_MOUNTS=private unshare -m --propagation private bats --tap $(wildcard tests/torture/package-*.bats)
	@SECEP_CUT_OFF="dnf -qy install" SECEP_TEST_MOUNTS=private unshare -m --propagation private bats --tap tests/bats/77-rpm-cut-off.bats

# Repairs, monitor, apt, semodule and who breaks things, MINUTES=10 of it.
.PHONY: torture-together
torture: torture-together
torture-together: all test-programs
	@tests/deps.sh test
	@SECEP_TOGETHER=$(or $(MINUTES),10) SECEP_TEST_MOUNTS=private BATS_TEST_TIMEOUT=7200 unshare -m --propagation private bats --tap tests/torture/together.bats
