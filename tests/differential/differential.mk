# SPDX-License-Identifier: GPL-2.0-or-later
# Differential tests: our reader of somebody else's rules beside theirs, over generated input.
# SECEP_DIFFERENTIAL=N: so many cases (500 where it is not set, 10,000 in a long run).
ifeq ($(have_rpm),yes)
$(BUILD)/tests/differential_releases: $(BUILD)/obj/tests/differential/releases.o $(ROOM_LIBS)
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(LINK_ROOMS) $(shell $(PKG_CONFIG) --libs rpm)
TEST_PROGRAMS += $(BUILD)/tests/differential_releases

.PHONY: differential-releases
differential-releases: $(BUILD)/tests/differential_releases
	$(Q)$< rpm $(or $(SECEP_DIFFERENTIAL),500)
	$(Q)$(if $(shell command -v dpkg),$< dpkg $(or $(SECEP_DIFFERENTIAL),500),echo "dpkg: not on this machine")
endif
