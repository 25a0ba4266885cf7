#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# K14, a bounded reader of what has no bounds: one time limit for a check and a proof, and a copy that
# looks for room first.
load ../lib/roots

setup() {
        root_tiny
        root_connector
        CVD=$ROOT/opt/cisco/amp/clamav
        mkdir "$CVD"
        printf '\x7fELF' >"$ROOT/opt/cisco/amp/bin/ampscansvc"
        chmod 0755 "$ROOT/opt/cisco/amp/bin/ampscansvc"
}

teardown() {
        root_drop
}

# FILE SIZE: a whole header, and nothing but a hole behind it.
sparse() {
        printf '%-512s' "ClamAV-VDB:28 Nov 2026 00-00 +0000:1:1:90:dd70f11b3a001e90a9774c346040db92:x:t:1795824000" >"$CVD/$1"
        truncate -s "$2" "$CVD/$1"
}

# What a machine sums of them in the two seconds is told as bad; the last one never is, and stays.
@test "sums of 6 GiB under --timeout 1: could not tell, in each mode that proves" {
        local i mode untold="its MD5 was not computed within the time limit"
        for i in 1 2 3 4 5 6; do sparse "$i.cvd" 1G; done
        for mode in "--check --prove" --plan ""; do
                # shellcheck disable=SC2086
                repair --fault 7 --timeout 1 $mode
                if [[ $(json '.faults[0].verdict') == could-not-tell ]]; then
                        exited 3
                        [[ $(json '.faults[0].why') == *"$untold" ]]
                else
                        exited 1
                        [[ $(json '.faults[0].cause') == signatures-invalid ]]
                        [[ $(json '.faults[0].why') == */[1-5].cvd:* ]]
                fi
                [[ -e $CVD/6.cvd ]]
        done
}

# TIME: what the run logs say of when their runs began.
begun() {
        sed -i '1s/"time":[0-9]*/"time":'"$1/" "$ROOT"/var/lib/secep/runs/*.jsonl
        head -qn 1 "$ROOT"/var/lib/secep/runs/*.jsonl | grep -q "\"time\":$1"
}

# Bad all along, and seen by the second run alone: none that came back.
@test "the bad file a first run did not get to is moved by the next; one that comes back is not" {
        sparse 1.cvd 1M
        repair --fault 7
        exited 0
        [[ ! -e $CVD/1.cvd ]]
        sparse 2.cvd 1M
        begun $(($(date +%s) + 5)) # as if it had been there before that run
        repair --fault 7 --check --prove
        is '.faults[0].cause' signatures-invalid
        begun $(($(date +%s) - 5))
        repair --fault 7 --check --prove
        is '.faults[0].cause' signatures-recurring
}

@test "a file of usual size is summed whatever --timeout says" {
        sparse main.cvd 40M
        repair --fault 7 --timeout 1 --check --prove
        is '.faults[0].cause' signatures-invalid
}

@test "fault 5 sums no signature file to learn where they are" {
        local i
        healthy_account
        for i in 1 2 3 4 5 6; do sparse "$i.cvd" 256G; done
        command -v strace >/dev/null || skip "this machine lacks strace"
        strace -f -qq -e trace=pread64,read -P "$CVD/1.cvd" -o "$COPY/trace" \
                "$BUILD/secep-repair" --root "$ROOT" --fault 5 --check --prove >/dev/null
        [[ $(wc -l <"$COPY/trace") -le 2 ]]
}

@test "a file of 1.2 GiB is not copied to where it does not fit, and nothing of it stays" {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks private mounts (run by make check-all)"
        sparse big.cvd 1200M
        mkdir -p "$ROOT/var/lib/secep"
        mount -t tmpfs -o size=20m,mode=0755 tmpfs "$ROOT/var/lib/secep"
        repair --fault 7
        exited 1
        [[ $(json '.faults[0].steps[0] | .kind, .state, .error // .why // ""') == *"No space left"* ]] || { echo "$output"; false; }
        [[ $(stat -c %s "$CVD/big.cvd") == $((1200 * 1024 * 1024)) ]]
        [[ -z $(find "$ROOT/var/lib/secep" -size +1M) ]]
}
