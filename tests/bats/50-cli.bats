#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line of secep-repair: options, exit status, JSON, bad input.
# bats file_tags=cli
load ../lib/cli

# bats test_tags=fast
@test "an option that is not there is refused by name" {
        local o
        for o in --wait --nonsense -x; do
                repair_plain --fault 5 $o
                exited 2
                complains "$o"
        done
}

# bats test_tags=fast
@test "no control character of others reaches the terminal" {
        repair_plain --fault $'\e[31m\u009b'
        exited 2
        complains "--fault ?[31m??"
        [[ $stderr_text != *$'\e'* ]]
}

# bats test_tags=fast
@test "an unknown or repeated fault number is refused" {
        local n
        for n in 4 0 -5 five 5x 99999999999999999999 ''; do
                repair_plain --fault "$n"
                exited 2
                complains "--fault $n"
        done
        repair_plain --fault 5 --fault 5
        exited 2
        complains "--fault 5" twice
        repair_plain --fault 5,scan-user
        exited 2
        complains "--fault scan-user" twice
        repair_plain --all --fault 5
        exited 2
        repair_plain --fault
        exited 2
}

# bats test_tags=fast
@test "values of the other options are judged" {
        repair_plain --fault 5 --timeout soon
        exited 2
        complains "--timeout soon"
        repair_plain --fault 5 --kernel ../../etc
        exited 2
        complains "--kernel ../../etc"
        repair_plain --fault 5 --allow everything
        exited 2
        complains "--allow everything"
        repair_plain --fault 5 --offline /nonexistent
        exited 2
        complains "/nonexistent"
        repair_plain --fault 5 extra
        exited 2
        complains "extra"
        repair_plain --plan
        exited 2
        complains "no fault is named" --help
        repair_plain --fault 5 --quiet --verbose
        exited 2
        repair_plain --fault 5 --check --plan
        exited 2
}

# bats test_tags=fast
@test "--root that is no directory is refused by name" {
        touch "$COPY/file"
        local r
        for r in "$COPY/file" "$COPY/none"; do
                output=$("$BUILD/secep-repair" --root "$r" --fault 5 2>"$COPY/stderr") && status=0 || status=$?
                stderr_text=$(<"$COPY/stderr")
                exited 2
                complains "$r"
        done
}

# bats test_tags=fast
@test "--help, --version and --list end with 0" {
        local o
        for o in --help -h --version --list; do
                repair_plain $o
                exited 0
        done
        repair --list
        is '[.faults[].id] | sort | map(tostring) | join(" ")' "5 6 7 8 9 11 16 18 19"
        fits_schema
}

# bats test_tags=fast
@test "--help of each program fits 40 lines of 80 columns" {
        local program
        for program in secep-repair secep-installer secep-monitord; do
                output=$("$BUILD/$program" --help)
                [[ $(wc -l <<<"$output") -le 40 && $(wc -L <<<"$output") -le 80 && $output == *--version* ]]
        done
}

# bats test_tags=fast
@test "faults by name and in lists, --check alone looks at all" {
        repair --fault scan-user,16 --fault kernel-headers --check
        is '[.faults[].id] | map(tostring) | join(" ")' "5 11 16"
        repair --check
        is '[.faults[].id] | map(tostring) | join(" ")' "5 6 7 8 9 11 16 18 19"
        is '.version | length > 0' true
        is '.time > 1500000000' true
        fits_schema
}

# bats test_tags=fast
@test "what was mistyped is told what was probably meant" {
        local row
        for row in "--chekc:--check" "--falut=5:--fault" "--josn:--json"; do
                repair_plain "${row%:*}"
                exited 2
                complains "${row%:*}: unrecognized option (did you mean ${row#*:}?); see --help"
        done
        repair_plain --bogus
        complains "--bogus: unrecognized option; see --help"
        repair_plain --json=yes
        complains "--json takes no value"
        repair_plain --fault scna-user
        exited 2
        complains "--fault scna-user: no such fault (did you mean scan-user?)" --list
        repair_plain --fault 16 --allow kernel-chnage
        exited 2
        complains "did you mean kernel-change?"
        local word
        for word in stauts:status prefligt:preflight --hepl:--help; do
                stderr_text=$("$BUILD/secep-installer" "${word%:*}" 2>&1) && status=0 || status=$?
                exited 2
                complains "secep-installer: ${word%:*}: unrecognized command (did you mean ${word#*:}?); see --help"
        done
        for word in --onec:--once --until-claer=5:--until-clear; do
                stderr_text=$("$BUILD/secep-monitord" "${word%:*}" 2>&1) && status=0 || status=$?
                exited 2
                complains "secep-monitord: ${word%:*}: unrecognized option (did you mean ${word#*:}?); see --help"
        done
        stderr_text=$("$BUILD/secep-monitord" --until-clear 2>&1) && status=0 || status=$?
        exited 2
        complains "secep-monitord: --until-clear: a value is missing"
}

# bats test_tags=fast
@test "--quiet prints what is left and nothing else" {
        healthy_account
        repair_plain --fault 5 --check --quiet
        exited 0
        [[ -z $output ]]
        chmod 0700 "$ROOT/opt/cisco/amp/etc"
        repair_plain --fault 5,18 --check --quiet
        exited 1
        [[ $output == *scan-user* && $output != *event-overload* ]]
}

# bats test_tags=fast
@test "no argument shows all nine, changes nothing and says how to go on" {
        before
        repair_plain
        [[ $(grep -cE '^ *[0-9]+  [a-z-]+ ' <<<"$output") == 9 ]]
        [[ $output == *"see the steps: secep-repair --root"* && $output == *"repair:        secep-repair --root"* ]]
        unchanged
        [[ ! -e $ROOT/var/lib/secep ]]
}

# bats test_tags=fast
@test "a fault that cannot be told never reads as ok" {
        repair --all --check
        is '[.faults[] | select(.why // "" | test("not built yet")) | .verdict] | unique | join(" ")' could-not-tell ||
                is '[.faults[] | select(.why // "" | test("not built yet"))] | length' 0
        fits_schema
}

# bats test_tags=fast
@test "exit status: a fault left is 1, none left is 0, the worst of several wins" {
        repair --fault 5 --check
        exited 1
        is .exit 1
        healthy_account
        repair --fault 5 --check
        exited 0
        is .exit 0
        is '.faults[0].verdict' ok
        fits_schema
}

# bats test_tags=fast
@test "plain lines without a terminal or with NO_COLOR, colour on a terminal" {
        repair_plain --fault 5 --check
        [[ $output != *$'\e['* ]]
        output=$(NO_COLOR=1 script -qec "$BUILD/secep-repair --root $ROOT --fault 5 --check" /dev/null || true)
        [[ $output == *scan-user* && $output != *$'\e['* ]]
        output=$(env -u NO_COLOR TERM=xterm script -qec "$BUILD/secep-repair --root $ROOT --fault 5 --check" /dev/null || true)
        [[ $output == *$'\e['* ]]
}

# bats test_tags=fast
@test "a lock that is held: one line, and the JSON says why no step was tried" {
        mkdir -p "$ROOT/var/lib/secep"
        exec 8>"$ROOT/var/lib/secep/lock"
        flock 8
        repair --fault 5 --timeout 0
        exec 8>&-
        exited 1
        complains "is held by"
        is '.faults[0].notes[] | select(startswith("not repaired: ")) | test("is held by")' true
        is '.faults[0].steps | length' 0
        fits_schema
}

# bats test_tags=fast
@test "an answer that cannot be written is said and is not 0" {
        local o
        for o in --list "--fault 5 --check --json" "--history"; do
                # shellcheck disable=SC2086
                stderr_text=$("$BUILD/secep-repair" --root "$ROOT" $o 2>&1 >/dev/full) && status=0 || status=$?
                [[ $status != 0 && $stderr_text == *"standard output"* ]]
        done
}

# bats test_tags=fast
@test "--plan prints the steps and does none" {
        before
        repair --fault 5 --plan
        exited 1
        is '.changed' false
        is '[.faults[0].steps[] | .state] | unique | join(" ")' planned
        fits_schema
        unchanged
}

# bats test_tags=fast
@test "without root a check answers and a change is refused with 2" {
        chmod 0755 "$COPY"
        run setpriv --reuid 65534 --regid 65534 --clear-groups cp "$BUILD/secep-repair" /dev/null
        [[ $status == 0 ]] || skip "user 65534 cannot read $BUILD"
        before
        output=$(setpriv --reuid 65534 --regid 65534 --clear-groups "$BUILD/secep-repair" --root "$ROOT" --json --fault 5 --check 2>/dev/null) && status=0 || status=$?
        [[ $status == 1 || $status == 3 ]]
        fits_schema
        stderr_text=$(setpriv --reuid 65534 --regid 65534 --clear-groups "$BUILD/secep-repair" --root "$ROOT" --fault 5 2>&1 >/dev/null) && status=0 || status=$?
        exited 2
        complains root
        unchanged
}

@test "a check of everything on a healthy root: no exec, no write outside /run, no plug-in" {
        healthy_account
        strace -f --seccomp-bpf -qq -e trace=execve,execveat,open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,truncate,ftruncate,link,linkat,symlink,symlinkat,mknod,mknodat,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,setxattr,fsetxattr,lsetxattr,utimensat,mount,fork,vfork \
                -o "$COPY/trace" "$BUILD/secep-repair" --root "$ROOT" --all --check >/dev/null 2>&1 || true
        [[ $(grep -c execve "$COPY/trace") == 1 && $(grep -c open "$COPY/trace") -gt 5 ]]
        run grep -vE '(execve|O_RDONLY|O_PATH)|"/?run/|ENOENT|\+\+\+|---' "$COPY/trace"
        [[ -z $output ]] || { echo "$output"; false; }
        run bash -c "grep -E 'O_(WRONLY|RDWR|CREAT)' '$COPY/trace' | grep -v '\"/*run/'"
        [[ -z $output ]] || { echo "$output"; false; }
        run grep -F 'plugins/' "$COPY/trace"
        [[ -z $output ]]
}
