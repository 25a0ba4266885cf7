# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests: tests/unit/test_X.c is a program of its own, linked with every room's library.
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))

$(BUILD)/tests/test_%: $(BUILD)/obj/tests/unit/test_%.o $(ROOM_LIBS)
	@mkdir -p $(@D)
	@echo "  LD   $@"
	@$(CC) $(LDFLAGS) -o $@ $< $(LINK_ROOMS) -lcmocka

# tests/faultlab: breaks a root on purpose, one file a fault.
$(BUILD)/tests/faultlab: $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/faultlab/*.c)) $(ROOM_LIBS)
	@mkdir -p $(@D)
	@echo "  LD   $@"
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LINK_ROOMS)

.PHONY: unit-tests
unit-tests: $(UNIT_TESTS)
