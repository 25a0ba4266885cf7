# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Fault 19 on a system that enforces, told as TAP. Runs as initrc_t, like a service's script.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
O=/root/out
DOMAIN=system_u:system_r:unconfined_service_t:s0
MODULE=cisco-secure-bpf
CONTEXTS=/etc/selinux/default/contexts/files/file_contexts
tests=0
failed=0
ok() { tests=$((tests + 1)); echo "ok $tests - $*"; }
bad() {
        tests=$((tests + 1)); failed=1
        echo "not ok $tests - $*"
        sed 's/^/# /' $O
        dmesg | grep avc: | tail -5 | sed 's/^/# /'
}
seconds() { read -r up rest </proc/uptime; echo "${up%.*}"; }

# WHAT, exit status wanted, secep-repair's arguments; the report stays in $O
repairs() {
        what=$1 wanted=$2 got=0
        shift 2
        began=$(seconds)
        secep-repair --json "$@" >$O 2>&1 || got=$?
        if [ $got = "$wanted" ]; then ok "$what ($(($(seconds) - began)) s)"; else bad "$what: exit $got, not $wanted"; fi
}
# has WHAT TEXT: the report says so
has() {
        if grep -qF "$2" $O; then ok "$1"; else bad "$1: no $2"; fi
}
steps() { # WHAT KIND...
        what=$1
        shift
        found=$(grep -o '"kind":"[a-z-]*"' $O | sed 's/.*:"\(.*\)"/\1/' | tr '\n' ' ')
        if [ "$found" = "$* " ]; then ok "$what: $*"; else bad "$what: the steps are $found"; fi
}
fault() { # CAUSE WHAT
        repairs "$2" 1 --fault 19 --check
        has "its cause is $1" "\"verdict\":\"fault\",\"cause\":\"$1\""
}
repaired() { # CAUSE STEP...
        repairs "repaired: $1" 0 --fault 19
        has "the system was changed" '"changed":true'
        has "no fault is left" '"verdict":"ok"'
        cause=$1
        shift
        steps "steps for $cause" "$@"
}
unchanged() {
        repairs "a second repair has nothing to do" 0 --fault 19
        has "it changed nothing" '"changed":false'
}
as_service() { runcon $DOMAIN "$@"; }
denied() {
        as_service selinux-try bpf >$O 2>&1
        # the map and the program
        if [ "$(grep -c ': Permission denied' $O)" = 2 ]; then ok "bpf() is denied to the domain"; else bad "bpf() is denied to the domain"; fi
}
allowed() {
        if as_service selinux-try bpf >$O 2>&1; then ok "bpf() is allowed to the domain"; else bad "bpf() is allowed to the domain"; fi
}

cd /root || exit 1
getenforce >$O; has "the guest enforces" Enforcing
cat /proc/self/attr/current >$O; has "the test runs as initrc_t" ':initrc_t:'
as_service cat /proc/self/attr/current >$O 2>&1; has "a service runs in its domain" ':unconfined_service_t:'

fault module-missing "the rule is missing"
denied
cp /etc/selinux/default/policy/policy.33 /root/without.33
dmesg >$O; has "the kernel logged it for class bpf" 'tclass=bpf permissive=0'
as_service selinux-try perf >$O 2>&1; has "perf_event_open() is denied too" 'perf: Permission denied'

repaired module-missing install-module load-policy
run=$(sed -n 's/.*"run":"\([^"]*\)".*/\1/p' $O)
allowed
as_service selinux-try perf >$O 2>&1; has "perf_event_open() is allowed as well" 'perf: allowed'
as_service setfiles -n -v "$CONTEXTS" /etc/selinux /var/lib/selinux >$O 2>&1
if [ -s $O ]; then bad "what the repair wrote has its labels"; else ok "what the repair wrote has its labels"; fi
as_service chcon -t etc_t /etc/selinux/default/policy/policy.33
as_service setfiles -n -v "$CONTEXTS" /etc/selinux >$O 2>&1; has "a wrong label would be told" policy.33
as_service setfiles "$CONTEXTS" /etc/selinux >$O 2>&1
unchanged

repairs "undo ends well" 0 --undo "$run"
fault module-missing "undo brought the fault back"
denied

semodule -n -X 200 -i /root/$MODULE.cil >$O 2>&1 || bad "semodule -n"
denied
fault not-loaded "the policy is in the store and not in the kernel"
repairs "a rehearsal leaves the kernel alone" 3 --fault 19 --rehearse
has "it sees the cause" '"cause":"not-loaded"'
has "and says what it left out" '"not-rehearsed"'
denied
repaired not-loaded load-policy
allowed
unchanged

semodule -d $MODULE >$O 2>&1 || bad "semodule -d"
denied
fault module-disabled "the module is disabled"
# where nobody confined it, a service of ours runs in this very domain
as_service secep-repair --fault 19 --json >$O 2>&1 || bad "the repair ends with 0"
has "repaired from within the domain" '"verdict":"ok"'
steps "steps for module-disabled" enable-module load-policy
allowed
cp /etc/selinux/default/policy/policy.33 /root/with.33

setenforce 0
repairs "permissive: nothing to repair" 0 --fault 19
has "it is not applicable" '"verdict":"not-applicable"'
has "the next boot enforces: that is told" 'makes it enforcing at the next boot'
setenforce 1

# a connector whose daemon somebody moved to another domain
mkdir -p /opt/cisco/amp/bin /opt/cisco/amp/etc
cp /usr/bin/selinux-try /opt/cisco/amp/bin/ampdaemon
printf '<?xml version="1.0"?>\n<config><agent><version>1.24.1.1013</version></agent></config>\n' >/opt/cisco/amp/etc/global.xml
chcon -t bin_t /opt/cisco/amp/bin/ampdaemon 2>/dev/null
/opt/cisco/amp/bin/ampdaemon wait & daemon=$!
sleep 1
repairs "the daemon runs as initrc_t: a person is needed" 4 --fault 19 --check
has "the cause names the other domain" '"cause":"other-domain"'
has "and what it lacks" 'denied perf_event'
kill $daemon
as_service /opt/cisco/amp/bin/ampdaemon wait & daemon=$!
sleep 1
repairs "the daemon runs in its own domain: no fault" 0 --fault 19 --check
kill $daemon

# How soon the daemon says it: two policies loaded in turn, each written to the kernel at once. Printed only,
# for the emulator is no measure.
latency() { # ROUNDS
        mkdir -p /run/secep /var/log/secep /var/lib/secep
        LOG=/var/log/secep/events.jsonl
        secep-monitord >$O 2>&1 & monitor=$!
        until grep -q '"id": 19' /run/secep/faults.json 2>/dev/null; do sleep 1; done
        i=0
        while [ $i -lt "$1" ]; do
                for policy in without with; do
                        n=$(grep -c '"fault":19' $LOG 2>/dev/null)
                        load_now /root/$policy.33
                        began=$(/usr/bin/date +%s%3N)
                        tries=0
                        until [ "$(grep -c '"fault":19' $LOG 2>/dev/null)" -gt "${n:-0}" ]; do
                                tries=$((tries + 1))
                                [ $tries -lt 60 ] || return 1
                                sleep 1
                        done
                        told=$(grep '"fault":19' $LOG | tail -1 | sed 's/.*"time":\([0-9]*\).*/\1/')
                        echo "# fault 19, policy $policy the rule: told $((told - began)) ms after its loading ended"
                done
                i=$((i + 1))
        done
        kill $monitor
}
load_now() { dd if="$1" of=/sys/fs/selinux/load bs=64M 2>/dev/null; }

twenty() { # WHAT COMMAND...
        what=$1
        shift
        began=$(seconds)
        n=0
        while [ $n -lt 20 ]; do "$@" >/dev/null; n=$((n + 1)); done
        echo "# 20 times $what: $(($(seconds) - began)) s"
}
twenty "no check, only the program's start" secep-repair --version
twenty "a check" secep-repair --fault 19 --check
if latency 5; then ok "the daemon tells each time a policy is loaded"; else bad "the daemon tells each time a policy is loaded"; fi
echo "1..$tests"
exit $failed
