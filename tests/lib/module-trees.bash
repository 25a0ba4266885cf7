# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Source trees of modules as others lay them out; the code is of these tests.
#
#   tree_wrapping DIR NAME    a Makefile around kbuild with TARGET_KERNEL_VERSION and an include folder
#   tree_dkms DIR NAME MAKE   a dkms.conf with the MAKE line given ("": none), sources in src/
#   tree_speaking DIR NAME    as tree_wrapping, of our file monitor's sources: it tells of events
#   tree_jprobes DIR NAME     as tree_wrapping, using what Linux 4.15 removed

module_source() { # NAME HEADER: the text of a module that needs HEADER
        printf '#include <linux/module.h>\n#include "%s"\n' "$2"
        printf '%s\n' 'MODULE_LICENSE("GPL");' \
                'MODULE_DESCRIPTION("look-alike" SUFFIX);' \
                'static int __init begin(void) { return helper(); }' \
                'static void __exit end(void) {}' 'module_init(begin);' 'module_exit(end);'
}

tree_wrapping() {
        mkdir -p "$1"/common/{include,src} "$1"/test_client
        cat >"$1/Makefile" <<'X'
TARGET_KERNEL_VERSION ?= $(shell uname -r)
KERNEL_BUILD_DIR := /lib/modules/$(TARGET_KERNEL_VERSION)/build
override EXTRA_CFLAGS += -I$(PWD)/common/include

all:
	$(MAKE) -C $(KERNEL_BUILD_DIR) M=$(PWD) EXTRA_CFLAGS="$(EXTRA_CFLAGS)" modules
clean:
	$(MAKE) -C $(KERNEL_BUILD_DIR) M=$(PWD) clean
.PHONY: all clean
X
        printf 'obj-m := %s.o\n%s-y := main.o common/src/help.o\n' "$2" "$2" >"$1/Kbuild"
        cat >"$1/common/include/kit.h" <<'X'
#ifdef KIT_OFFICIAL
#define SUFFIX ""
#else
#define SUFFIX " (user-built)"
#endif
int helper(void);
X
        printf '#include "kit.h"\nint helper(void) { return 0; }\n' >"$1/common/src/help.c"
        printf 'all:\n\tfalse\n' >"$1/test_client/Makefile"
        module_source "$2" kit.h >"$1/main.c"
}

# One file in a sub-folder needs the include folder, as theirs do.
tree_speaking() {
        local from=${BASH_SOURCE[0]%/*}/../../kmod-build/ampfsm
        tree_wrapping "$1" "$2"
        rm "$1/main.c" "$1/common/src/help.c"
        cp "$from"/*.h "$1/"
        cp "$from/file.c" "$1/main.c"
        printf 'obj-m := %s.o\n%s-y := main.o common/src/kit.o\n' "$2" "$2" >"$1/Kbuild"
        printf '#include "kit.h"\nint helper(void) { return 0; }\n' >"$1/common/src/kit.c"
        sed -i 's/^MODULE_DESCRIPTION.*/#include "kit.h"\nMODULE_DESCRIPTION("look-alike file monitor" SUFFIX);/' "$1/main.c"
}

tree_dkms() {
        mkdir -p "$1/src"
        printf 'PACKAGE_NAME="%s"\nPACKAGE_VERSION="1.0"\nBUILT_MODULE_NAME[0]="%s"\n' "$2" "$2" >"$1/dkms.conf"
        [[ -z $3 ]] || printf 'MAKE[0]="%s"\n' "$3" >>"$1/dkms.conf"
        # KIT comes from the MAKE line alone
        printf 'obj-m := %s.o\nccflags-y += $(KIT)\n' "$2" >"$1/src/Kbuild"
        printf '%s\n' 'all:' '	$(MAKE) -C $(KERNEL_DIR) M=$(CURDIR) modules' >"$1/src/Makefile"
        printf '#ifndef KIT_GIVEN\n#error no variable\n#endif\n#define SUFFIX ""\nstatic int helper(void) { return 0; }\n' >"$1/src/kit.h"
        module_source "$2" kit.h >"$1/src/$2.c"
}

tree_jprobes() {
        tree_wrapping "$1" "$2"
        printf '%s\n' '#include <linux/kprobes.h>' \
                'static int seen(void) { jprobe_return(); return 0; }' \
                'static struct jprobe watch = { .entry = seen, .kp.symbol_name = "vfs_read" };' \
                'int helper(void) { return register_jprobe(&watch); }' >"$1/common/src/help.c"
}
