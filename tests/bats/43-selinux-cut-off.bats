#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 19: stores that were left half-way, kills of ours, locks of others.
# bats file_tags=slow
load ../lib/selinux_policy

# The store as a writer killed between libsemanage's two renames leaves it.
cut_off() { # tmp|previous
        rm -rf "$ROOT/$STORE/tmp" "$ROOT/$STORE/previous"
        if [[ $1 == tmp ]]; then
                cp -a "$ROOT/$STORE/active" "$ROOT/$STORE/tmp"
        fi
        mv "$ROOT/$STORE/active" "$ROOT/$STORE/previous"
}

@test "selinux: store-cut-off is healed from tmp and from previous" {
        local from
        for from in tmp previous; do
                selinux_copy
                cut_off "$from"
                repair --fault 19 --check
                exited 1
                is '.faults[0].cause' store-cut-off
                [[ $(json '.faults[0].why') == *"only "*"$from" ]]
                repair --fault 19
                exited 0
                is '[.faults[0].steps[].kind] | join(" ")' "heal-store install-module"
                [[ -d $ROOT/$STORE/active ]]
                [[ $(snapshot_modules | grep -c .) -gt 300 ]]
                root_drop
        done
}

@test "selinux: a half deleted tmp never becomes the store" {
        selinux_copy
        cut_off tmp
        rm -rf "$ROOT/$STORE/tmp/modules/100/"[a-m]*
        repair --fault 19
        exited 0
        [[ $(snapshot_modules | grep -c .) -gt 300 ]]
}

@test "selinux: a store with nothing whole left needs a person" {
        selinux_copy
        cut_off tmp
        rm -rf "$ROOT/$STORE/tmp/policy.kern" "$ROOT/$STORE/previous/modules"
        repair --fault 19
        exited 4
        is '.faults[0].cause' store-cut-off
}

@test "selinux: a cut-off store is told of although the rule is in force" {
        selinux_copy
        repair --fault 19
        exited 0
        cut_off previous
        repair --fault 19 --check
        exited 0
        is '.faults[0].verdict' ok
        [[ $output == *"cut off"* ]]
}

# Every rename that makes a transaction visible.
RENAMES="final/default/policy/policy.33.tmp default/active default/tmp etc/selinux/default/policy/policy.33.tmp"

@test "selinux: killed before and after each rename that counts, a plain second run ends well" {
        local when at
        selinux_copy
        cp -a "$ROOT" "$COPY/whole"
        repair --fault 19
        exited 0
        cp "$ROOT/$POLICY_DIR/policy.33" "$COPY/wanted"
        for at in $RENAMES; do
                for when in before after; do
                        rm -rf "$ROOT"
                        cp -a "$COPY/whole" "$ROOT"
                        selinux_killed_at "$when" "$at" --fault 19
                        repair --fault 19
                        exited 0
                        is '.faults[0].verdict' ok
                        cmp "$COPY/wanted" "$ROOT/$POLICY_DIR/policy.33"
                        repair --fault 19
                        exited 0
                        is '.changed' false
                done
        done
}

@test "selinux: undo killed before and after each rename that counts is finished by a second undo" {
        local when at run
        selinux_copy
        selinux_snapshot >"$COPY/before"
        repair --fault 19
        exited 0
        run=$(json .run)
        cp -a "$ROOT" "$COPY/whole"
        for at in default/active default/tmp; do
                for when in before after; do
                        rm -rf "$ROOT"
                        cp -a "$COPY/whole" "$ROOT"
                        selinux_killed_at "$when" "$at" --undo "$run"
                        repair_plain --undo "$run"
                        exited 0
                        selinux_snapshot | diff "$COPY/before" -
                done
        done
}

@test "selinux: the program killed while its child writes: a second run waits and ends well" {
        selinux_copy
        "$BUILD/secep-repair" --root "$ROOT" --fault 19 >/dev/null 2>&1 &
        local pid=$! n=0
        until [[ -e $ROOT/$STORE/tmp || $n -gt 500 ]]; do sleep 0.01; n=$((n + 1)); done
        [[ -e $ROOT/$STORE/tmp ]]
        kill -9 "$pid"
        wait "$pid" || true
        repair --fault 19
        exited 0
        is '.faults[0].verdict' ok
        repair --fault 19 --check
        exited 0
        [[ -d $ROOT/$STORE/active && ! -e $ROOT/$STORE/tmp ]]
}

hold_lock() { # SECONDS
        flock "$ROOT/$STORE/semanage.trans.LOCK" sleep "$1" &
        HOLDER=$!
        sleep 0.3
}

@test "selinux: a lock held longer than the time there is is named" {
        selinux_copy
        hold_lock 30
        repair --fault 19 --timeout 1
        exited 1
        is '.faults[0].cause' store-locked
        [[ $(json '.faults[0].why') == *"process "* ]]
        pkill -P "$HOLDER" || true
}

@test "selinux: a lock held longer than libsemanage waits is waited for" {
        selinux_copy
        hold_lock 7
        repair --fault 19 --timeout 60
        exited 0
        is '.faults[0].verdict' ok
}
