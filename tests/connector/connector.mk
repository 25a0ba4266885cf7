# SPDX-License-Identifier: GPL-2.0-or-later
# The stand-in connector of the tests: three programs, packed as .deb and .rpm. Not in `make all`.
STANDIN := $(patsubst %,$(BUILD)/tests/standin/%,ampdaemon ampscansvc ampcli)

$(BUILD)/tests/standin/%: $(BUILD)/obj/tests/connector/%.o
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lclamav

$(BUILD)/tests/standin/ampdaemon: $(patsubst %,$(BUILD)/obj/tests/connector/%.o,modules status)

$(BUILD)/tests/standin/ciscoampconnector.deb: tests/connector/pack.sh $(STANDIN) $(wildcard tests/connector/*.service tests/connector/*.slice)
	@tests/connector/pack.sh deb $(BUILD)/tests/standin $@
$(BUILD)/tests/standin/ciscoampconnector.rpm: tests/connector/pack.sh $(STANDIN) $(wildcard tests/connector/*.service tests/connector/*.slice)
	@tests/connector/pack.sh rpm $(BUILD)/tests/standin $@

.PHONY: standin
standin: $(BUILD)/tests/standin/ciscoampconnector.deb
test-programs: standin
