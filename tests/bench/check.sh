#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# make bench: what a check costs beside the same questions asked by hand, and what the repair of fault
# 19 costs beside bare libsemanage. Milliseconds are printed; gates are ratios within one run, of medians
# or, where it is milliseconds, of the shortest. BESIDE=FILE names the secep-repair of another build, whose checks are measured
# beside ours (with valgrind). Closes with "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/roots.bash
. tests/bench/gates.bash
if [[ ${SECEP_TEST_MOUNTS:-} != private ]]; then
        exec env SECEP_TEST_MOUNTS=private unshare -m --propagation private "$0"
fi
passed=0 failed=0
secep=$BUILD/secep-repair
cil=selinux/cisco-secure-bpf.cil

# Microseconds of one run of a function or program, its output dropped.
once() {
        local a=$EPOCHREALTIME b
        "$@" >/dev/null 2>&1
        b=$EPOCHREALTIME
        echo $((${b/./} - ${a/./}))
}

# The median, or the shortest, of ROUNDS runs of two commands, in turns: "A B" in microseconds. What takes
# milliseconds is measured by the shortest: everything else that runs on the machine only adds to it.
medians() { turns $((($1 + 1) / 2)) "$@"; }
shortest() { turns 1 "$@"; }
turns() {
        local pick=$1 rounds=$2 first=$3 second=$4 i
        for ((i = 0; i < rounds; i++)); do
                once "$first" >>"$COPY/a"
                once "$second" >>"$COPY/b"
        done
        rounds "$COPY/a" "$COPY/b" 1000 ms >"$COPY/rounds"
        for i in a b; do
                sort -n "$COPY/$i" | sed -n "${pick}p"
                rm "$COPY/$i"
        done | paste -sd' '
}

# gate NAME MEASURED LIMIT: both in thousandths; at most.
gate() {
        local verdict=ok
        if (($2 <= $3)); then passed=$((passed + 1)); else failed=$((failed + 1)) verdict="not ok"; fi
        printf '%-6s %s: %d.%03d, at most %d.%03d\n' "$verdict" "$1" $(($2 / 1000)) $(($2 % 1000)) $(($3 / 1000)) $(($3 % 1000))
}

ms() {
        printf '       %s: %d.%03d ms\n' "$1" $(($2 / 1000)) $(($2 % 1000))
}

# Of this build and of BESIDE, which other work on the machine does not change.
instructions() {
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : //p' | tail -1
}
counted() { # NAME LIMIT ARGS...
        local name=$1 limit=$2 ours theirs
        shift 2
        command -v valgrind >/dev/null || { echo "       $name: not counted, this machine lacks valgrind" && return; }
        ours=$(instructions "$secep" --root "$ROOT" --check "$@") theirs=$(instructions "$BESIDE" --root "$ROOT" --check "$@")
        printf '       %s: %d beside %d thousand instructions\n' "$name" $((ours / 1000)) $((theirs / 1000))
        gate "$name to that of the other build, by instructions" $((1000 * ours / theirs)) "$limit"
}

# The questions that one check answers: the account, the directories and whether the account reaches them,
# who runs the scan process, what the package owns, the headers, the policy modules.
by_hand() {
        local user=cisco-amp-scan-svc
        id "$user"
        getent passwd "$user"
        getent group "$user"
        find /opt/cisco -type d \( ! -perm 0755 -o ! -user root \)
        runuser -u "$user" -- find /opt/cisco -type d ! -executable
        readlink /proc/[0-9]*/exe | grep ampscansvc
        dpkg -L ciscoampconnector
        grep USERGROUPS_ENAB /etc/login.defs
        dpkg -s "linux-headers-$(uname -r)"
        semodule -lfull
}
# A live host is the copy entered by chroot, well in all three: with the account, a connector that
# does without headers, a policy store. This machine's kernel is the running one.
live_host() {
        local library
        root_connector 1.25.1
        "$secep" --root "$ROOT" --fault 5 >/dev/null || return 1
        mkdir -p "$ROOT/usr/local/bin"
        cp "$secep" "$ROOT/usr/local/bin/"
        ldd "$secep" | awk '$3 ~ /^\// { print $3 }' | while read -r library; do
                chroot "$ROOT" test -e "$library" || install -D "$library" "$ROOT$library"
        done
        mount -t proc proc "$ROOT/proc"
        mount --rbind /sys "$ROOT/sys"
        mount --rbind /dev "$ROOT/dev"
}
check_live() { chroot "$ROOT" /usr/local/bin/secep-repair --fault 5 --fault 11 --fault 19 --check; }
hand_live() { chroot "$ROOT" /bin/bash -c "$(declare -f by_hand); by_hand"; }
# What entering costs both sides alike.
enter_only() { chroot "$ROOT" /bin/true; }
enter_shell() { chroot "$ROOT" /bin/bash -c "$(declare -f by_hand); :"; }
check_root() { "$secep" --root "$ROOT" --fault 19 --check; }
bare_sepol() { "$BUILD/tests/bench_sepol" "$ROOT"/etc/selinux/default/policy/policy.*; }

# Each of these begins without our module in the store: taking it out is not measured.
again() {
        semodule -p "$ROOT" -s default -n -X 200 -r cisco-secure-bpf 2>/dev/null || true
}

root_copy full || exit 1
echo "a check of faults 5, 11 and 19 of a live host"
live_host || exit 1
check_live >/dev/null || {
        echo "not ok the live host is not well"
        check_live
        exit 1
}
read -r ours theirs < <(shortest 25 check_live hand_live)
cp "$COPY/rounds" "$COPY/live"
read -r entered entered_shell < <(shortest 25 enter_only enter_shell)
ours=$((ours - entered)) theirs=$((theirs - entered_shell))
ms "secep-repair --check" "$ours"
ms "the same asked by hand: id, getent, find, runuser, readlink, grep, dpkg, semodule -lfull" "$theirs"
gate "check of 5, 11 and 19 to the same by hand" $((1000 * ours / theirs)) 100
cat "$COPY/live"
memory=$(command time -f %M "$secep" --all --check 2>&1 >/dev/null | tail -1)
umount -R "$ROOT"/{proc,sys,dev}
printf '       peak memory of --all --check: %d KiB\n' "$memory"
gate "8 MiB of memory" $((1000 * memory / 8192)) 1000

if [[ -n ${BESIDE:-} ]]; then
        echo "a check of all faults, beside $BESIDE"
        all_ours() { "$secep" --all --check; }
        all_theirs() { "$BESIDE" --all --check; }
        read -r ours theirs < <(shortest 99 all_ours all_theirs)
        ms "this build" "$ours"
        ms "the other" "$theirs"
        gate "check of all faults to that of the other build" $((1000 * ours / theirs)) 1050
        cat "$COPY/rounds"
        # 5 asks what it did not: whether the account reaches its directories, and which those are.
        counted "a check of fault 5" 1200 --fault 5
        counted "a check of fault 11" 1030 --fault 11
        counted "a check of fault 19, permissive" 1030 --fault 19
fi

echo "a check of fault 19 of a root that is not running"
"$FAULTLAB" --root "$ROOT" break selinux-policy >/dev/null || exit 1
read -r ours theirs < <(medians 9 check_root bare_sepol)
ms "secep-repair --root --fault 19 --check" "$ours"
ms "bare libsepol read of its policy" "$theirs"
gate "check of fault 19 of a root to a bare read of its policy" $((1000 * ours / theirs)) 1500
cat "$COPY/rounds"
check=$ours
if [[ -n ${BESIDE:-} ]]; then
        echo '(boolean deny_bpf true) (booleanif (not deny_bpf) (true (allow unconfined_service_t self (bpf (map_create map_read map_write prog_load prog_run)))))' >"$COPY/site.cil"
        semodule -p "$ROOT" -s default -n -X 300 -i "$COPY/site.cil"
        counted "a check of fault 19 where a boolean denies" 1030 --fault 19
        semodule -p "$ROOT" -s default -n -X 300 -r site
fi

echo "the repair of fault 19"
with semodule and libsemanage "$(dpkg-query -W -f '${Version}' libsemanage2)"
for i in {1..9}; do
        again
        once semodule -p "$ROOT" -s default -n -X 200 -i "$cil" >>"$COPY/semodule"
        again
        once "$BUILD/tests/bench_semanage" "$ROOT" default "$cil" >>"$COPY/bare"
        again
        once "$secep" --root "$ROOT" --fault 19 >>"$COPY/ours"
        "$secep" --root "$ROOT" --fault 19 --check >/dev/null || {
                echo "not ok the repair of round $i did not clear the fault"
                failed=$((failed + 1))
        }
done
median() { sort -n "$COPY/$1" | sed -n 5p; }
ms "secep-repair --fault 19" "$(median ours)"
ms "bare libsemanage" "$(median bare)"
ms "semodule -i" "$(median semodule)"
gate "repair to bare libsemanage" $((1000 * $(median ours) / $(median bare))) 1100
rounds "$COPY/ours" "$COPY/bare" 1000 ms
gate "check to semodule -i" $((1000 * check / $(median semodule))) 10
root_drop
printf '%d passed, %d failed, 0 skipped\n' "$passed" "$failed"
[[ $failed == 0 ]]
