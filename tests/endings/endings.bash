# SPDX-License-Identifier: GPL-2.0-or-later
# Each cause that faultlab makes, brought to its end in the one way its row says: repaired, or BLOCKED with a
# do line that is followed. A command is executed as it is printed, a setting of the console is made in the
# policy file, what a person arranges is arranged, and the fact it must name is looked for. Load after
# roots.bash, packages.bash, nspawn.bash, cvd.bash, boot.bash and modes.bash.
#
#   ending_row NAME       makes the row's root, breaks it, ends it; a line of the table, 1: it does not end so
#   ending_names [PLACE]  the rows, or those of a place: offline, kernels, overlay, live
#
# shellcheck shell=bash disable=SC2001,SC2016,SC2034,SC2119,SC2120,SC2153

ENDING_KEPT=
ENDING_HEAD=$(printf '%-36s %-9s %s' cause 'ended by' 'what it says to do')

# Runs here, and inside of a booted root: asks, holds the answer against the row, follows it, asks again.
# $SECEP: the program and its options, an array; $FAULT $HOW $FACT; ending_person and ending_prepare: functions;
# ENDING_GIVEN: what DIR stands for in a command; ENDING_POLICY: where policy.xml is.
ending_ask() { # NAME
        "${SECEP[@]}" --json --fault "$FAULT" "${@:2}" >"$ENDING/$1.json" 2>"$ENDING/$1.err"
}

ending_of() { # NAME QUESTION
        jq -r ".faults[0] | $2" "$ENDING/$1.json"
}

ending_failed() { # WORDS
        printf '    NOT ENDED: %s\n' "$1"
        cat "$ENDING"/*.json "$ENDING"/*.err 2>/dev/null
        return 1
}

# A policy.xml whose Monitor File Copies and Moves and Enable Device Flow Correlation are FILE and NETWORK.
ending_policy() { # FILE NETWORK
        mkdir -p "${ENDING_POLICY%/*}"
        printf '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><Object><config><agent><driver><protmode><file>%s</file></protmode></driver><nfm><enable>%s</enable></nfm></agent></config></Object></Signature>\n' \
                "$1" "$2" >"$ENDING_POLICY"
}

ending_console() {
        case $(ending_of first .do.text) in
        *"Monitor File Copies and Moves"*) ending_policy 0 1 ;;
        *"Device Flow Correlation"*) ending_policy 1 0 ;;
        *) ending_person ;; # what only the connector itself honours
        esac
}

ending_run() {
        local verdict kind text status=0
        mkdir -p "$ENDING"
        ending_prepare >/dev/null
        ending_ask first || status=$?
        verdict=$(ending_of first .verdict) kind=$(ending_of first '.do.kind // ""') text=$(ending_of first '.do.text // ""')
        printf '%-36s %-9s %s\n' "$NAME" "$HOW" "${text:-$(ending_of first '[(.steps[]?.kind)] | join(", ")')}"
        case $HOW in
        repaired) [[ $verdict == ok && $status == 0 ]] || ending_failed "the repair ended with $verdict, $status" || return ;;
        none) [[ $verdict == not-applicable && $status == 0 ]] || ending_failed "it is $verdict" || return ;;
        waits) [[ $verdict == fault && $kind == "" ]] || ending_failed "it is $verdict" || return ;;
        *) [[ $verdict == blocked && $kind == "$HOW" && $status == 4 ]] || ending_failed "it is $verdict, do: $kind, $status" || return ;;
        esac
        ending_of first '.why, .do.text, (.notes[]?), (.evidence[]? | .what, .found)' | grep -qE -- "$FACT" ||
                ending_failed "it does not name $FACT" || return
        case $HOW in
        command) (cd / && bash -c "$(sed "s,DIR\$,${ENDING_GIVEN:-DIR}," <<<"$text") --json") >"$ENDING/command.json" 2>"$ENDING/command.err" || true
                ending_person ;;
        console) ending_console ;;
        person) ending_person ;;
        esac
        ending_after
}

# It is gone, or is repaired now; the connector takes its time to see it.
ending_after() {
        local end=$((SECONDS + ${ENDING_WAIT:-0})) status
        while :; do
                status=0
                ending_ask again || status=$?
                [[ $status != 0 ]] || break
                ((SECONDS < end)) || ending_failed "asked again it is $(ending_of again .verdict), $status" || return
                sleep 0.5
        done
        [[ $(ending_of again .verdict) =~ ^(ok|not-applicable)$ ]] || ending_failed "asked again it is $(ending_of again .verdict)"
}

# NAME|FAULT|PLACE|HOW|FACT|PREPARE|PERSON: PREPARE and PERSON are shell, run where the system is; $R is its root.
ending_table() {
        cat "$TOP/tests/endings/rows"
}

ending_names() {
        ending_table | awk -F'|' -v place="${1:-}" '!/^#/ && NF && (place == "" || $3 ~ "^" place "( |$)") { print $1 }'
}

ending_functions() {
        declare -f ending_ask ending_of ending_failed ending_policy ending_console ending_run ending_after
        printf 'ending_prepare() { %s\n}\nending_person() { %s\n}\n' "${PREPARE:-:}" "${PERSON:-:}"
}

# --- places ---

# A root that is not running, of modes_root's kinds and more.
ending_offline() { # KIND [ARGUMENT]
        local r=0
        modes_root "$@" || return 1
        case $1 in
        no_account) root_copy small && root_connector && root_owns || return 1 ;;
        esac
        ending_break && ending_here || r=1
        root_drop
        return "$r"
}

# A Debian root with GRUB, and kernels of the numbers that faultlab's tables know.
ending_kernels() {
        local r=0 image lacks
        lacks=$(boot_lacks)
        [[ -z $lacks ]] || { echo "$NAME: not asked, this machine lacks $lacks"; return 0; }
        image=$(mktemp -d)
        boot_image "$image/image" 6.12.9-1-amd64 0.1.5-1-amd64 999.1.5-1-amd64 && boot_root "$image/image" && root_connector 1.24.1.1013 || return 1
        MODES_OPTIONS=(--kernel 6.12.9-1-amd64)
        ending_break && ending_here || r=1
        root_drop
        rm -rf "$image"
        return "$r"
}

ending_break() {
        if ! "$FAULTLAB" --root "$ROOT" break "$NAME" >/dev/null || ! "$FAULTLAB" --root "$ROOT" check "$NAME" >/dev/null; then
                echo "$NAME: its root could not be broken"
                return 1
        fi
}

ending_here() {
        (
                R=$ROOT ENDING=$COPY/ending ENDING_POLICY=$ROOT/opt/cisco/amp/etc/policy.xml
                SECEP=("$BUILD/secep-repair" --root "$ROOT" "${MODES_OPTIONS[@]}")
                PATH=$BUILD:$PATH
                eval "$(ending_functions)"
                ending_run
        )
}

# This machine's root with the headers of a Debian kernel, in mounts of its own. Modules built for one row
# are there for the next.
ending_overlay() {
        (
                # shellcheck source=tests/lib/kernel-headers.bash
                . "$TOP/tests/lib/kernel-headers.bash"
                kernel_headers 6.1 || exit 1
                export KERNEL_RELEASE KERNEL_ROOT TOP BUILD FAULTLAB NAME FAULT HOW FACT ENDING_KEPT
                T=$(mktemp -d)
                T=$T BODY=$(ending_functions) unshare -m --propagation private bash -c '
                        . "$TOP/tests/lib/kernel-headers.bash"
                        . "$TOP/tests/endings/overlay.bash"
                        eval "$BODY"
                        ending_overlay_make && ending_run && ending_overlay_keep'
                r=$?
                rm -rf "$T"
                exit "$r"
        )
}

# The stand-in connector under systemd, once the row's PREPARE is through.
ending_live() {
        local r=0
        root_copy service && root_standin || return 1
        case $NAME in
        scan-start:memory-low) cvd_copy "$ROOT/opt/cisco/amp/clamav" || { echo "$NAME: not asked, no signed .cvd: $CVD_LACKS"; root_drop; return 0; } ;;
        scan-restarts:*)
                mkdir -p "$ROOT/var/lib/secep/monitor" "$ROOT/etc/secep"
                echo 20 >"$ROOT/opt/cisco/amp/etc/quiet-seconds"
                echo ScanQuietSeconds=20 >"$ROOT/etc/secep/secep.conf"
                ;;
        esac
        ending_break || r=1
        ((r)) || BOOT_LIMIT=400 boot "$(ending_functions)
                $(declare -p NAME FAULT HOW FACT)
                R= ENDING=/result/ending ENDING_POLICY=/opt/cisco/amp/etc/policy.xml ENDING_WAIT=90
                SECEP=(secep-repair)
                set +x; history_keep & set +e -x
                { ending_run >/result/ending.out; } || { cat /result/ending.out >&2; exit 1; }" >"$COPY/said" || r=1
        cat "$ROOT/result/ending.out" 2>/dev/null
        ((r == 0)) || { echo "$NAME: NOT ENDED"; cat "$COPY/said"; }
        root_drop
        return "$r"
}

ending_row() { # NAME
        local place words
        IFS='|' read -r NAME FAULT place HOW FACT PREPARE PERSON < <(ending_table | grep -F "$1|")
        read -ra words <<<"$place"
        "ending_${words[0]}" "${words[@]:1}"
}
