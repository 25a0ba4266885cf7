#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What a transaction behind the door may do: a package that needs each capability that is left to it,
# and its files as it wants them. SECURITY.md names this test where it is the one that fails.
bats_require_minimum_version 1.5.0
load ../lib/roots
load ../lib/packages

teardown() {
        root_drop
}

fault11() {
        repair --fault 11 --kernel "$RELEASE" "$@"
}

# Files of another user and group, with set-id bits and file capabilities, one below a directory that
# is closed to all but that user; a scriptlet that writes there and goes on as that user.
demanding() { # DIR
        cat >"$COPY/spec.in" <<'END'
Provides: /bin/sh
%post
set -e
echo written >>/srv/demanding/closed/file
setpriv --reuid bin --regid mail --clear-groups sh -c 'echo "$(id -u):$(id -g)" >/srv/demanding/closed/as-bin'
%files
%attr(4755,bin,mail) /srv/demanding/set-uid
%attr(2755,bin,mail) /srv/demanding/set-gid
%caps(cap_net_raw=ep) /srv/demanding/with-capability
%dir %attr(0700,bin,mail) /srv/demanding/closed
%attr(0600,bin,mail) /srv/demanding/closed/file
END
        rpm_make "$1" secep-test-dep 1 1 'mkdir -p %{buildroot}/srv/demanding/closed
cd %{buildroot}/srv/demanding; echo x | tee set-uid set-gid with-capability closed/file'
}

@test "a package gets owners, modes, set-id bits, file capabilities, other users" {
        load ../lib/rpms
        rpm_root
        root_connector 1.24.1.1013
        demanding "$ROOT/srv/repo"
        rpm_headers "$ROOT/srv/repo" "$RELEASE" kernel-devel
        rpm_index
        fault11
        exited 0
        cd "$ROOT/srv/demanding"
        [[ $(chroot "$ROOT" stat -c '%a %U:%G' /srv/demanding/set-uid) == "4755 bin:mail" ]]
        [[ $(chroot "$ROOT" stat -c '%a %U:%G' /srv/demanding/set-gid) == "2755 bin:mail" ]]
        [[ $(chroot "$ROOT" stat -c '%a %U:%G' /srv/demanding/closed/file) == "600 bin:mail" ]]
        # version 2, effective, CAP_NET_RAW
        [[ $(getfattr --only-values -n security.capability with-capability | od -An -tx1 | tr -d ' \n') == 0100000200200000* ]]
        [[ $(tail -1 closed/file) == written ]]
        [[ $(<closed/as-bin) == "$(chroot "$ROOT" id -u bin):$(chroot "$ROOT" getent group mail | cut -d: -f3)" ]]
}

# A method that is done and does not go by itself, as one that waits for a name server.
@test "apt ends a method that is another user" {
        root_copy small
        root_connector 1.24.1.1013
        repo_with_headers
        cat >"$ROOT/usr/lib/apt/methods/lingers" <<'END'
#!/bin/bash
printf '100 Capabilities\nVersion: 1.2\nSend-Config: true\nSingle-Instance: true\n\n'
if [[ $(id -u) == 0 ]]; then exec setpriv --reuid _apt --regid nogroup --clear-groups "$0" "$@" 2>/dev/null; fi
touch /var/log/ran-as-"$(id -un)"
while read -r line; do
        case $line in
        600*) asked=1 ;;
        URI:*) uri=$line ;;
        '')
                [[ ! ${asked:-} ]] || printf '400 URI Failure\n%s\nMessage: no such thing\n\n' "$uri"
                asked=
                ;;
        esac
done
exec sleep 100000
END
        chmod 0755 "$ROOT/usr/lib/apt/methods/lingers"
        chmod 1777 "$ROOT/var/log"
        echo 'deb [trusted=yes] lingers:/srv/elsewhere ./' >"$ROOT/etc/apt/sources.list.d/lingers.list"
        SECONDS=0
        fault11 --timeout 200
        echo "$output"
        ((SECONDS < 150))
        [[ -e $ROOT/var/log/ran-as-_apt ]]
}
