#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# kill -9 around every step and every child of a repair, one run each: the plain re-run that follows
# ends well, login.defs is byte for byte what it was, and undo brings back what was before both. Of the turns of
# apt and libsemanage every SECEP_KILL_STRIDE'th two (2; `make torture`: 1, all of them).
# bats file_tags=slow

load ../lib/roots
load ../lib/selinux

setup_file() {
        local base
        base=$(root_base full)
        export LAYERS=$BATS_FILE_TMPDIR
        export BASE=$LAYERS/upper:$base
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || return 0
        root_copy_of "$base"
        RELEASE=$(root_release "$ROOT")
        export RELEASE
        selinux_trim "$ROOT" # a build of the policy in one second instead of six
        "$FAULTLAB" --root "$ROOT" break scan-user kernel-headers selinux-policy >&2
        apt_trim
        state_files >"$LAYERS/files"
        snapshot_packages >"$LAYERS/packages"
        selinux_snapshot >"$LAYERS/selinux"
        root_keep_layer "$LAYERS"
}

# Of the mirror's index, 60,000 packages, what is installed and what the headers need: each run reads it.
apt_trim() {
        local list=("$ROOT"/var/lib/apt/lists/*_Packages)
        { chroot "$ROOT" dpkg-query -Wf '${Package}\n' && chroot "$ROOT" apt-get -s -qq install linux-headers-amd64 | awk '/^Inst/ { print $2 }'; } >"$LAYERS/kept"
        awk -v RS= -v ORS='\n\n' 'NR == FNR { for (n = split($0, name, "\n"); n; n--) kept["Package: " name[n]]; next }
                { split($0, line, "\n") } line[1] in kept' "$LAYERS/kept" "${list[0]}" >"$LAYERS/index"
        grep -qx "Package: linux-headers-$RELEASE" "$LAYERS/index"
        cat "$LAYERS/index" >"${list[0]}"
        rm -f "$ROOT"/var/cache/apt/*.bin
        chroot "$ROOT" apt-cache gencaches >/dev/null
}

setup() {
        STRIDE=1
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "no private mount namespace (run make check)"
}

# What the repairs of these faults may change, but for packages, the policy and what their tools count.
state_files() {
        (cd "$ROOT" && sha256sum etc/{passwd,group,shadow,gshadow,login.defs} &&
                find opt -printf '%p %m %U:%G\n' | sort)
}

# DIR is there, and the copy's own layer has nothing of it: it is as it was.
untouched() { # DIR
        [[ -d $ROOT/$1 && ! -e $COPY/upper/$1 ]]
}

# The runs are put back, the newest first, and everything is as before them.
undone() {
        local run
        for run in $(find "$ROOT/var/lib/secep/runs" -name '*.jsonl' -printf '%f\n' | sort -r); do
                repair --undo "${run%.jsonl}"
                exited 0 || return 1
        done
        state_files | diff "$LAYERS/files" - || return 1
        untouched var/lib/dpkg || snapshot_packages | diff "$LAYERS/packages" - || return 1
        { untouched etc/selinux && untouched var/lib/selinux; } || selinux_snapshot | diff "$LAYERS/selinux" -
}

# Kills one run of fault FAULT at turn K (the further arguments are for step), runs it again.
# 0: it was killed and all ended well. 1: something is wrong. 2: there is no turn K.
kill_at() {
        local fault=$1 k=$2 status turn
        shift 2
        root_copy_of "$BASE"
        cp "$ROOT/etc/login.defs" "$COPY/login.defs"
        "$STEP" -o "$COPY/turns" "$@" "$k" "$BUILD/secep-repair" --root "$ROOT" --kernel "$RELEASE" --fault "$fault" \
                >"$COPY/log" 2>&1 && status=0 || status=$?
        if [[ $status != 137 ]]; then
                [[ $status == 0 ]] || cat "$COPY/log"
                root_drop
                [[ $status == 0 ]] && return 2
                return 1
        fi
        turn=$(tail -1 "$COPY/turns")
        echo "#   fault $fault, turn ${turn//$COPY/}" >&3
        if ends_well "$fault" "$k" >"$COPY/log" 2>&1; then
                root_drop
                return 0
        fi
        echo "fault $fault, killed at turn ${turn//$COPY/}:"
        cat "$COPY/log"
        root_drop
        return 1
}

ends_well() {
        cmp "$ROOT/etc/login.defs" "$COPY/login.defs"  || return 1
        repair --kernel "$RELEASE" --fault "$1"
        exited 0 && is '.faults[0].verdict' ok && cmp "$ROOT/etc/login.defs" "$COPY/login.defs" || return 1
        repair --kernel "$RELEASE" --fault "$1"
        exited 0 && is .changed false || return 1
        # apt and the policy take long to put back: not after each turn of theirs
        [[ $1 != 5 && $(($2 % 4)) != 0 ]] || undone || return 1
        [[ -z $(find "$ROOT/etc" "$ROOT/opt" -name '.secep-*') ]] || {
                echo "a temporary is left"
                return 1
        }
}

# Turns FIRST, FIRST+2, ...; with STRIDE 2 each second of these.
kill_every_other() {
        local fault=$1 k=$2 status
        shift 2
        for (( ; ; k += 2 * STRIDE)); do
                status=0
                kill_at "$fault" "$k" "$@" || status=$?
                case $status in
                0) ;;
                2) return 0 ;;
                *) return 1 ;;
                esac
        done
}

# By two processes at once.
kill_loop() {
        local fault=$1 other ok=true first=$((RANDOM % STRIDE * 2))
        shift
        echo "# stride $STRIDE, from turn $((first + 1))" >&3
        kill_every_other "$fault" $((first + 2)) "$@" >"$BATS_TEST_TMPDIR/other" 2>&1 &
        other=$!
        kill_every_other "$fault" $((first + 1)) "$@" || ok=false
        wait "$other" || ok=false
        cat "$BATS_TEST_TMPDIR/other"
        $ok
}

@test "fault 5: killed with all its children" {
        kill_loop 5 -a
}

@test "fault 5: killed alone, its children go on" {
        kill_loop 5 -m
}

# A sync changes nothing for a kill, and the mounts are those of a namespace that dies with it.
@test "fault 11: killed with all its children" {
        STRIDE=${SECEP_KILL_STRIDE:-2}
        kill_loop 11 -x "before fsync" -x mount -x "birth of" -x pkgcache.bin -x /lock
}

# Of libsemanage's thousands of renames those that swap the store and put the policy in place.
@test "fault 19: killed with all its children" {
        STRIDE=${SECEP_KILL_STRIDE:-2}
        kill_loop 19 -x "before fsync" -x /default/tmp/ -x /selinux/final/ -x "birth of" -x /lock
}

# A signature file goes to a quarantine on another file system: killed at turn K, it is there or
# here, and the plain re-run brings it there. Status as kill_at.
quarantine_killed_at() {
        local k=$1 ended bad
        root_tiny
        root_connector
        bad=$ROOT/opt/cisco/amp/clamav/broken.cvd
        mkdir -p "${bad%/*}" "$ROOT/var/lib/secep"
        install -m 0755 "$ROOT/opt/cisco/amp/bin/ampdaemon" "$ROOT/opt/cisco/amp/bin/ampscansvc"
        echo "no signatures at all" >"$bad"
        mount -t tmpfs tmpfs "$ROOT/var/lib/secep"
        "$STEP" -o "$COPY/turns" "$k" "$BUILD/secep-repair" --root "$ROOT" --fault 7 >"$COPY/log" 2>&1 && ended=0 || ended=$?
        [[ $ended == 137 || $ended == 0 ]] || { cat "$COPY/log"; return 1; }
        [[ $ended == 0 ]] || echo "#   fault 7, turn $(tail -1 "$COPY/turns" | sed "s,$COPY,,g")" >&3
        find "$ROOT" -name broken.cvd -exec grep -Lx "no signatures at all" {} + >"$COPY/torn"
        [[ ! -s $COPY/torn && -n $(find "$ROOT" -name broken.cvd) ]] || { echo "torn or lost"; return 1; }
        repair --fault 7
        exited 0 && is '.faults[0].verdict' ok || return 1
        [[ ! -e $bad && -n $(find "$ROOT/var/lib/secep/quarantine" -name broken.cvd) ]] || { echo "not moved: $output"; return 1; }
        quarantined_once && quarantine_undone "$bad" || return 1
        umount "$ROOT/var/lib/secep"
        root_drop
        [[ $ended == 137 ]] || return 2
}

# No second copy, no temporary and no empty folder of the run that was killed.
quarantined_once() {
        [[ $(find "$ROOT" -name broken.cvd | wc -l) == 1 && -z $(find "$ROOT" -name .secep-moved) &&
                -z $(find "$ROOT/var/lib/secep/quarantine" -mindepth 1 -empty) ]] || {
                echo "left behind:"
                find "$ROOT/var/lib/secep/quarantine"
                return 1
        }
}

# The run is put back: the file is where it was, and nowhere else.
quarantine_undone() { # FILE
        repair --undo last
        exited 0 || return 1
        [[ $(cat "$1") == "no signatures at all" && $(find "$ROOT" -name broken.cvd | wc -l) == 1 &&
                -z $(find "$ROOT/var/lib/secep/quarantine" -mindepth 1) ]] || {
                echo "not put back:"
                find "$ROOT" -name broken.cvd
                find "$ROOT/var/lib/secep/quarantine"
                return 1
        }
}

# A file in quarantine on another file system, its undo killed at turn K: the plain undo ends it.
quarantine_undo_killed_at() {
        local k=$1 ended bad
        root_tiny
        root_connector
        bad=$ROOT/opt/cisco/amp/clamav/broken.cvd
        mkdir -p "${bad%/*}" "$ROOT/var/lib/secep"
        install -m 0755 "$ROOT/opt/cisco/amp/bin/ampdaemon" "$ROOT/opt/cisco/amp/bin/ampscansvc"
        echo "no signatures at all" >"$bad"
        mount -t tmpfs tmpfs "$ROOT/var/lib/secep"
        repair --fault 7
        exited 0 || return 1
        "$STEP" -o "$COPY/turns" "$k" "$BUILD/secep-repair" --root "$ROOT" --undo last >"$COPY/log" 2>&1 && ended=0 || ended=$?
        [[ $ended == 137 || $ended == 0 ]] || { cat "$COPY/log"; return 1; }
        [[ $ended == 0 ]] || echo "#   undo of fault 7, turn $(tail -1 "$COPY/turns" | sed "s,$COPY,,g")" >&3
        quarantine_undone "$bad" || return 1
        umount "$ROOT/var/lib/secep"
        root_drop
        [[ $ended == 137 ]] || return 2
}

@test "undo of fault 7: killed while a signature file comes back from another file system" {
        local k status
        for ((k = 1; ; k++)); do
                status=0
                quarantine_undo_killed_at "$k" || status=$?
                [[ $status == 0 ]] || break
        done
        [[ $status == 2 && $k -gt 5 ]]
}

@test "fault 7: killed while a signature file goes to another file system" {
        local k status
        for ((k = 1; ; k++)); do
                status=0
                quarantine_killed_at "$k" || status=$?
                [[ $status == 0 ]] || break
        done
        [[ $status == 2 && $k -gt 8 ]]
}
