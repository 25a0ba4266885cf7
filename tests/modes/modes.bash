# SPDX-License-Identifier: GPL-2.0-or-later
# One cause of faultlab asked about in every mode, and the answers held against each other. Load after
# roots.bash, nspawn.bash, packages.bash and cvd.bash; kernel-headers.bash is sourced by the rows that need it.
#
#   modes_row NAME        makes the row's root, breaks it, asks; prints its line of the table, 1: a contradiction
#   modes_names           all rows
#
# A row without faultlab's colon is a system that nothing is wrong with.
# shellcheck shell=bash disable=SC2016,SC2034,SC2153

MODES_HEAD=$(printf '%-38s %-30s %-30s %-30s %-30s %s' cause --check '--check --prove' --plan repair 'then --check')

# FAULT DIR PROGRAM...: runs here and inside of a booted root.
modes_ask() {
        local fault=$1 dir=$2 mode status
        shift 2
        mkdir -p "$dir"
        for mode in check prove plan repair check-after prove-after; do
                local -a option=()
                case $mode in
                check*) option=(--check) ;;
                prove*) option=(--check --prove) ;;
                plan) option=(--plan) ;;
                esac
                status=0
                "$@" --json --fault "$fault" "${option[@]}" >"$dir/$mode.json" 2>"$dir/$mode.err" || status=$?
                echo "$status" >"$dir/$mode.status"
        done
}

modes_compare() { # NAME DIR
        python3 "$TOP/tests/modes/compare.py" "$1" "$2"
}

# Rows: NAME|FAULT|FUNCTION ARGUMENTS...
modes_table() {
        cat <<'X'
scan-user:user-missing|5|offline scan_user
scan-user:usergroups-disabled|5|offline scan_user
scan-user:directory-mode|5|offline scan_user
kernel-headers:headers-missing|11|offline headers
kernel-headers:old-connector|11|offline headers
kernel-compat:kernel-too-new|16|offline compat 6.1.0-56-amd64
kernel-compat:kernel-too-old|16|offline compat 6.1.0-56-amd64
kernel-compat:kernel-lacks|16|offline compat 9.9.9-lab
selinux-policy:enforcing|19|offline selinux
selinux-policy:module-missing|19|offline selinux
scan-start:signatures-invalid|7|offline signatures
file-monitor:module-missing|8|overlay
file-monitor:module-stale|8|overlay
file-monitor:vendor-module|8|overlay
file-monitor:source-broken|8|overlay
file-monitor:module-blacklisted|8|overlay
file-monitor:headers-wrong|8|overlay
file-monitor:build-tools-missing|8|overlay
file-monitor:connector|8|overlay
file-monitor:connector-too-old|8|overlay
network-monitor:module-missing|9|overlay
network-monitor:module-stale|9|overlay
network-monitor:module-blacklisted|9|overlay
network-monitor:headers-wrong|9|overlay
network-monitor:build-tools-missing|9|overlay
network-monitor:connector|9|overlay
running-scan-user|5|live soon 90 scanner_runs; sleep 3.5
running-scan-restarts|6|live soon 90 scanner_runs; sleep 3.5
running-scan-start|7|live soon 90 scanner_runs; sleep 3.5
running-file-monitor|8|live soon 90 scanner_runs
running-network-monitor|9|live soon 90 scanner_runs
running-event-overload|18|live soon 90 scanner_runs
scan-start:signatures-kept|7|live soon 60 judge_raises 7
scan-start:signatures-unloadable|7|live soon 60 judge_raises 7
scan-start:signatures-unloadable-cvd|7|live soon 60 judge_raises 7
scan-start:program-missing|7|live soon 60 judge_raises 7
scan-start:signatures-recurring|7|live soon 60 judge_raises 7
scan-start:not-started|7|live soon 60 judge_raises 7; chmod 0755 /opt/cisco/amp/bin/ampscansvc; sleep 15
scan-start:service-failed|7|live soon 60 eval "[[ \$(systemctl is-failed cisco-amp) == failed ]]"
scan-start:service-failing|7|live systemctl start cisco-amp || true; soon 60 eval "[[ \$(systemctl is-failed cisco-amp) == failed ]]"
scan-start:memory-low|7|live soon 60 judge_raises 7
scan-start:disk-low|7|live soon 60 judge_raises 7
scan-restarts:crash-loop|6|live soon 60 judge_raises 6
scan-restarts:settling|6|live soon 60 judge_raises 6
event-overload:busy-verified|18|live soon 60 judge_raises 18
event-overload:busy-unverified|18|live soon 60 judge_raises 18
event-overload:busy-spread|18|live soon 60 judge_raises 18
X
}

# It ends by itself while it is asked about, so that one mode is asked of another system than the next.
modes_left_out() {
        echo event-overload:short-burst
}

modes_names() {
        modes_table | cut -d'|' -f1
}

# What a row's root is before it is broken: $ROOT, and in MODES_OPTIONS what secep-repair is told beside it.
modes_root() { # KIND [RELEASE]
        MODES_OPTIONS=()
        case $1 in
        scan_user)
                root_copy full && root_connector || return 1
                groupadd --root "$ROOT" -r cisco-amp-scan-svc
                useradd --root "$ROOT" -r -g cisco-amp-scan-svc -M -d /nonexistent -s /usr/sbin/nologin cisco-amp-scan-svc
                root_owns
                ;;
        headers)
                root_copy small && root_connector && repo_with_headers || return 1
                MODES_OPTIONS=(--kernel "$RELEASE")
                ;;
        compat)
                root_tiny && root_connector && mkdir -p "$ROOT/boot" "$ROOT/etc/secep" || return 1
                MODES_OPTIONS=(--kernel "$2")
                ;;
        selinux)
                root_copy full || return 1
                "$FAULTLAB" --root "$ROOT" break selinux-policy:enforcing >/dev/null
                ;;
        signatures)
                root_tiny && root_connector && mkdir -p "$ROOT/opt/cisco/amp/clamav" || return 1
                printf '\x7fELF' >"$ROOT/opt/cisco/amp/bin/ampscansvc"
                chmod 0755 "$ROOT/opt/cisco/amp/bin/ampscansvc"
                ;;
        esac
}

modes_offline() { # NAME FAULT KIND [RELEASE]
        local r=0
        modes_root "${@:3}" &&
                "$FAULTLAB" --root "$ROOT" break "$1" >/dev/null && "$FAULTLAB" --root "$ROOT" check "$1" >/dev/null || r=1
        if ((r == 0)); then
                modes_ask "$2" "$COPY/modes" "$BUILD/secep-repair" --root "$ROOT" "${MODES_OPTIONS[@]}"
                modes_compare "$1" "$COPY/modes" || r=$?
        else
                echo "$1: its root could not be made or broken"
        fi
        root_drop
        return "$r"
}

# This machine's root with the headers of a Debian kernel, in mounts of its own.
modes_overlay() { # NAME FAULT
        (
                # shellcheck source=tests/lib/kernel-headers.bash
                . "$TOP/tests/lib/kernel-headers.bash"
                kernel_headers 6.1 || exit 1
                export KERNEL_RELEASE KERNEL_ROOT
                T=$(mktemp -d)
                T=$T NAME=$1 FAULT=$2 TOP=$TOP BUILD=$BUILD FAULTLAB=$FAULTLAB BODY=$(declare -f modes_ask) \
                        unshare -m --propagation private bash -c '
                        set -e
                        . "$TOP/tests/lib/kernel-headers.bash"
                        eval "$BODY"
                        mkdir "$T/none"
                        kernel_overlay "$T/o"; R=$T/o/root
                        rm -f "$R"/boot/config-* ; sed -i /secep-build/d "$R/etc/passwd" "$R/etc/group"
                        rm -rf "$R/var/lib/secep" "$R/opt/cisco" "$R/etc/secep"
                        mkdir -p "$R/lib/modules/$KERNEL_RELEASE/kernel"
                        mount -t tmpfs none "$R/lib/modules/$KERNEL_RELEASE/kernel"
                        "$FAULTLAB" --root "$R" break "$NAME" >/dev/null
                        "$FAULTLAB" --root "$R" check "$NAME" >/dev/null
                        modes_ask "$FAULT" "$T/modes" "$BUILD/secep-repair" --root "$R" --kernel "$KERNEL_RELEASE" --offline "$T/none"
                        python3 "$TOP/tests/modes/compare.py" "$NAME" "$T/modes"'
                r=$?
                rm -rf "$T"
                exit "$r"
        )
}

# The stand-in connector under systemd, asked once WAITED holds.
modes_live() { # NAME FAULT WAITED...
        local r=0 name=$1 fault=$2
        shift 2
        root_copy service && root_standin || return 1
        case $name in
        scan-start:memory-low) cvd_copy "$ROOT/opt/cisco/amp/clamav" || { echo "$name: not asked, no signed .cvd: $CVD_LACKS"; root_drop; return 0; } ;;
        scan-restarts:*)
                mkdir -p "$ROOT/var/lib/secep/monitor" "$ROOT/etc/secep"
                echo 120 >"$ROOT/opt/cisco/amp/etc/quiet-seconds"
                echo "ScanQuietSeconds=120" >"$ROOT/etc/secep/secep.conf"
                ;;
        esac
        [[ $name != *:* ]] || "$FAULTLAB" --root "$ROOT" break "$name" >/dev/null || r=1
        ((r)) || BOOT_LIMIT=400 boot "$(declare -f modes_ask)
                set +x; history_keep & set -x
                $*
                modes_ask $fault /result/modes secep-repair" || r=1
        if ((r == 0)); then modes_compare "$name" "$ROOT/result/modes" || r=$?; else echo "$name: the connector's root did not get there"; fi
        root_drop
        return "$r"
}

modes_row() { # NAME
        local name fault how words
        IFS='|' read -r name fault how < <(modes_table | grep -F "$1|")
        read -ra words <<<"$how"
        "modes_${words[0]}" "$name" "$fault" "${words[@]:1}"
}
