#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 19 on Debian's own policy store, in roots that are not running.
# bats file_tags=slow
load ../lib/selinux_policy

@test "selinux: module-missing on the whole policy, there and back" {
        selinux_copy full
        whole_circle module-missing install-module
}

@test "selinux: the module in the store is the one in the tree, perf_event included" {
        selinux_copy
        repair --fault 19
        exited 0
        [[ $(snapshot_modules | grep "$MODULE") == "200 $MODULE"* ]]
        mkdir "$COPY/out"
        (cd "$COPY/out" && semodule_in_root -X 200 -c -E "$MODULE")
        cmp "$COPY/out/$MODULE.cil" "$TOP/selinux/$MODULE.cil"
        [[ $output != *perf_event* ]]
}

@test "selinux: undo leaves no folder of ours in the store" {
        selinux_copy
        [[ ! -e $ROOT/$STORE/active/modules/200 ]]
        repair --fault 19
        exited 0
        [[ -d $ROOT/$STORE/active/modules/200 ]]
        repair --undo last
        exited 0
        is '.steps[0].state' undone
        [[ ! -e $ROOT/$STORE/active/modules/200 ]]
}

# Undone from a machine whose libsepol writes another version than the root's own does.
@test "selinux: a policy that only the root's library can write is not called put back" {
        selinux_copy
        repair --fault 19
        exited 0
        mv "$ROOT/$POLICY_DIR/policy.33" "$ROOT/$POLICY_DIR/policy.34"
        selinux_snapshot >"$COPY/before"
        repair --undo last
        exited 1
        is '.steps[0].state' failed
        is .changed false
        complains "chroot $ROOT secep-repair --undo"
        selinux_snapshot | diff "$COPY/before" -
        [[ $(snapshot_modules | grep "$MODULE") == "200 $MODULE"* ]]
}

@test "selinux: a module that was replaced since stays" {
        selinux_copy
        repair --fault 19
        exited 0
        selinux_module "$MODULE" 200 '(allow unconfined_service_t self (bpf (map_create)))'
        selinux_snapshot >"$COPY/before"
        repair --undo last
        exited 1
        is '.steps[0].state' left
        selinux_snapshot | diff "$COPY/before" -
}

@test "selinux: module-disabled" {
        selinux_copy
        repair --fault 19
        exited 0
        semodule_in_root -d "$MODULE"
        rm -rf "$ROOT/var/lib/secep"
        whole_circle module-disabled enable-module
}

@test "selinux: module-differs, and undo brings the other text back" {
        selinux_copy
        selinux_module "$MODULE" 200 '(allow unconfined_service_t self (bpf (map_create)))'
        whole_circle module-differs install-module
}

@test "selinux: disabled and another text are mended together" {
        selinux_copy
        selinux_module "$MODULE" 200 '(allow unconfined_service_t self (bpf (map_create)))'
        semodule_in_root -d "$MODULE"
        whole_circle module-disabled "install-module enable-module"
}

@test "selinux: a module below ours does not count" {
        selinux_copy
        selinux_module "$MODULE" 100 '(allow unconfined_service_t self (bpf (map_create)))'
        whole_circle module-missing install-module
}

@test "selinux: module-shadowed needs a person, or --allow second-module" {
        selinux_copy
        selinux_module "$MODULE" 400 '(allow unconfined_service_t self (bpf (map_create)))'
        selinux_snapshot >"$COPY/before"
        repair --fault 19
        exited 4
        is '.faults[0].verdict' blocked
        is '.faults[0].cause' module-shadowed
        is '.changed' false
        [[ $(json '.faults[0].why') == *"priority 400"* ]]
        selinux_snapshot | diff "$COPY/before" -
        whole_circle module-shadowed install-module --allow second-module
}

@test "selinux: the connector's own module, disabled, is enabled" {
        selinux_copy
        selinux_module "$MODULE" 400 "$RULE"
        semodule_in_root -d "$MODULE"
        whole_circle module-disabled enable-module
}

@test "selinux: the connector's own module is enough" {
        selinux_copy
        selinux_module "$MODULE" 400 "$RULE"
        repair --fault 19
        exited 0
        is '.changed' false
        is '.faults[0].verdict' ok
}

@test "selinux: a policy file older than its store is built again, undo puts the old one back" {
        selinux_copy
        cp "$ROOT/$POLICY_DIR"/policy.* "$COPY/"
        repair --fault 19
        exited 0
        cp "$COPY"/policy.* "$ROOT/$POLICY_DIR/"
        whole_circle store-cut-off rebuild-policy
}

@test "selinux: a store that another module breaks names it with priority and line, and stays as it was" {
        selinux_copy
        mkdir -p "$ROOT/$STORE/active/modules/350/broken-one"
        printf '; one line of comment\n(allow no_such_t self (file (read)))\n' >"$ROOT/$STORE/active/modules/350/broken-one/cil"
        printf cil >"$ROOT/$STORE/active/modules/350/broken-one/lang_ext"
        selinux_snapshot >"$COPY/before"
        repair --fault 19
        exited 4
        is '.faults[0].verdict' blocked
        is '.faults[0].cause' store-broken
        [[ $(json '.faults[0].why') == *"broken-one at priority 350, line 2"* ]]
        selinux_snapshot | diff "$COPY/before" -
        rm -rf "$ROOT/$STORE/active/modules/350"
        repair --fault 19
        exited 0
}

@test "selinux: a machine without the programs libsemanage starts is told which" {
        local program
        : >"$BATS_TEST_TMPDIR/nothing"
        for program in setfiles sefcontext_compile; do
                selinux_copy
                selinux_snapshot >"$COPY/before"
                mount --bind "$BATS_TEST_TMPDIR/nothing" "$(readlink -f "/usr/sbin/$program")"
                repair --fault 19
                umount "$(readlink -f "/usr/sbin/$program")"
                exited 4
                is '.faults[0].verdict' blocked
                is '.faults[0].cause' tools-missing
                [[ $(json '.faults[0].why') == *"/$program"* ]]
                selinux_snapshot | diff "$COPY/before" -
                root_drop
        done
}

not_applicable() { # WORDS
        repair --fault 19
        exited 0
        is '.faults[0].verdict' not-applicable
        is '.changed' false
        [[ $(json '.faults[0].why') == *"$1"* ]]
}

@test "selinux: not applicable when permissive, disabled or absent" {
        selinux_copy
        sed -i 's/^SELINUX=.*/SELINUX=permissive/' "$ROOT/etc/selinux/config"
        not_applicable permissive
        sed -i 's/^SELINUX=.*/SELINUX=disabled/' "$ROOT/etc/selinux/config"
        not_applicable disabled
        rm "$ROOT/etc/selinux/config"
        not_applicable absent
        printf 'SELINUX=enforcing\nSELINUXTYPE=another\n' >"$ROOT/etc/selinux/config"
        not_applicable absent
}

@test "selinux: not applicable on Debian's own policy, without the domain" {
        selinux_copy
        semodule_in_root -X 100 -r domain
        not_applicable unconfined_service_t
}

@test "selinux: not applicable when the domain is permissive" {
        selinux_copy
        selinux_module permissive_domain 300 '(typepermissive unconfined_service_t)'
        not_applicable permissive
}

@test "selinux: a policy of another version is left to the root's own programs" {
        selinux_copy
        mv "$ROOT/$POLICY_DIR/policy.33" "$ROOT/$POLICY_DIR/policy.31"
        selinux_snapshot >"$COPY/before"
        repair --fault 19
        exited 4
        is '.faults[0].verdict' blocked
        [[ $(json '.faults[0].why') == *"chroot $ROOT secep-repair --fault 19"* ]]
        selinux_snapshot | diff "$COPY/before" -
}

@test "selinux: a store that a symlink leads out of the root is refused" {
        selinux_copy
        cp -a "$ROOT/var/lib/selinux" "$COPY/outside"
        rm -rf "$ROOT/var/lib/selinux"
        ln -s "$COPY/outside" "$ROOT/var/lib/selinux"
        (cd "$COPY/outside" && find . -type f -exec sha256sum {} + | sort) >"$COPY/before"
        repair --fault 19
        exited 4
        (cd "$COPY/outside" && find . -type f -exec sha256sum {} + | sort) | diff "$COPY/before" -
}

@test "selinux: a torn policy file is no answer" {
        selinux_copy
        truncate -s 200000 "$ROOT/$POLICY_DIR/policy.33"
        repair --fault 19 --check
        exited 3
        is '.faults[0].verdict' could-not-tell
}

@test "selinux: a check runs no program, opens no plug-in and writes nothing" {
        selinux_copy
        strace -f -qq -e trace=execve,openat,openat2,clone,clone3,fork,vfork,mkdir,mkdirat,rename,renameat2,unlink,flock -o "$COPY/strace" \
                "$BUILD/secep-repair" --root "$ROOT" --fault 19 --check >/dev/null || true
        [[ $(grep -c execve "$COPY/strace") == 1 ]]
        if grep -E 'libsemanage|secep-semanage|clone|fork|mkdir|rename|unlink|flock|O_CREAT|O_WRONLY|O_RDWR' "$COPY/strace"; then
                return 1
        fi
}

# A build of its own at $OTHER: only what selinux/ compiles to differs, and the link.
other_build() { # SEPOL_AV
        OTHER=$BUILD/sepol-$1
        rm -rf "$OTHER"
        mkdir -p "$OTHER"
        cp -a "$BUILD"/{obj,bpf,locale,words,*.a} "$OTHER/"
        rm -r "$OTHER/obj/selinux" "$OTHER/selinux.a"
        make -s -C "$TOP" BUILD="$OTHER" SEPOL_AV="$1" "$OTHER/secep-repair" >"$COPY/make"
        grep -q "CC  *selinux/" "$COPY/make"
}

@test "selinux: a build whose libsepol cannot be asked says so, and still tells what needs no rules" {
        selinux_copy
        other_build none
        output=$("$OTHER/secep-repair" --root "$ROOT" --fault 19 --json --check 2>/dev/null) && return 1
        is '.faults[0].verdict' could-not-tell
        [[ $(json '.faults[0].why') == *libsepol* ]]
        sed -i 's/^SELINUX=.*/SELINUX=permissive/' "$ROOT/etc/selinux/config"
        output=$("$OTHER/secep-repair" --root "$ROOT" --fault 19 --json --check 2>/dev/null)
        is '.faults[0].verdict' not-applicable
}

@test "selinux: a build with libsepol's archive asks the policy" {
        selinux_copy
        other_build static
        output=$("$OTHER/secep-repair" --root "$ROOT" --fault 19 --json --check 2>/dev/null) && return 1
        is '.faults[0].cause' module-missing
        [[ $(ldd "$OTHER/secep-repair") != *libsepol* ]]
}
