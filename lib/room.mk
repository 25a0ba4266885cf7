# SPDX-License-Identifier: GPL-2.0-or-later
# libseccomp behind a plug-in: only what goes through the door (lib/door.h) loads it.
PLUGIN_NAMES += seccomp
plugin_seccomp_sources := lib/plugin_seccomp.c
plugin_seccomp_libs := -lseccomp

# The door as a command, and what tries to get out from behind it.
TEST_PROGRAMS += $(BUILD)/tests/door $(BUILD)/tests/escape
$(BUILD)/tests/door: $(BUILD)/obj/tests/tools/door.o $(BUILD)/lib.a | $(BUILD)/plugins/secep-seccomp.so
	@mkdir -p $(@D)
	@ln -sfn ../plugins $(@D)/plugins
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LIBS)
$(BUILD)/tests/escape: tests/tools/escape.c tests/tools/escape_calls.c tests/tools/escape.h
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) -O2 -Wall -D_GNU_SOURCE -I. -static -o $@ $(filter %.c,$^)
