# SPDX-License-Identifier: GPL-2.0-or-later
# A plug-in a package system, built where its library's headers are; without it a root of that kind
# is checked, not repaired.
plugin_apt_sources := $(wildcard packages/*.cc)
plugin_apt_rooms := packages kernels lib
plugin_apt_libs = $(shell $(PKG_CONFIG) --libs apt-pkg) -ljansson -ldl
PLUGIN_NAMES += $(if $(shell $(PKG_CONFIG) --exists apt-pkg && echo yes),apt)

plugin_rpm_sources := $(wildcard packages/plugin_rpm*.c packages/rpm*.c)
plugin_rpm_rooms := packages kernels lib
plugin_rpm_libs = $(shell $(PKG_CONFIG) --libs rpm) -ljansson -lexpat -ldl
have_rpm := $(shell $(PKG_CONFIG) --exists rpm && echo yes)
PLUGIN_NAMES += $(if $(have_rpm),rpm)
# Its text is part of the plug-in.
$(BUILD)/obj/packages/rpm_dnf_api.o: $(wildcard packages/secep_dnf*.py)
