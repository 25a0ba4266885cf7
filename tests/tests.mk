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
