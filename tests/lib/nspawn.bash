# SPDX-License-Identifier: GPL-2.0-or-later
# A root under real systemd: boots $ROOT with systemd-nspawn, runs a script there as a service, and
# brings back what it left in /result. Load after roots.bash.
# shellcheck shell=bash

# shellcheck disable=SC2034
ROOT_PACKAGES[service]="systemd systemd-sysv systemd-coredump dbus passwd jq procps libjansson4 libexpat1 libselinux1 libsepol2 libclamav12 libssl3 libbz2-1.0 kmod libelf1 libbpf1 libsemanage2"

# What keeps systemd from booting here, in words; nothing when all is well.
nspawn_lacks() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || { echo "a mount namespace of its own (run by make check)" && return; }
        command -v systemd-nspawn >/dev/null || { echo "systemd-nspawn (package systemd-container)" && return; }
        command -v script >/dev/null || echo "script (package bsdutils)"
}

# The stand-in connector installed in $ROOT, our programs beside.
root_standin() {
        cp "$BUILD/tests/standin/ciscoampconnector.deb" "$ROOT/root/"
        chroot "$ROOT" dpkg -i /root/ciscoampconnector.deb >"$COPY/dpkg.log" 2>&1 || {
                cat "$COPY/dpkg.log"
                return 1
        }
        mkdir -p "$ROOT"/usr/lib/secep-test/plugins "$ROOT"/result "$ROOT"/var/spool/amp-queue
        cp "$BUILD/secep-repair" "$ROOT/usr/lib/secep-test/"
        cp "$BUILD"/plugins/secep-{systemd,digest,clamav}.so "$ROOT/usr/lib/secep-test/plugins/"
        ln -sf /usr/lib/secep-test/secep-repair "$ROOT/usr/bin/secep-repair"
        cp "$FAULTLAB" "$ROOT/usr/bin/faultlab"
}

# SCRIPT as a service of $ROOT that starts with it and then runs the line END. Trace in /result/log,
# exit status in /result/status. The functions of tests/lib/inside.bash are there too.
root_test() { # SCRIPT END
        { cat "$TOP/tests/lib/inside.bash" && printf '%s\n' "$1"; } >"$ROOT/root/test.sh"
        printf '/bin/bash -x /root/test.sh >/result/log 2>&1\necho $? >/result/status\n%s\n' "$2" >"$ROOT/root/run.sh"
        printf '[Service]\nType=oneshot\nExecStart=/bin/bash /root/run.sh\n[Install]\nWantedBy=multi-user.target\n' \
                >"$ROOT/etc/systemd/system/secep-test.service"
        chroot "$ROOT" systemctl -q enable secep-test.service
}

# boot SCRIPT [NSPAWN-OPTION...]: its text runs in the booted root with `set -x`; trace in $COPY/log.
# BOOT_LIMIT: so many seconds at most (600).
boot() {
        local line
        root_test "$1" 'systemctl poweroff --force'
        shift
        mountpoint -q /run/systemd/nspawn-of-tests || {
                mount -t tmpfs -o mode=0755 tmpfs /run
                mkdir -p /run/systemd/nspawn-of-tests /run/lock
                mount -t tmpfs tmpfs /run/systemd/nspawn-of-tests
        }
        line="systemd-nspawn -q -D $ROOT -b --register=no --keep-unit --private-network --link-journal=no --system-call-filter='fanotify_init fanotify_mark bpf' $*"
        timeout "${BOOT_LIMIT:-600}" script -qec "$line" "$COPY/console" </dev/null >/dev/null 2>&1 || true
        [[ $(cat "$ROOT/result/status" 2>/dev/null) == 0 ]] || {
                tail -60 "$ROOT/result/log" 2>/dev/null || tail -40 "$COPY/console"
                return 1
        }
}
