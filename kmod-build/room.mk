# SPDX-License-Identifier: GPL-2.0-or-later
# The module sources are embedded in bundle.o.
$(BUILD)/obj/kmod-build/bundle.o: $(wildcard kmod-build/ampfsm/*)

# libkmod behind a plug-in: it draws in three compression libraries and libcrypto.
NOT_IN_ROOM += kmod-build/plugin_kmod.c
PLUGINS += $(BUILD)/plugins/secep-kmod.so
$(BUILD)/plugins/secep-kmod.so: $(BUILD)/obj/kmod-build/plugin_kmod.o $(BUILD)/lib.a
	@mkdir -p $(@D)
	@echo "  LD   $@"
	@$(CC) -shared $(LDFLAGS) -o $@ $^ -lkmod -ljansson

# A command line over the room, for its tests.
TEST_PROGRAMS += $(BUILD)/tests/kmod-tool
$(BUILD)/tests/kmod-tool: $(BUILD)/obj/tests/tools/kmod.o $(foreach r,$(ROOMS),$(BUILD)/$(r).a)
	@mkdir -p $(@D)
	@echo "  LD   $@"
	@$(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS)
