# SPDX-License-Identifier: GPL-2.0-or-later
# libsystemd behind a plug-in: only steps and proofs talk to the bus or read the journal.
PLUGIN_NAMES += systemd
plugin_systemd_sources := $(wildcard host/plugin_systemd*.c)
plugin_systemd_rooms := host lib
plugin_systemd_libs := -lsystemd
