#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Trees of others: wrapping Makefiles, dkms, sources that do not suit.
# bats file_tags=slow
# What runs inside is in single quotes.
# shellcheck disable=SC2016
load ../lib/kmod_build

wraps_for() {
        kernel_headers "$1"
        export KERNEL_RELEASE KERNEL_ROOT
        run inside '
                . tests/lib/module-trees.bash
                tree_wrapping "$T/src" look
                tool install look "$T/src" | grep ^built
                tool look look | grep -x loadable
                modinfo -F description "$installed/look.ko" | grep -x "look-alike (user-built)"
                tree_dkms "$T/dkms" kit "make -j8 -C src KERNEL_DIR=\${kernel_source_dir} KIT='"'"'-DKIT_GIVEN -DX'"'"' all"
                tool install kit "$T/dkms" | grep ^built
                tool look kit | grep -x loadable'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "a wrapping Makefile and a dkms tree build as they are for kernel 5.10" { wraps_for 5.10; }
@test "a wrapping Makefile and a dkms tree build as they are for kernel 6.1" { wraps_for 6.1; }
@test "a wrapping Makefile and a dkms tree build as they are for kernel 6.12" { wraps_for 6.12; }

@test "a MAKE line that is more than a call of make is read, never run" {
        run inside '
                . tests/lib/module-trees.bash
                i=0
                for line in "make; touch /tmp/secep/ran" "make \$(touch /tmp/secep/ran)" "sh build.sh" \
                        "make > x" "make && ./configure" "make KDIR=\$elsewhere" "make M=\$dkms_tree/other/1/build"; do
                        i=$((i + 1))
                        tree_dkms "$T/d$i" kit "$line"
                        refuse tool build kit "$T/d$i" 2>"$T/e"
                        grep "^95: dkms.conf has a MAKE line that is more than one call of make" "$T/e"
                done
                tree_dkms "$T/pre" kit make
                echo "PRE_BUILD=configure.sh" >>"$T/pre/dkms.conf"
                refuse tool build kit "$T/pre" 2>"$T/e"; grep "^95: dkms.conf has a PRE_BUILD line" "$T/e"
                # nothing was built or remembered
                [[ -z $(ls "$state" 2>/dev/null) ]]'
        echo "$output"
        [ "$status" -eq 0 ]
}

says_so_for() {
        kernel_headers "$1"
        export KERNEL_RELEASE KERNEL_ROOT
        run inside '
                . tests/lib/module-trees.bash
                # in one line that tells it all
                says() { refuse tool build look "$1" 2>"$T/e"; cat "$T/e"; grep "^95: look does not build for kernel $KERNEL_RELEASE: .*$2" "$T/e"; [[ $(wc -l <"$T/e") == 1 ]]; }
                tree_jprobes "$T/j" look
                says "$T/j" "its source uses jprobes, which Linux 4.15 removed: it needs an older kernel"
                refuse tool build look "$T/j" 2>"$T/e"; grep "^95: .*jprobes.*not tried again" "$T/e"
                tree_wrapping "$T/a" look
                printf "#include <linux/uaccess.h>\nint helper(void) { return access_ok(0, (void *)0, 1); }\n" >"$T/a/common/src/help.c"
                says "$T/a" "access_ok with three arguments, which Linux 5.0 removed: it needs an older kernel"
                tree_wrapping "$T/c" look
                echo "ccflags-y += -fof-a-compiler-to-come" >>"$T/c/Kbuild"
                says "$T/c" "it needs a newer compiler than /usr/bin/"'
        echo "$output"
        [ "$status" -eq 0 ]
}

@test "jprobes, what another kernel removed, a newer compiler: one sentence on kernel 5.10" { says_so_for 5.10; }
@test "jprobes, what another kernel removed, a newer compiler: one sentence on kernel 6.1" { says_so_for 6.1; }
@test "jprobes, what another kernel removed, a newer compiler: one sentence on kernel 6.12" { says_so_for 6.12; }

@test "a plain mistake in a source that wraps jprobes for old kernels is none of these" {
        run inside '
                . tests/lib/module-trees.bash
                tree_wrapping "$T/m" look
                printf "#if 0\nstruct jprobe j;\n#endif\nint helper(void) { return y; }\n" >"$T/m/common/src/help.c"
                refuse tool build look "$T/m" 2>"$T/e"; grep "^74: .*error: .y. undeclared" "$T/e"'
        echo "$output"
        [ "$status" -eq 0 ]
}
