# SPDX-License-Identifier: GPL-2.0-or-later
# The module sources are embedded in bundle.o.
$(BUILD)/obj/kmod-build/bundle.o: $(wildcard kmod-build/ampfsm/*)

# libkmod behind a plug-in: it draws in three compression libraries and libcrypto.
NOT_IN_ROOM += kmod-build/plugin_kmod.c
PLUGINS += $(BUILD)/plugins/secep-kmod.so
$(BUILD)/plugins/secep-kmod.so: $(BUILD)/obj/kmod-build/plugin_kmod.o $(BUILD)/lib.a
	@mkdir -p $(@D)
	@echo "  LD   $@"
	@$(CC) -shared $(LDFLAGS) -o $@ $^ -lkmod -ljansson

# A command line over the room, for its tests.
TEST_PROGRAMS += $(BUILD)/tests/kmod-tool
$(BUILD)/tests/kmod-tool: $(BUILD)/obj/tests/tools/kmod.o $(foreach r,$(ROOMS),$(BUILD)/$(r).a)
	@mkdir -p $(@D)
	@echo "  LD   $@"
	@$(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS)

# The eBPF plug-in: clang makes the programs, bpftool their skeletons. Where one of them or libbpf is
# missing, or libbpf older than 1.0 (Debian 11), the plug-in says so when it is asked.
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool /usr/bin/bpftool))
CLANG ?= $(firstword $(wildcard /usr/bin/clang /usr/bin/clang-19 /usr/bin/clang-16 /usr/bin/clang-14))
BPF_ARCH := $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(shell uname -m)))
BPF_SKELS := $(patsubst kmod-build/bpf/%.bpf.c,$(BUILD)/bpf/%.skel.h,$(wildcard kmod-build/bpf/*.bpf.c))
HAVE_BPF := $(and $(CLANG),$(BPFTOOL),$(shell $(PKG_CONFIG) --atleast-version=1.0 libbpf && echo yes))
BPF_SOURCES := $(if $(HAVE_BPF),$(filter-out %.bpf.c %/stub.c,$(wildcard kmod-build/bpf/*.c)),kmod-build/bpf/stub.c)

$(BUILD)/bpf/%.bpf.o: kmod-build/bpf/%.bpf.c $(wildcard kmod-build/bpf/*.h kmod-build/ampfsm/record.h)
	@mkdir -p $(@D)
	@echo "  BPF  $<"
	@$(CLANG) -O2 -g -Wall -Wno-unused-variable -target bpf -D__TARGET_ARCH_$(BPF_ARCH) -I. -Ikmod-build/bpf -c -o $@ $<
$(BUILD)/bpf/%.skel.h: $(BUILD)/bpf/%.bpf.o
	@$(BPFTOOL) gen skeleton $< >$@.tmp && mv $@.tmp $@
.PRECIOUS: $(BUILD)/bpf/%.bpf.o $(BUILD)/bpf/%.skel.h

$(BPF_SOURCES:%.c=$(BUILD)/obj/%.o): CPPFLAGS += -I$(BUILD)/bpf
$(BPF_SOURCES:%.c=$(BUILD)/obj/%.o): | $(if $(HAVE_BPF),$(BPF_SKELS))
PLUGINS += $(BUILD)/plugins/secep-bpf.so
$(BUILD)/plugins/secep-bpf.so: $(BPF_SOURCES:%.c=$(BUILD)/obj/%.o) $(BUILD)/kmod-build.a $(BUILD)/lib.a
	@mkdir -p $(@D)
	@echo "  LD   $@"
	@$(CC) -shared $(LDFLAGS) -o $@ $^ $(if $(HAVE_BPF),-lbpf) -ljansson

TEST_PROGRAMS += $(BUILD)/tests/events $(BUILD)/tests/storm
$(BUILD)/tests/events $(BUILD)/tests/storm: $(BUILD)/tests/%: $(BUILD)/obj/tests/tools/%.o $(BUILD)/lib.a
	@mkdir -p $(@D)
	@echo "  LD   $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
