# SPDX-License-Identifier: GPL-2.0-or-later
# Differential tests: our reader of somebody else's rules beside theirs, over generated input.
# SECEP_DIFFERENTIAL=N: so many cases (500 where it is not set, 10,000 in a long run).
ifeq ($(have_rpm),yes)
$(BUILD)/tests/differential_releases: $(BUILD)/obj/tests/differential/releases.o $(ROOM_LIBS)
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(LINK_ROOMS) $(shell $(PKG_CONFIG) --libs rpm)
test-programs: $(BUILD)/tests/differential_releases

.PHONY: differential-releases
differential-releases: $(BUILD)/tests/differential_releases
	$(Q)$< rpm $(or $(SECEP_DIFFERENTIAL),500)
	$(Q)$(if $(shell command -v dpkg),$< dpkg $(or $(SECEP_DIFFERENTIAL),500),echo "dpkg: not on this machine")
endif

# Differential tests: tests/differential/diff_X.c feeds the same generated inputs to a reader of ours
# and to the library that owns the file, and prints where they disagree. They run with the unit tests.
DIFF_TESTS := $(patsubst tests/differential/diff_%.c,$(BUILD)/tests/test_diff_%,$(wildcard tests/differential/diff_*.c))
# The witness of blscfg's order is librpm.
DIFF_TESTS := $(filter-out $(if $(filter yes,$(have_rpm)),,$(BUILD)/tests/test_diff_bls),$(DIFF_TESTS))
$(BUILD)/tests/test_diff_bls: diff_libs = $(shell $(PKG_CONFIG) --libs rpm)

$(BUILD)/tests/test_diff_%: $(BUILD)/obj/tests/differential/diff_%.o $(ROOM_LIBS)
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -rdynamic -o $@ $< $(LINK_ROOMS) -lcmocka $(diff_libs)

unit-tests test-programs: $(DIFF_TESTS)

# All of them at length: each prints its inputs and its disagreements.
.PHONY: torture torture-differential
torture: torture-differential
torture-differential: test-programs
	$(Q)r=0; for t in $(DIFF_TESTS); do echo "$${t##*/}"; SECEP_DIFFERENTIAL=$(or $(SECEP_DIFFERENTIAL),10000) $$t || r=1; done; exit $$r
ifeq ($(have_rpm),yes)
torture-differential: SECEP_DIFFERENTIAL ?= 10000
torture-differential: differential-releases
endif
