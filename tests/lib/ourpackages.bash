# SPDX-License-Identifier: GPL-2.0-or-later
# Our own packages, made with debian/ and specs/ of what this tree has built: make finds nothing to do,
# so that seconds go by and not a build. And what an operator would find changed afterwards.
#
#   our_debs DIR            # the .deb files
#   our_rpms DIR RELEASE    # the .rpm files, with RELEASE instead of the spec's
#   our_rpm_root DIR        # a root for them
#   our_debs_next DIR NEW VERSION   # those of DIR with another version, into NEW
#   manifest ROOT           # of each file: type, mode, owner, path; another line for its digest
# shellcheck shell=bash

our_packages_lack() {
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || { echo "a mount namespace of its own (run by make check)" && return; }
        command -v "$1" >/dev/null || echo "$1 (tests/deps.sh package)"
}

# The sources and the build beside them, in DIR, with their times.
copy_built() {
        mkdir -p "$1/build"
        git -c safe.directory="$TOP" -C "$TOP" ls-files -z | (cd "$TOP" && tar -c --null -T - --ignore-failed-read) | tar -x -C "$1"
        cp -a "$BUILD"/{obj,bpf,locale,plugins,words,*.a,secep-repair,secep-installer,secep-monitord} "$1/build/"
        rm -rf "$1/build/obj/tests"
        # what was built of it is newer than all of it
        find "$1" -path "$1/build" -prune -o -type f -exec touch -h -d '2020-01-01' {} +
}

# make would leave its own options to the build.
clean_make() {
        env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u BUILD DEB_BUILD_OPTIONS="nocheck noautodbgsym" "$@"
}

our_debs() {
        local work
        work=$(mktemp -d)
        copy_built "$work/secep"
        (cd "$work/secep" && clean_make debian/rules binary) >"$work/log" 2>&1 3>&- || { tail -30 "$work/log" && return 1; }
        # nothing may have been built here
        ! grep -qE '^ *(CC|CXX) ' "$work/log" || { grep -E '^ *(CC|CXX) ' "$work/log" | head -5 && return 1; }
        mkdir -p "$1"
        cp "$work"/*.deb "$1/"
        rm -rf "$work"
}

our_rpms() {
        local work version
        version=$(sed -n 's/^VERSION := //p' "$TOP/Makefile")
        work=$(mktemp -d)
        mkdir -p "$work"/{SOURCES,SPECS} "$1"
        copy_built "$work/secep-$version"
        tar -cf "$work/SOURCES/secep-$version.tar.gz" -C "$work" "secep-$version"
        sed "s/^Release: .*/Release: $2/" "$TOP/specs/secep.spec" >"$work/SPECS/secep.spec"
        clean_make rpmbuild -bb --nodeps --define "_topdir $work" "$work/SPECS/secep.spec" >"$work/log" 2>&1 3>&- || { tail -30 "$work/log" && return 1; }
        ! grep -qE '^ *(CC|CXX) ' "$work/log" || { grep -E '^ *(CC|CXX) ' "$work/log" | head -5 && return 1; }
        cp "$work"/RPMS/*/*.rpm "$1/"
        rm -rf "$work"
}

# $ROOT: an rpm host with what ours are linked with; secep.rpm and secep-rpm.rpm of DIR/rpms in its /srv,
# those of DIR/next in /srv/next. Load rpms.bash.
our_rpm_root() { # DIR
        local name
        rpm_root
        rpm_host_libraries "$ROOT/srv/repo"
        rpm_index
        # which the package filesystem owns on such a host
        mkdir -p "$ROOT"/usr/share/{licenses,locale/pt_BR/LC_MESSAGES,man/man{5,7,8},man/pt_BR/man{5,7,8}}
        mkdir "$ROOT/srv/next"
        for name in secep secep-rpm; do
                cp "$1/rpms/$name"-[0-9]*.rpm "$ROOT/srv/$name.rpm"
                cp "$1/next/$name"-[0-9]*.rpm "$ROOT/srv/next/$name.rpm"
        done
        inside rpm -i /srv/repo/host-libraries-1-1.x86_64.rpm
}

our_debs_next() { # DIR NEW VERSION
        local deb work old
        work=$(mktemp -d)
        mkdir -p "$2"
        for deb in "$1"/*.deb; do
                rm -rf "$work/x" && dpkg-deb -R "$deb" "$work/x"
                old=$(dpkg-deb -f "$deb" Version)
                sed -i "s/$old/$3/g" "$work/x/DEBIAN/control"
                dpkg-deb -Znone -b "$work/x" "$2/$(basename "${deb/_$old/_$3}")" >/dev/null
        done
        rm -rf "$work"
}

# Caches, logs, the package system's own books and shadow's copies of the files before change with every transaction.
manifest() {
        local all=(find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp -o -path ./run -o -path ./srv -o -path ./result
                -o -path ./var/lib/dpkg -o -path ./var/lib/rpm -o -path ./var/lib/apt -o -path ./var/cache -o -path ./var/lib/dnf -o -path ./var/log -o -path './etc/*-' \) -prune -o)
        (
                set -eo pipefail
                cd "$1"
                # one sha256sum for all: starting it for each file is the most of the time there is
                { "${all[@]}" -printf '%y %m %U:%G %p %l\n' && "${all[@]}" -type f -print0 | xargs -0 sha256sum | sed 's/^\([^ ]*\)  /sha256 \1 - /'; } | sort -k4
        )
}

# The same of a root that was booted: systemd's own notes of it change with each boot.
booted_manifest() {
        manifest "$1" | grep -vE '^[^ ]+ [^ ]+ [^ ]+ \./(var/lib/systemd|var/tmp|root|etc/systemd/system/secep-test)(/| |\.|$)'
}

# COMMAND in $ROOT, which takes itself for the running system. Private mounts only.
inside() {
        # shellcheck disable=SC2016
        env -u LANG -u LC_ALL DEBIAN_FRONTEND=noninteractive unshare --pid --fork --kill-child --mount --propagation private \
                sh -ec 'mount -t proc proc "$0/proc"; exec chroot "$0" "$@"' "$ROOT" "$@" 3>&-
}

# What is left of us in $ROOT, by name. Pages that were read wait in man-db's cache for its own daily tidying.
ours_left() {
        (cd "$ROOT" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./tmp -o -path ./srv -o -path ./usr/share/dpkg -o -path ./root \
                -o -path ./var/cache/man \) -prune \
                -o -name '*secep*' -print | sort)
}

# Kills a repair of fault 5 between its two steps: a run that is cut off, the group made, the user not in it.
cut_off_a_run() {
        local k status
        for k in $(seq 1 200); do
                "$STEP" "$k" "$BUILD/secep-repair" --root "$ROOT" --fault 5 >"$COPY/log" 2>&1 && status=0 || status=$?
                [[ $status == 137 ]] || { cat "$COPY/log" && return 1; }
                ! grep -q '^cisco-amp-scan-svc:' "$ROOT/etc/group" || return 0
        done
        return 1
}

# The run logs that have no end.
cut_off_runs() {
        grep -L '"event":"end"' "$ROOT"/var/lib/secep/runs/*.jsonl || :
}

# A socket /dev/log in $ROOT, whose lines go to $COPY/journal while COMMAND runs.
with_journal() { # COMMAND...
        local listener
        rm -f "$ROOT/dev/log" "$COPY/journal"
        python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
out = open(sys.argv[2], "w")
while True:
    out.write(s.recv(65536).decode() + "\n")
    out.flush()' "$ROOT/dev/log" "$COPY/journal" 3>&- &
        listener=$!
        until [[ -S $ROOT/dev/log && -e $COPY/journal ]]; do
                kill -0 $listener || return 1
                read -rt 0.05 <> <(:) || :
        done
        "$@"
        # what came before the end is read before the end
        python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"end", sys.argv[1])' "$ROOT/dev/log"
        until grep -qx end "$COPY/journal"; do
                kill -0 $listener || return 1
                read -rt 0.05 <> <(:) || :
        done
        kill $listener
        wait $listener 2>/dev/null || :
}
