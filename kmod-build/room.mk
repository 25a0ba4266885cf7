# SPDX-License-Identifier: GPL-2.0-or-later
# The module sources are embedded in bundle.o.
$(BUILD)/obj/kmod-build/bundle.o: $(wildcard kmod-build/ampfsm/*)

# libkmod behind a plug-in: it draws in three compression libraries and libcrypto.
PLUGIN_NAMES += kmod
plugin_kmod_sources := kmod-build/plugin_kmod.c
plugin_kmod_rooms := lib
plugin_kmod_libs := -lkmod -ljansson

# A command line over the room, for its tests.
TEST_PROGRAMS += $(BUILD)/tests/kmod-tool
$(BUILD)/tests/kmod-tool: $(BUILD)/obj/tests/tools/kmod.o $(ROOM_LIBS)
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(LINK_ROOMS)

# The eBPF plug-in: clang makes the programs, bpftool their skeletons. Where one of them or libbpf is
# missing, or libbpf older than 1.0 (Debian 11), the plug-in says so when it is asked.
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool /usr/bin/bpftool))
CLANG ?= $(firstword $(wildcard /usr/bin/clang /usr/bin/clang-19 /usr/bin/clang-16 /usr/bin/clang-14))
BPF_ARCH := $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(shell uname -m)))
BPF_SKELS := $(patsubst kmod-build/bpf/%.bpf.c,$(BUILD)/bpf/%.skel.h,$(wildcard kmod-build/bpf/*.bpf.c))
HAVE_BPF := $(and $(CLANG),$(BPFTOOL),$(shell $(PKG_CONFIG) --atleast-version=1.0 libbpf && echo yes))
BPF_SOURCES := $(if $(HAVE_BPF),$(filter-out %.bpf.c %_stub.c,$(wildcard kmod-build/bpf/*.c)),kmod-build/bpf/plugin_bpf_stub.c)

$(BUILD)/bpf/%.bpf.o: kmod-build/bpf/%.bpf.c $(wildcard kmod-build/bpf/*.h kmod-build/ampfsm/record.h)
	@mkdir -p $(@D)
	@echo "  BPF  $<"
	$(Q)$(CLANG) -O2 -g -Wall -Wno-unused-variable -target bpf -D__TARGET_ARCH_$(BPF_ARCH) -fdebug-prefix-map=$(CURDIR)=. -I. -Ikmod-build/bpf -c -o $@ $<
$(BUILD)/bpf/%.skel.h: $(BUILD)/bpf/%.bpf.o
	$(Q)$(BPFTOOL) gen skeleton $< >$@.tmp && mv $@.tmp $@
.PRECIOUS: $(BUILD)/bpf/%.bpf.o $(BUILD)/bpf/%.skel.h

PLUGIN_NAMES += bpf
plugin_bpf_sources := $(BPF_SOURCES)
plugin_bpf_rooms := kmod-build lib
plugin_bpf_libs := $(if $(HAVE_BPF),-lbpf) -ljansson
$(BPF_SOURCES:%.c=$(BUILD)/obj/%.o): ROOM_CPPFLAGS += -I$(BUILD)/bpf
$(BPF_SOURCES:%.c=$(BUILD)/obj/%.o): | $(if $(HAVE_BPF),$(BPF_SKELS))

TEST_PROGRAMS += $(BUILD)/tests/events $(BUILD)/tests/storm
$(BUILD)/tests/events $(BUILD)/tests/storm: $(BUILD)/tests/%: $(BUILD)/obj/tests/tools/%.o $(BUILD)/lib.a
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# The protocol's client needs libmnl; without it the guests say so.
ifeq ($(shell $(PKG_CONFIG) --exists libmnl && echo yes),yes)
TEST_PROGRAMS += $(BUILD)/tests/netlink
$(BUILD)/tests/netlink: $(patsubst %,$(BUILD)/obj/tests/tools/%.o,netlink netlink_socket netlink_fuzz netlink_nke netlink_traffic) $(BUILD)/lib.a
	@mkdir -p $(@D)
	@echo "  LD   $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lmnl $(LIBS)
endif
