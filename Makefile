# SPDX-License-Identifier: GPL-2.0-or-later
# One library a room; a room.mk in a room says what is special about it (a plug-in, embedded data).
# A builder may set: CC CXX CPPFLAGS CFLAGS CXXFLAGS LDFLAGS (they come last), WERROR=-Werror, SAN,
# BUILD, V=1 (shows commands), DESTDIR, prefix, sbindir, mandir, datadir, plugindir, sysconfdir, unitdir.
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
VERSION := 0.2.0
BUILD   ?= build
Q       := $(if $(V),,@)
prefix    ?= /usr
plugindir ?= $(prefix)/lib/secep
localedir ?= $(prefix)/share/locale
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
CXX     := $(if $(filter default,$(origin CXX)),g++,$(CXX))
PKG_CONFIG ?= pkg-config

# Higher rooms first: the link order, and the only direction a call may take. Those on one line of
# docs/architecture.md stand side by side and do not call each other (tests/lint/direction.py).
ROOMS := installer monitor repair faults connector packages kernels host accounts selinux kmod-build lib

CFLAGS   ?= -O2 -g
CXXFLAGS ?= -O2 -g
# Ours first, so that the builder's win.
fortify := $(if $(SAN)$(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,-D_FORTIFY_SOURCE=2)
WARN     := -Wall -Wextra $(WERROR) -Wshadow -Wvla -Wformat=2 -Wno-missing-field-initializers
WARN_C   := -Wstrict-prototypes -Wmissing-prototypes -Wno-override-init
OUR_CPPFLAGS := -D_GNU_SOURCE -I. -DVERSION='"$(VERSION)"' -DPLUGIN_DIR='"$(plugindir)"' -DLOCALE_DIR='"$(localedir)"' $(fortify)
HARDEN   := -fstack-protector-strong -fPIC
ALL_CPPFLAGS = $(OUR_CPPFLAGS) $(ROOM_CPPFLAGS) $(CPPFLAGS)
ALL_CFLAGS   = -std=gnu17 $(WARN) $(WARN_C) $(HARDEN) $(SAN) $(CFLAGS)
ALL_CXXFLAGS = -std=c++17 -Wall -Wextra $(WERROR) $(HARDEN) $(SAN) $(CXXFLAGS)
# Names are looked for in the libraries in their order, and nearly all are of libc. ASan wants to be first.
LIBC_FIRST   = $(if $(SAN),,-lc)
ALL_LDFLAGS  = -Wl,-z,relro,-z,now $(LIBC_FIRST) -Wl,--as-needed $(SAN) $(LDFLAGS)

LIBS := -ljansson -lexpat -ldl

# Programs: the file with main() is left out of its room's library.
MAINS := repair/main.c installer/main.c monitor/main.c
PROGRAMS := $(BUILD)/secep-repair $(BUILD)/secep-installer $(BUILD)/secep-monitord

# What a room.mk says: plug-ins by name, each with the sources beside ROOM/plugin_NAME.c, the rooms'
# libraries and the libraries it is linked with.
ROOM_LIBS := $(foreach r,$(ROOMS),$(BUILD)/$(r).a)
PLUGIN_NAMES :=
TEST_PROGRAMS :=
include $(sort $(wildcard */room.mk))

NOT_IN_ROOM = $(foreach p,$(PLUGIN_NAMES),$(plugin_$(p)_sources))
room_sources = $(filter-out $(MAINS) $(NOT_IN_ROOM),$(wildcard $(1)/*.c))
room_objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(call room_sources,$(1)))

define room_rule
$(BUILD)/$(1).a: $(call room_objects,$(1))
	$(Q)rm -f $$@; mkdir -p $$(@D); ar rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(ALL_CPPFLAGS) $(CFLAGS_$(firstword $(subst /, ,$<))) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: %.cc
	@mkdir -p $(@D)
	@echo "  CXX  $<"
	$(Q)$(CXX) $(ALL_CPPFLAGS) $(ALL_CXXFLAGS) -MMD -MP -c -o $@ $<

# Two words of the command line stand in these: make install with another prefix than make has to
# give programs that look for their plug-ins where they are laid.
$(BUILD)/words: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION) $(plugindir) $(localedir)' | cmp -s - $@ || echo '$(VERSION) $(plugindir) $(localedir)' >$@
$(patsubst %.c,$(BUILD)/obj/%.o,lib/plugin.c lib/runlog.c lib/i18n.c repair/report_json.c monitor/store.c monitor/snapshot.c $(MAINS)): $(BUILD)/words
.PHONY: FORCE
FORCE:

# The rooms once, higher ones first: a call against the order does not link.
LINK_ROOMS = $(ROOM_LIBS) $(LIBS)

define program_rule
$(1): $(BUILD)/obj/$(2).o $(ROOM_LIBS)
	@echo "  LD   $$@"
	$(Q)$(CC) $$(ALL_LDFLAGS) -o $$@ $(BUILD)/obj/$(2).o $$(LINK_ROOMS)
endef
$(eval $(call program_rule,$(BUILD)/secep-repair,repair/main))
$(eval $(call program_rule,$(BUILD)/secep-installer,installer/main))
$(eval $(call program_rule,$(BUILD)/secep-monitord,monitor/main))

PLUGINS := $(foreach p,$(PLUGIN_NAMES),$(BUILD)/plugins/secep-$(p).so)
plugin_objects = $(patsubst %,$(BUILD)/obj/%.o,$(basename $(plugin_$(1)_sources)))
define plugin_rule
$(BUILD)/plugins/secep-$(1).so: $(call plugin_objects,$(1)) $(foreach r,$(plugin_$(1)_rooms),$(BUILD)/$(r).a)
	@mkdir -p $$(@D)
	@echo "  LD   $$@"
	$(Q)$(if $(filter %.cc,$(plugin_$(1)_sources)),$(CXX),$(CC)) -shared $$(ALL_LDFLAGS) -Wl,-Bsymbolic -Wl,-z,defs -Wl,--exclude-libs,ALL -o $$@ $$^ $$(plugin_$(1)_libs)
endef
$(foreach p,$(PLUGIN_NAMES),$(eval $(call plugin_rule,$(p))))

.PHONY: all programs plugins sbom install uninstall dist clean
all: programs plugins
programs: $(PROGRAMS)
plugins: $(PLUGINS)

# What a package lays on disk, a line each: SOURCE DIRECTORY MODE NAME. The CIL text is for hosts that
# run none of our programs. Scripts and units name our programs by /usr/sbin, which is sbindir's place.
sbindir ?= $(prefix)/sbin
mandir  ?= $(prefix)/share/man
datadir ?= $(prefix)/share/secep
# Where systemd, kernel-install and the kernel packages of Debian look, whatever the prefix.
sysconfdir ?= /etc
unitdir    ?= /usr/lib/systemd/system
kerneldir  ?= /usr/lib/kernel/install.d

place = $(foreach f,$(1),$(f)|$(2)|$(3)|$(notdir $(f)))
place_as = $(1)|$(2)|$(3)|$(4)
INSTALLED = \
	$(call place,$(PROGRAMS),$(sbindir),0755) \
	$(call place,$(PLUGINS),$(plugindir),0644) \
	$(call place,selinux/cisco-secure-bpf.cil $(wildcard docs/*.schema.json),$(datadir),0644) \
	$(call place,$(wildcard man/*.5),$(mandir)/man5,0644) \
	$(call place,$(wildcard man/*.7),$(mandir)/man7,0644) \
	$(call place,$(wildcard man/*.8),$(mandir)/man8,0644) \
	$(call place_as,data/hooks/kernel-postinst,$(sysconfdir)/kernel/postinst.d,0755,zz-secep) \
	$(call place_as,data/hooks/kernel-postrm,$(sysconfdir)/kernel/postrm.d,0755,zz-secep) \
	$(call place,data/hooks/90-secep.install,$(kerneldir),0755) \
	$(call place,$(wildcard data/systemd/*.service data/systemd/*.path data/systemd/*.timer),$(unitdir),0644) \
	$(INSTALLED_MORE)

# Of what is linked, from the package database of the system that builds.
SBOM := $(BUILD)/secep.cdx.json
INSTALLED += $(call place,$(SBOM),$(datadir),0644)
$(SBOM): $(PROGRAMS) $(PLUGINS) specs/sbom.sh
	@echo "  SBOM $@"
	$(Q)CC='$(CC)' specs/sbom.sh $(VERSION) $(PROGRAMS) $(PLUGINS) >$@.new && mv $@.new $@
sbom: $(SBOM)

define install_one
	$(Q)install -D -m $(word 3,$(1)) $(word 1,$(1)) $(DESTDIR)$(word 2,$(1))/$(word 4,$(1))
	$(Q)$(if $(filter data/hooks/% data/systemd/%,$(word 1,$(1))),sed -i 's|/usr/sbin/|$(sbindir)/|g' $(DESTDIR)$(word 2,$(1))/$(word 4,$(1)))

endef
install: all sbom
	$(foreach i,$(INSTALLED),$(call install_one,$(subst |, ,$(i))))
# What the operator wrote (sysconfdir/secep), our logs and the account stay.
uninstall:
	$(Q)rm -f $(foreach i,$(INSTALLED),$(DESTDIR)$(word 2,$(subst |, ,$(i)))/$(word 4,$(subst |, ,$(i))))
	$(Q)-rmdir $(DESTDIR)$(plugindir) $(DESTDIR)$(datadir) 2>/dev/null || :

# Of what is committed: two calls give one digest.
dist:
	$(Q)mkdir -p $(BUILD)
	$(Q)git archive --format=tar --prefix=secep-$(VERSION)/ HEAD | gzip -9n >$(BUILD)/secep-$(VERSION).tar.gz
	@echo $(BUILD)/secep-$(VERSION).tar.gz
clean:
	rm -rf $(BUILD)

include tests/tests.mk
-include $(shell find $(BUILD) -path $(BUILD)/cache -prune -o -type f -name '*.d' -print 2>/dev/null)
