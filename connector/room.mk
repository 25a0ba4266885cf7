# SPDX-License-Identifier: GPL-2.0-or-later
# Three plug-ins, each opened only where it is needed: libsystemd (steps and proofs), libcrypto
# (signature files to be judged), libclamav (digital signatures, when proving).
plugin_sources_systemd := connector/systemd_bus.c connector/systemd_journal.c
plugin_sources_digest := connector/digest_libcrypto.c
plugin_sources_clamav := connector/clamav_libclamav.c
plugin_libs_systemd := -lsystemd
plugin_libs_digest := -lcrypto
plugin_libs_clamav := -lclamav
connector_plugins := systemd digest clamav

define connector_plugin
NOT_IN_ROOM += $(plugin_sources_$(1))
PLUGINS += $(BUILD)/plugins/secep-$(1).so
$(BUILD)/plugins/secep-$(1).so: $(patsubst %.c,$(BUILD)/obj/%.o,$(plugin_sources_$(1))) \
                $(BUILD)/connector.a $(BUILD)/lib.a
	@mkdir -p $$(@D)
	@echo "  LD   $$@"
	@$$(CC) -shared $$(LDFLAGS) -Wl,-Bsymbolic -o $$@ $$^ $(plugin_libs_$(1))
endef
$(foreach p,$(connector_plugins),$(eval $(call connector_plugin,$(p))))

# A unit test looks for plug-ins beside itself, as every program does.
$(BUILD)/tests/plugins:
	@mkdir -p $(@D) $(BUILD)/plugins
	@ln -sfn ../plugins $@
$(BUILD)/tests/test_connector_signatures: | $(BUILD)/tests/plugins \
                $(BUILD)/plugins/secep-digest.so $(BUILD)/plugins/secep-clamav.so
$(BUILD)/tests/test_fault_scan_start: | $(BUILD)/tests/plugins $(BUILD)/plugins/secep-digest.so
$(BUILD)/tests/bench_connector: | $(BUILD)/tests/plugins $(BUILD)/plugins/secep-digest.so
