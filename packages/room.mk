# SPDX-License-Identifier: GPL-2.0-or-later
# secep-apt.so: built where libapt-pkg's headers are; without it a dpkg root is checked, not repaired.
HAVE_APT := $(shell $(PKG_CONFIG) --exists apt-pkg && echo yes)
ifeq ($(HAVE_APT),yes)
PLUGINS += $(BUILD)/plugins/secep-apt.so
endif
APT_OBJECTS := $(patsubst %.cc,$(BUILD)/obj/%.o,$(wildcard packages/*.cc))

$(BUILD)/plugins/secep-apt.so: $(APT_OBJECTS) $(BUILD)/packages.a $(BUILD)/lib.a
	@mkdir -p $(@D)
	@echo "  LD   $@"
	@$(CXX) $(LDFLAGS) -shared -Wl,-z,defs -Wl,--exclude-libs,ALL -o $@ $^ $$($(PKG_CONFIG) --libs apt-pkg) -ljansson -ldl

$(BUILD)/obj/packages/compat.o: data/kernel-compat.conf

# secep-rpm.so, likewise.
NOT_IN_ROOM += $(wildcard packages/rpm*.c)
HAVE_RPM := $(shell $(PKG_CONFIG) --exists rpm && echo yes)
ifeq ($(HAVE_RPM),yes)
PLUGINS += $(BUILD)/plugins/secep-rpm.so
endif
RPM_OBJECTS := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard packages/rpm*.c))

$(BUILD)/plugins/secep-rpm.so: $(RPM_OBJECTS) $(BUILD)/packages.a $(BUILD)/lib.a
	@mkdir -p $(@D)
	@echo "  LD   $@"
	@$(CC) $(LDFLAGS) -shared -Wl,-z,defs -Wl,--exclude-libs,ALL -o $@ $^ $$($(PKG_CONFIG) --libs rpm) -ljansson -lexpat -ldl
