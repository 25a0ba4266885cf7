# SPDX-License-Identifier: GPL-2.0-or-later
# Two plug-ins: libsystemd (steps and proofs only) and libclamav (digital signatures only).
systemd_plugin := connector/systemd_bus.c connector/systemd_journal.c
NOT_IN_ROOM += $(systemd_plugin)
PLUGINS += $(BUILD)/plugins/secep-systemd.so

$(BUILD)/plugins/secep-systemd.so: $(patsubst %.c,$(BUILD)/obj/%.o,$(systemd_plugin)) \
                $(BUILD)/connector.a $(BUILD)/lib.a
	@mkdir -p $(@D)
	@echo "  LD   $@"
	@$(CC) -shared $(LDFLAGS) -Wl,-Bsymbolic -o $@ $^ -lsystemd
