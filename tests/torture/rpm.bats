#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bats/62-kill.bats of fault 11 on rpm roots: dnf, dnf 5 and zypper while they install headers, and librpm
# while it removes them, killed at renames and links of theirs, at ours and at each process's start and end, of
# which SECEP_POINTS are drawn (lib/killing.bash). rpm's database is whole after the plain re-run.

load ../lib/headers_rpm
load ../lib/failing
load ../lib/killing

setup() {
        [[ $(uname -m) == x86_64 ]] || skip "this machine is no x86_64, and tests/step kills there only"
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks a mount namespace of its own (run by make torture-kills)"
        # shellcheck disable=SC2034 # of lib/killing.bash: not the run's own syncs, and mounts of a namespace that dies with it
        KILLS=(-a -c -x "before fsync" -x mount -x "birth of")
}

teardown() { root_drop; }

# What $ROOT has is the layer below each copy.
layer() { # BASE [SUITE]
        # shellcheck disable=SC2034 # of lib/failing.bash
        ARGS=(--kernel "$RELEASE")
        touch "$ROOT/usr/src/kept" # rpm takes an empty folder that a package brought with it
        # zypper's reader of a database that has no package left ends with "no error", and 1
        rpm_host_libraries "$ROOT/srv"
        chroot "$ROOT" rpm -i /srv/host-libraries-1-1.x86_64.rpm
        root_connector 1.24.1.1013
        root_keep_layer "$BATS_TEST_TMPDIR"
        LAYER=$BATS_TEST_TMPDIR/upper:$(root_base "$@")
}

root_11() { root_copy_of "$LAYER"; }

# What rpm was about to unpack when it was killed stays as NAME;SECOND, with its folder: rpm never looks there again.
state_11() {
        snapshot_rpms
        (cd "$ROOT" && find usr/src usr/lib/modules usr/share/secep-test-dep opt \( ! -type d ! -name '*;[0-9a-f]*' -o -type d -empty \) \
                -printf '%p %y %m %U:%G %l\n' 2>/dev/null | sort) || true
}

# In the same second it could not unpack again: it opens that name as a new one.
another_second() {
        local now=$EPOCHSECONDS
        while ((EPOCHSECONDS == now)); do sleep 0.05; done
}

lost_11() {
        another_second
        [[ -e $ROOT/opt/cisco/amp/bin/ampdaemon ]] || echo "the connector is lost"
}

# rpm killed after the last file and before its database has the package: the headers are whole, and nobody's. Its own
# install command makes them a package's, which rpm can take away.
orphans_11() {
        ! chroot "$ROOT" rpm -q "$PACKAGE" >/dev/null || return 0
        echo "#   $turn: headers that rpm does not know" >&3
        another_second
        chroot "$ROOT" "${INSTALL[@]}" "$PACKAGE" >"$COPY/installed" 2>&1 || true # a plug-in of dnf 5 wants createrepo_c
        chroot "$ROOT" rpm -e "$PACKAGE" secep-test-dep >>"$COPY/installed" 2>&1 || say_wrong "${INSTALL[*]} $PACKAGE: $(cat "$COPY/installed")"
}

broken_11() {
        chroot "$ROOT" rpm -Va --nodeps 2>&1 || true
        snapshot_rpms | sed 's/-[^-]*-[^-]*$//' | uniq -d | sed 's/$/ is installed twice/'
}

@test "dnf: killed while it installs headers, and at the undo of that" {
        rpm_root
        PACKAGE=kernel-devel INSTALL=(dnf -qy install)
        repo_with_devel "Requires: secep-test-dep"
        layer dnf
        each_kill repair_killed 11
        each_kill undo_killed 11
}

@test "dnf 5: killed while it installs headers, and at the undo of that" {
        rpm6_root
        PACKAGE=kernel-devel INSTALL=(dnf -qy install)
        repo_with_devel "Requires: secep-test-dep"
        layer dnf5 sid
        each_kill repair_killed 11
        each_kill undo_killed 11
}

@test "zypper: killed while it installs headers, and at the undo of that" {
        rpm_root
        zypper_root
        PACKAGE=kernel-default-devel INSTALL=(zypper -nq install)
        rpm_dep "$ROOT/srv/repo"
        suse_headers "$ROOT/srv/repo" 150500.55.73.1
        rpm_index
        layer dnf
        each_kill repair_killed 11
        each_kill undo_killed 11
}
