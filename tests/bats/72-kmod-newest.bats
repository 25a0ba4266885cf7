#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Trees of others and our own on the newest kernel there is to be had: Debian sid, its headers, its compiler.
# bats file_tags=slow
# shellcheck disable=SC2154,SC2034
load ../lib/roots
load ../lib/module-trees

ROOT_PACKAGES[newest]="linux-headers-amd64 gcc make kmod passwd"

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "no private mount namespace (run make check)"
        root_copy newest sid
        echo "secep-build:x:64711:64711::/nonexistent:/usr/sbin/nologin" >>"$ROOT/etc/passwd"
        R=$(basename "$ROOT"/usr/lib/modules/*)
        T=$BATS_TEST_TMPDIR
}

teardown() {
        root_drop
}

tool() {
        "$BUILD/tests/kmod-tool" "$ROOT" "$R" "$@"
}

# A build that has to fail with -ENOTSUP and words like these, in one line, and is not tried again.
unsuitable() { # DIRECTORY WORDS
        ! tool build look "$1" 2>"$T/e" || false
        cat "$T/e"
        grep "^95: look does not build for kernel $R: .*$2" "$T/e"
        [[ $(wc -l <"$T/e") == 1 ]]
        ! tool build look "$1" 2>"$T/e" || false
        grep "^95: .*$2.*not tried again" "$T/e"
}

@test "a wrapping Makefile and a dkms tree build as they are for the newest kernel" {
        echo "# kernel $R, $(chroot "$ROOT" gcc --version | head -1)" >&3
        [[ ${R%%.*} -ge 7 ]]
        tree_wrapping "$T/src" look
        tool install look "$T/src" | grep ^built
        tool look look | grep -x loadable
        modinfo -F description "$ROOT/lib/modules/$R/updates/secep/look.ko" | grep -x "look-alike (user-built)"
        # shellcheck disable=SC2016 # a dkms.conf's own
        tree_dkms "$T/dkms" kit 'make -j8 -C src KERNEL_DIR=${kernel_source_dir} KIT='"'"'-DKIT_GIVEN -DX'"'"' all'
        tool install kit "$T/dkms" | grep ^built
        tool look kit | grep -x loadable
}

@test "our own modules, and laid out as the vendor's, build for the newest kernel without a warning" {
        local module
        for module in ampfsm ampnetworkflow; do
                tool install "$module"
                tool look "$module" | grep -x loadable
        done
        tree_speaking "$T/theirs" ampfsm
        tool build ampfsm "$T/theirs" | grep ^built
        ! grep -i warning "$ROOT"/var/log/secep/build-*.log || false
}

@test "jprobes, what another kernel removed, a newer compiler: one sentence on the newest kernel, too" {
        tree_jprobes "$T/j" look
        unsuitable "$T/j" "its source uses jprobes, which Linux 4.15 removed: it needs an older kernel"
        tree_wrapping "$T/a" look
        printf '#include <linux/uaccess.h>\nint helper(void) { return access_ok(0, (void *)0, 1); }\n' >"$T/a/common/src/help.c"
        unsuitable "$T/a" "access_ok with three arguments, which Linux 5.0 removed: it needs an older kernel"
        tree_wrapping "$T/c" look
        echo "ccflags-y += -fof-a-compiler-to-come" >>"$T/c/Kbuild"
        unsuitable "$T/c" "it needs a newer compiler than /usr/bin/"
}

@test "the form that the connector compiled before 1.25 cannot read the newest kernel's headers, the later one can" {
        root_connector 1.24.1.1013
        repair --fault 8 --check --kernel "$R"
        is '.faults[0].cause' kernel-lacks
        [[ $(json '.faults[0].why') == *"needs: struct renamedata.old_dir" ]]
        root_connector 1.26.0.1
        repair --fault 8 --check --kernel "$R"
        is '.faults[0].verdict' ok
}
