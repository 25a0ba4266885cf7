# SPDX-License-Identifier: GPL-2.0-or-later
# One library a room; a room.mk in a room says what is special about it (a plug-in, embedded data).
# Variables a builder may set: CC CXX CFLAGS LDFLAGS WERROR SAN BUILD prefix plugindir DESTDIR.
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
VERSION := 0.1.0
BUILD   ?= build
prefix    ?= /usr
plugindir ?= $(prefix)/lib/secep
WERROR  ?= -Werror
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
CXX     := $(if $(filter default,$(origin CXX)),g++,$(CXX))
PKG_CONFIG ?= pkg-config

# Lower rooms last: the link order, and the only direction a call may take.
ROOMS := installer repair faults connector accounts packages selinux kmod-build lib

WARN     := -Wall -Wextra $(WERROR) -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wno-override-init -Wno-missing-field-initializers
CPPFLAGS := -D_GNU_SOURCE -I. -DVERSION='"$(VERSION)"' -DPLUGIN_DIR='"$(plugindir)"' $(CPPFLAGS)
CFLAGS   ?= -O2 -g
HARDEN   := $(if $(SAN),,-D_FORTIFY_SOURCE=2) -fstack-protector-strong -fPIC
override CFLAGS += -std=gnu17 $(WARN) $(HARDEN) $(SAN)
CXXFLAGS ?= -O2 -g
override CXXFLAGS += -std=c++17 -Wall -Wextra $(WERROR) $(HARDEN) $(SAN)
override LDFLAGS += -Wl,-z,relro,-z,now -Wl,--as-needed $(SAN)

LIBS := -ljansson -lexpat -ldl

# Programs: the file with main() is left out of its room's library.
MAINS := repair/main.c installer/main.c
PROGRAMS := $(BUILD)/secep-repair $(BUILD)/secep-installer

# A room's sources; room.mk may filter (NOT_IN_ROOM: plug-in sources, built apart).
NOT_IN_ROOM :=
PLUGINS :=
TEST_PROGRAMS :=
include $(sort $(wildcard */room.mk))

room_sources = $(filter-out $(MAINS) $(NOT_IN_ROOM),$(wildcard $(1)/*.c))
room_objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(call room_sources,$(1))) $(EXTRA_OBJECTS_$(1))
ROOM_LIBS := $(foreach r,$(ROOMS),$(BUILD)/$(r).a)

define room_rule
$(BUILD)/$(1).a: $(call room_objects,$(1))
	@rm -f $$@; mkdir -p $$(@D); ar rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(CFLAGS_$(firstword $(subst /, ,$<))) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: %.cc
	@mkdir -p $(@D)
	@echo "  CXX  $<"
	@$(CXX) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<

# Two words of the command line stand in these: make install with another prefix than make has to
# give programs that look for their plug-ins where they are laid.
$(BUILD)/words: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION) $(plugindir)' | cmp -s - $@ || echo '$(VERSION) $(plugindir)' >$@
$(patsubst %.c,$(BUILD)/obj/%.o,lib/plugin.c lib/runlog.c $(MAINS)): $(BUILD)/words
.PHONY: FORCE
FORCE:

LINK_ROOMS = -Wl,--start-group $(ROOM_LIBS) -Wl,--end-group $(LIBS)

define program_rule
$(1): $(BUILD)/obj/$(2).o $(ROOM_LIBS)
	@echo "  LD   $$@"
	@$(CC) $(LDFLAGS) -o $$@ $(BUILD)/obj/$(2).o $$(LINK_ROOMS)
endef
$(eval $(call program_rule,$(BUILD)/secep-repair,repair/main))
$(eval $(call program_rule,$(BUILD)/secep-installer,installer/main))

.PHONY: all programs plugins install clean
all: programs plugins
programs: $(PROGRAMS)
plugins: $(PLUGINS)

# What a package lays on disk. The CIL text is for hosts that run none of our programs.
sbindir ?= $(prefix)/sbin
mandir  ?= $(prefix)/share/man
datadir ?= $(prefix)/share/secep
# Where systemd, kernel-install and the kernel packages of Debian look, whatever the prefix.
sysconfdir ?= /etc
unitdir    ?= /usr/lib/systemd/system
kerneldir  ?= /usr/lib/kernel/install.d
define install_script
	sed 's,/usr/sbin/,$(sbindir)/,g' $(1) >$(DESTDIR)$(2)
	chmod $(3) $(DESTDIR)$(2)

endef
install: all
	install -d $(addprefix $(DESTDIR),$(sbindir) $(plugindir) $(datadir) $(mandir)/man5 $(mandir)/man8)
	install -d $(addprefix $(DESTDIR),$(sysconfdir)/kernel/postinst.d $(sysconfdir)/kernel/postrm.d $(kerneldir) $(unitdir)/multi-user.target.wants)
	$(call install_script,data/hooks/kernel-postinst,$(sysconfdir)/kernel/postinst.d/zz-secep,0755)
	$(call install_script,data/hooks/kernel-postrm,$(sysconfdir)/kernel/postrm.d/zz-secep,0755)
	$(call install_script,data/hooks/90-secep.install,$(kerneldir)/90-secep.install,0755)
	$(call install_script,data/systemd/secep-repair-pending.service,$(unitdir)/secep-repair-pending.service,0644)
	install -m 0644 data/systemd/secep-repair-pending.path $(DESTDIR)$(unitdir)
	ln -sf ../secep-repair-pending.path $(DESTDIR)$(unitdir)/multi-user.target.wants/
	install -m 0755 $(PROGRAMS) $(DESTDIR)$(sbindir)
	install -m 0644 $(PLUGINS) $(DESTDIR)$(plugindir)
	install -m 0644 selinux/cisco-secure-bpf.cil $(wildcard docs/*.schema.json) $(DESTDIR)$(datadir)
	install -m 0644 $(wildcard man/*.5) $(DESTDIR)$(mandir)/man5
	install -m 0644 $(wildcard man/*.8) $(DESTDIR)$(mandir)/man8
clean:
	rm -rf $(BUILD)

include tests/tests.mk
-include $(shell find $(BUILD) -path $(BUILD)/cache -prune -o -type f -name '*.d' -print 2>/dev/null)
