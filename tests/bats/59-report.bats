#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --report DIR: what somebody who helps needs, and no secret.
# bats file_tags=fast
load ../lib/roots

setup() {
        root_tiny
        root_connector
        mkdir -p "$ROOT"/var/log/{cisco,secep} "$ROOT"/etc/secep "$ROOT"/usr/lib
        printf 'ID=debian\n' >"$ROOT/usr/lib/os-release"
}

teardown() { root_drop; }

report() { # ARGS...
        run "$BUILD/secep-repair" --root "$ROOT" --report "$@"
}

@test "report: findings, runs, versions and logs, for their owner alone" {
        echo 'scan of /srv/x done' >"$ROOT/var/log/cisco/ampscansvc.log"
        echo '{"event":"raised"}' >"$ROOT/var/log/secep/events.jsonl"
        umask 000
        report "$COPY/new"
        [[ $status == 0 && $output == "written to $COPY/new; "* ]]
        [[ $(stat -c %a "$COPY/new") == 700 ]]
        [[ -z $(find "$COPY/new" -type f ! -perm 0600) ]]
        jq -e '[.faults[].id] | length == 9' "$COPY/new/findings.json"
        jq -e '.runs | length == 0' "$COPY/new/history.json"
        grep -qx 'connector: installed, 1.24.1.1013' "$COPY/new/versions.txt"
        grep -qx 'scan of /srv/x done' "$COPY/new/ampscansvc.log"
        grep -q raised "$COPY/new/secep-events.jsonl"
        [[ -s $COPY/new/left-out.txt && -e $COPY/new/os-release && ! -e $COPY/new/proc-cmdline ]]
}

@test "report: secrets are in no file of it, and where some were is listed" {
        printf 'ExtraSource=https://repo:hunter2@mirror.example/x\n' >"$ROOT/etc/secep/secep.conf"
        printf 'proxy password=hunter2\nAuthorization: Bearer hunter2\nguid 01234567-89ab-cdef-0123-456789abcdef\n' >"$ROOT/var/log/cisco/ampdaemon.log"
        printf -- '-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n' >"$ROOT/var/log/secep/build.log"
        printf '{"secret":"hunter2","event":"raised"}\n' >"$ROOT/var/log/secep/events.jsonl"
        echo '<config><agent><uuid>hunter2</uuid></agent></config>' >"$ROOT/opt/cisco/amp/etc/local.xml"
        report "$COPY/new"
        [[ $status == 0 ]]
        run grep -rlE 'hunter2|456789abcdef$|^guid 0' "$COPY/new" --exclude left-out.txt
        [[ -z $output ]]
        local file
        for file in secep.conf:\ 1 ampdaemon.log:\ 3 secep-build.log:\ 1 secep-events.jsonl:\ 1; do
                grep -qx "$file value(s) removed" "$COPY/new/left-out.txt"
        done
        grep -q '^local.xml: ' "$COPY/new/left-out.txt"
        jq -e '.secret == "[removed]" and .event == "raised"' "$COPY/new/secep-events.jsonl"
}

@test "report: only into a directory that was not there" {
        mkdir "$COPY/there" "$COPY/target"
        : >"$COPY/file"
        ln -s target "$COPY/link"
        ln -s nowhere "$COPY/dangling"
        local name
        for name in there file link dangling none/below; do
                report "$COPY/$name"
                [[ $status == 2 && ${#lines[@]} == 1 && $output == *"--report $COPY/$name: "* ]]
        done
        [[ -z $(ls -A "$COPY/target") && ! -e $COPY/nowhere ]]
        report "$COPY/new" --json
        [[ $status == 2 && ! -e $COPY/new ]]
        report "$COPY/new" --fault 5
        [[ $status == 2 && ! -e $COPY/new ]]
}

@test "report: links, pipes and odd names among the logs are not read" {
        echo hunter2 >"$ROOT/secret"
        ln -s /secret "$ROOT/var/log/cisco/ampdaemon.log"
        mkfifo "$ROOT/var/log/cisco/ampscansvc.log"
        ln -s /secret "$ROOT/var/log/secep/a.log"
        echo x >"$ROOT/var/log/secep/a"$'\n'"b"
        echo x >"$ROOT/var/log/secep/..c"
        local i
        for i in {1..20}; do echo "$i" >"$ROOT/var/log/secep/many$i.log"; done
        run timeout 90 "$BUILD/secep-repair" --root "$ROOT" --report "$COPY/new"
        [[ $status == 0 ]]
        run grep -r hunter2 "$COPY/new"
        [[ -z $output ]]
        grep -q '^/var/log/cisco/ampdaemon.log: ' "$COPY/new/left-out.txt"
        grep -q '^/var/log/cisco/ampscansvc.log: ' "$COPY/new/left-out.txt"
        grep -q '^/var/log/secep/a?b: ' "$COPY/new/left-out.txt"
        [[ $(find "$COPY/new" -name 'secep-many*' | wc -l) -le 16 ]]
        grep -q 'one log too many' "$COPY/new/left-out.txt"
}

@test "report: a disk that is full is said" {
        mkdir "$COPY/small"
        mount -t tmpfs -o size=4k tmpfs "$COPY/small" 2>/dev/null || skip "this machine lacks mounts of its own (run by make check)"
        head -c 100000 /dev/zero | tr '\0' x >"$ROOT/var/log/cisco/ampdaemon.log"
        report "$COPY/small/new"
        umount "$COPY/small"
        [[ $status == 3 && $output == *"No space left on device"* ]]
}
