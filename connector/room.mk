# SPDX-License-Identifier: GPL-2.0-or-later
# Opened only where needed: libcrypto (signature files to be judged), libclamav (their digital
# signatures, when proving).
PLUGIN_NAMES += digest clamav
plugin_digest_sources := connector/plugin_digest.c
plugin_digest_rooms := lib
plugin_digest_libs := -lcrypto
plugin_clamav_sources := connector/plugin_clamav.c
plugin_clamav_libs := -lclamav

# A unit test looks for plug-ins beside itself, as every program does.
$(BUILD)/tests/plugins:
	@mkdir -p $(@D) $(BUILD)/plugins
	@ln -sfn ../plugins $@
$(BUILD)/tests/test_connector_signatures: | $(BUILD)/tests/plugins \
                $(BUILD)/plugins/secep-digest.so $(BUILD)/plugins/secep-clamav.so
$(BUILD)/tests/test_fault_scan_start: | $(BUILD)/tests/plugins $(BUILD)/plugins/secep-digest.so
$(BUILD)/tests/bench_connector: | $(BUILD)/tests/plugins $(BUILD)/plugins/secep-digest.so
