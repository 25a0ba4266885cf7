#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Asked to stop in the middle of apt, dnf and libsemanage: the transaction is not cut, the signal is answered
# within a second while it stands still, nothing is begun after it, and the plain re-run ends well.
# SECEP_SIGNAL_POINTS=20 asks at so many turns of each instead of two, and holds the times to a second.
# bats file_tags=slow
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/packages
load ../lib/rpms
load ../lib/selinux

SIGNALS=(INT TERM HUP QUIT)

setup() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "no private mount namespace (run make check)"
}

teardown() { root_drop; }

# Runs fault FAULT with SIGNAL at turn K: $status, the text in $stderr_text.
signalled() { # SIGNAL K FAULT
        "$STEP" -a -c -s "$1" -o "$COPY/turns" -x fsync -x mount "$2" "$BUILD/secep-repair" --root "$ROOT" "${ARGS[@]}" --fault "$3" --json \
                >"$COPY/out" 2>"$COPY/err" && status=0 || status=$?
        stderr_text=$(<"$COPY/err") output=$(<"$COPY/out")
}

# The turns of a repair of fault FAULT between its first intent and its end record; in COPY/turns.
turns_of() { # FAULT
        "$STEP" -a -c -o "$COPY/turns" -x fsync -x mount 0 "$BUILD/secep-repair" --root "$ROOT" "${ARGS[@]}" --fault "$1" >/dev/null 2>&1
        local from
        from=$(grep -m 2 "before write .*/runs/" "$COPY/turns" | tail -1 | cut -d' ' -f1)
        echo "$from $(grep "before write .*/runs/" "$COPY/turns" | tail -2 | head -1 | cut -d' ' -f1)"
}

# fault FAULT asked to stop at POINTS turns, each on a fresh root by MAKE; WHOLE says whether what it writes is whole.
at_many_points() { # FAULT MAKE WHOLE
        local fault=$1 make=$2 whole=$3 points=${SECEP_SIGNAL_POINTS:-2} first last i k ended took name
        $make
        read -r first last < <(turns_of "$fault")
        root_drop
        ((last > first))
        for ((i = 0; i < points; i++)); do
                k=$((first + 1 + (last - first - 1) * (2 * i + 1) / (2 * points)))
                name=${SIGNALS[(i + ${BATS_TEST_NUMBER:-0}) % 4]}
                $make
                cp "$ROOT/etc/login.defs" "$COPY/login.defs"
                signalled "$name" "$k" "$fault"
                ended=${EPOCHREALTIME/./}
                echo "# fault $fault, turn $k of $first..$last, $name: status $status, $(tail -1 "$COPY/turns")" >&3
                [[ $stderr_text == *"stops after this "* ]] || { echo "not answered: $stderr_text"; return 1; }
                ! grep -qx silent "$COPY/turns" || { echo "silent while the step stood still"; return 1; }
                took=$(sed -n 's/^answered \([0-9]*\) ms$/\1/p' "$COPY/turns")
                ((${took:-0} < (SECEP_SIGNAL_POINTS ? 1000 : 30000)))
                # whole by its own word: not told as repaired, and as documented
                [[ $status == 1 || $status == 3 ]] || { echo "status $status: $output"; return 1; }
                [[ $(jq -r .exit "$COPY/out") == "$status" ]]
                # it ended soon after the step that was under way
                ended=$((ended - $(stat -c %.6Y "$ROOT"/var/lib/secep/runs/*.jsonl | tr -d . | sort -n | tail -1)))
                ((ended < (SECEP_SIGNAL_POINTS ? 1000000 : 60000000))) || { echo "ended $ended us after its last record"; return 1; }
                cmp "$ROOT/etc/login.defs" "$COPY/login.defs"
                $whole
                repair "${ARGS[@]}" --fault "$fault"
                exited 0
                is '.faults[0].verdict' ok
                root_drop
        done
}

apt_make() {
        root_copy small
        root_connector 1.24.1.1013
        RELEASE=9.9.9-1-amd64
        repo_with_headers >&2
        ARGS=(--kernel "$RELEASE")
}

# Half-installed packages and a journal are what a cut transaction leaves.
apt_whole() {
        [[ -z $(chroot "$ROOT" dpkg --audit) && -z $(ls -A "$ROOT/var/lib/dpkg/updates") ]]
}

dnf_make() {
        rpm_root
        root_connector 1.24.1.1013
        RELEASE=5.14.0-427.13.1.el9_4.x86_64
        printf '%%files\n/usr/share/secep-test-dep\n' >"$COPY/spec.in"
        rpm_make "$ROOT/srv/repo" secep-test-dep 1 1 'd=%{buildroot}/usr/share/secep-test-dep
mkdir -p $d; for f in 1 2 3 4 5 6; do echo $f >$d/$f; done'
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel "Requires: secep-test-dep"
        rpm_index
        ARGS=(--kernel "$RELEASE")
}

dnf_whole() {
        [[ $(snapshot_rpms | sort | uniq -d | wc -l) == 0 ]]
}

selinux_root() {
        selinux_copy trimmed
        ARGS=()
}

selinux_whole() {
        [[ -d $ROOT/$STORE/active && ! -e $ROOT/$STORE/tmp ]]
}

@test "in the middle of apt" {
        at_many_points 11 apt_make apt_whole
}

@test "in the middle of dnf" {
        at_many_points 11 dnf_make dnf_whole
}

@test "in the middle of libsemanage" {
        at_many_points 19 selinux_root selinux_whole
}
