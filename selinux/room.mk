# SPDX-License-Identifier: GPL-2.0-or-later
# libselinux and libsepol are linked; libsemanage is a plug-in, opened only by a repair.
PLUGIN_NAMES += semanage
plugin_semanage_sources := selinux/plugin_semanage.c
plugin_semanage_libs := -lsemanage -lsepol

# The access query of libsepol is exported since 3.4; before that only its static library has it.
# SEPOL_AV=shared|static|none overrides what is found.
sepol_links = $(shell printf '%s\n' 'int sepol_compute_av(void); int main(void) { return sepol_compute_av(); }' | \
	$(CC) -x c - -o /dev/null $(1) 2>/dev/null && echo yes)
SEPOL_AV ?= $(if $(call sepol_links,-lsepol),shared,$(if $(call sepol_links,-l:libsepol.a),static,none))
SEPOL_AV := $(SEPOL_AV)
sepol_defs_static := -DSECEP_SEPOL_STATIC
sepol_defs_none := -DSECEP_NO_SEPOL_AV
CFLAGS_selinux += $(sepol_defs_$(SEPOL_AV))
LIBS += -lselinux $(if $(filter static,$(SEPOL_AV)),-l:libsepol.a,-lsepol) -lbz2

$(BUILD)/obj/selinux/module.o: selinux/cisco-secure-bpf.cil

# What the domain it runs in may do, for the guest that enforces.
TEST_PROGRAMS += $(BUILD)/tests/selinux-try
$(BUILD)/tests/selinux-try: $(BUILD)/obj/tests/tools/selinux-try.o
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $<
