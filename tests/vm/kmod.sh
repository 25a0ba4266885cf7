#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The modules and the eBPF monitors on real kernels.   tests/vm/kmod.sh [CASE...]
#   events-6.1 netlink-6.1 nke-6.1 ebpf-6.1 ebpf-5.10 ... nke-newest storm lockdown confidentiality enforce own-key
#   secure-boot no-ring extra-6.1 extra-5.10 ...; cost and cost-time are for tests/bench/kmod.sh
# LAB_EXTRA_BPF=DIR: each case loads that folder's CO-RE objects before and after, and says which; extra-* take
# our own without it.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-$PWD/build}
. tests/lib/kernel-headers.bash
. tests/vm/vm.bash
VM_THREADS=single # probes come and go under load
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

guest_of() { # SERIES: $work/SERIES.img, $kernel and the image it is from
        local d=$work/$1
        kernel_image "$1" || return
        export KERNEL_RELEASE KERNEL_ROOT
        image=$KERNEL_IMAGE kernel=$work/$1.kernel
        [[ -e $kernel ]] || vm_kernel "$image" "$kernel"
        [[ ! -e $work/$1.img ]] || return 0
        vm_root "$d" || return 1
        [[ -x $BUILD/tests/netlink ]] || { echo "package libmnl-dev is missing"; return 1; }
        vm_add "$d" /test "$BUILD"/{tests/kmod-tool,tests/events,tests/netlink,tests/storm,secep-repair,secep-monitord}
        vm_add "$d" /test/plugins "$BUILD"/plugins/secep-{kmod,bpf}.so
        cp tests/vm/kmod-guest.sh "$d/test/run"
        cp tests/vm/{netlink,nke,options}-guest.sh tests/vm/extra-bpf.sh "$d/test/"
        with_objects "$d" || return 1
        if [[ -n ${SIGN_CERT:-} ]]; then
                cp "$SIGN_CERT" "$d/test/cert.der" && vm_add "$d" /test "$(type -P keyctl)" || return 1
        fi
        [[ -z ${AUDITD:-} ]] || with_auditd "$d"
        # the variable that tells of Secure Boot is behind a module
        cp "$KERNEL_ROOT/usr/lib/modules/$KERNEL_RELEASE"/kernel/fs/efivarfs/efivarfs.ko* "$d/test/"
        [[ ! -e $d/test/efivarfs.ko.xz ]] || xz -d "$d/test/efivarfs.ko.xz"
        WORK=$work/o OUT=$d unshare -m --propagation private tests/vm/kmod-modules.sh "$1" || return 1
        vm_pack "$d" "$work/$1.img"
}
export BUILD

# bpftool, what it is to load, and what refuses ring buffers.
with_objects() { # DIR
        local libs
        [[ $(type -P bpftool) ]] || return 0
        vm_add "$1" /test "$(type -P bpftool)" || return 1
        mkdir -p "$1/test/extra"
        if [[ -n ${LAB_EXTRA_BPF:-} ]]; then cp "$LAB_EXTRA_BPF"/*.o "$1/test/extra/"; return; fi
        case $c in
        extra-*)
                cp "$BUILD"/bpf/{core,monitor,proof}.bpf.o "$1/test/extra/"
                echo "no object" >"$1/test/extra/broken.o"
                ;;
        no-ring)
                libs=$(pkg-config --cflags --libs libbpf) || return 1
                clang -O2 -g -target bpf -Ikmod-build/bpf -c tests/vm/without_ring.bpf.c -o "$1/test/without_ring.o" || return 1
                # shellcheck disable=SC2086 # words
                cc -Wall -o "$work/without_ring" tests/vm/without_ring.c $libs && vm_add "$1" /test "$work/without_ring"
                ;;
        esac
}

# The audit daemon, for what an event costs beside it, from its packages: this machine keeps its own.
with_auditd() { # DIR
        local deb
        mkdir -p "$work/audit"
        (cd "$work/audit" && kernel_apt apt-get -qq download {auditd,libauparse0,libaudit1,libcap-ng0,libwrap0}/bookworm) || return 0
        for deb in "$work"/audit/*.deb; do dpkg -x "$deb" "$work/audit"; done
        LD_LIBRARY_PATH=$(echo "$work"/audit/{,usr/}lib/*/ | tr ' ' :) vm_add "$1" /test "$work"/audit/sbin/{auditd,auditctl}
        cp -L "$work"/audit/{,usr/}lib/*/lib*.so.* "$1/lib/x86_64-linux-gnu/"
        printf '%s\n' 'log_file = /var/log/audit/audit.log' 'log_format = RAW' 'flush = INCREMENTAL_ASYNC' 'freq = 50' \
                'space_left = 2' 'admin_space_left = 1' 'max_log_file = 64' {space_left,admin_space_left,disk_full,disk_error,max_log_file}'_action = IGNORE' >"$1/test/auditd.conf"
}

run_case() { # NAME CASE SERIES CMDLINE [QEMU...]
        local name=$1 case=$2 series=$3 cmdline=$4 log=$work/log start=$SECONDS made
        shift 4
        guest_of "$series" >"$log" 2>&1
        made=$?
        if [[ $made == 3 ]]; then
                echo "ok $name # skip this machine lacks a mirror that has Linux $series"
                ((++skipped))
                return
        fi
        if [[ $made == 0 ]] && vm_run "${KERNEL:-$kernel}" "$work/$series.img" "case=$case $cmdline" "$@" >"$log" 2>&1; then
                echo "ok $name ($((SECONDS - start)) s)"
                ((++passed))
        else
                echo "not ok $name"
                sed 's/^/    /' "$log" | tail -60
                ((++failed))
        fi
        grep -aoE '(ok|NOT OK|none|before|after):.*' "$log" | sed 's/^/    /'
}

# The firmware's own test keys: PK, KEK and db are one certificate, whose private key is public.
secure_boot() {
        local key=/usr/share/ovmf/PkKek-1-snakeoil.key pem=/usr/share/ovmf/PkKek-1-snakeoil.pem
        [[ -e $key && -e $pem ]] || { echo "not ok secure-boot: package ovmf is missing"; ((++failed)); return; }
        openssl rsa -in "$key" -passin pass:snakeoil -out "$work/sb.key" 2>/dev/null
        openssl x509 -in "$pem" -outform DER -out "$work/sb.der"
        export SIGN_KEY=$work/sb.key SIGN_CERT=$work/sb.der
        rm -rf "$work/6.1" "$work/6.1.img"
        guest_of 6.1 || { echo "not ok secure-boot: no guest"; ((++failed)); return; }
        cp /usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd "$work/vars.fd"
        sbsign --key "$work/sb.key" --cert "$pem" --output "$work/signed" "$image" 2>/dev/null
        KERNEL=$work/signed VM_CPU=max run_case secure-boot secure-boot 6.1 "" -machine q35,smm=on \
                -global driver=cfi.pflash01,property=secure,value=on \
                -drive if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd \
                -drive "if=pflash,unit=1,format=raw,file=$work/vars.fd"
        unset SIGN_KEY SIGN_CERT
}

# A key of nobody's: it comes into a keyring of the administrator's own, which modules are not verified by.
own_key() {
        openssl req -new -x509 -nodes -newkey rsa:2048 -days 9 -subj /CN=lab/ -keyout "$work/own.key" -outform DER -out "$work/own.der" 2>/dev/null
        export SIGN_KEY=$work/own.key SIGN_CERT=$work/own.der
        rm -rf "$work/6.1" "$work/6.1.img"
        run_case own-key own-key 6.1 module.sig_enforce=1
        unset SIGN_KEY SIGN_CERT
}

[[ $# -gt 0 ]] || set -- events-6.1 netlink-6.1 nke-6.1 ebpf-6.1 storm lockdown confidentiality enforce own-key secure-boot no-ring \
        events-5.10 netlink-5.10 nke-5.10 ebpf-5.10 events-6.12 netlink-6.12 nke-6.12 ebpf-6.12 \
        events-newest netlink-newest nke-newest ebpf-newest
for c; do
        case $c in
        events-* | ebpf-*) run_case "$c" "${c%%-*}" "${c#*-}" "" ;;
        netlink-* | nke-*) VM_TIMEOUT=900 run_case "$c" "${c%%-*}" "${c#*-}" "messages=${MESSAGES:-5000}" ;;
        storm) VM_TIMEOUT=$((300 + 15 * ${TIMES:-200})) run_case storm storm 6.1 "times=${TIMES:-200}" ;; # ten seconds each on a busy machine
        # One processor and a clock of instructions done: the same on a busy machine.
        cost) AUDITD=yes VM_ACCEL=tcg VM_THREADS=single VM_TIMEOUT=900 run_case cost cost 6.1 "rounds=${RUNS:-5}" \
                        -smp 1 -icount shift=0,sleep=off ;;
        # The emulator's own time, for reading beside it on a machine with nothing else to do.
        cost-time) AUDITD=yes VM_THREADS=multi VM_TIMEOUT=900 run_case cost-time cost 6.1 "rounds=${RUNS:-5}" ;;
        confidentiality) run_case confidentiality confidentiality 6.1 "lockdown=confidentiality" ;;
        no-ring)
                rm -rf "$work/6.1" "$work/6.1.img"
                run_case no-ring no-ring 6.1 "lsm=landlock,lockdown,bpf"
                ;;
        extra-*)
                rm -rf "${work:?}/${c#*-}" "$work/${c#*-}.img"
                run_case "$c" extra "${c#*-}" ""
                ;;
        lockdown) run_case lockdown lockdown 6.1 "lockdown=integrity" ;;
        enforce) run_case enforce enforce 6.1 "module.sig_enforce=1" ;;
        own-key) own_key ;;
        secure-boot) secure_boot ;;
        *) echo "no case $c" >&2; exit 2 ;;
        esac
done
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
