# SPDX-License-Identifier: GPL-2.0-or-later
# Small header packages and repositories made by the test, for what needs no real kernel.
# shellcheck shell=bash

RELEASE=9.9.9-1-amd64

# A package linux-headers-RELEASE whose tree is complete, in DIR; DEPENDS and POSTINST are optional.
headers_deb() { # DIR RELEASE [DEPENDS] [POSTINST]
        local dir=$1 release=$2 work
        work=$(mktemp -d "$COPY/deb.XXXXXX")
        local tree=$work/usr/src/linux-headers-$release
        mkdir -p "$work/DEBIAN" "$tree/include/generated" "$tree/scripts/mod" "$work/usr/lib/modules/$release"
        printf '#define UTS_RELEASE "%s"\n' "$release" >"$tree/include/generated/utsrelease.h"
        echo '#define CONFIG_X86_64 1' >"$tree/include/generated/autoconf.h"
        printf '0x1\tvfs_rename\tvmlinux\tEXPORT_SYMBOL\n' >"$tree/Module.symvers"
        echo '#' | tee "$tree/Makefile" "$tree/scripts/mod/modpost" >/dev/null
        ln -s "/usr/src/linux-headers-$release" "$work/usr/lib/modules/$release/build"
        control "$work" "linux-headers-$release" "${3:-}"
        if [[ -n ${4:-} ]]; then
                printf '#!/bin/sh\n%s\n' "$4" >"$work/DEBIAN/postinst"
                chmod 0755 "$work/DEBIAN/postinst"
        fi
        dpkg-deb -Znone --root-owner-group --build "$work" "$dir" >/dev/null
        rm -rf "$work"
}

# An empty package.
plain_deb() { # DIR NAME [DEPENDS]
        local work
        work=$(mktemp -d "$COPY/deb.XXXXXX")
        mkdir -p "$work/DEBIAN" "$work/usr/share/$2"
        echo "$2" >"$work/usr/share/$2/file"
        control "$work" "$2" "${3:-}"
        dpkg-deb -Znone --root-owner-group --build "$work" "$1" >/dev/null
        rm -rf "$work"
}

# The connector's package, of a file that is no program.
connector_deb() { # DIR VERSION
        local work
        work=$(mktemp -d "$COPY/deb.XXXXXX")
        mkdir -p "$work"/DEBIAN "$work"/opt/cisco/amp/{bin,etc}
        printf '<config><agent><version>%s</version></agent></config>\n' "$2" >"$work/opt/cisco/amp/etc/global.xml"
        printf '\x7fELF' >"$work/opt/cisco/amp/bin/ampdaemon"
        control "$work" ciscoampconnector ""
        sed -i "s/^Version: .*/Version: $2/" "$work/DEBIAN/control"
        dpkg-deb -Znone --root-owner-group --build "$work" "$1" >/dev/null
        rm -rf "$work"
}

control() { # DIR NAME DEPENDS
        printf 'Package: %s\nVersion: 1.0-1\nArchitecture: amd64\nMaintainer: nobody <nobody@localhost>\nDescription: made by a test\n' \
                "$2" >"$1/DEBIAN/control"
        [[ -z $3 ]] || echo "Depends: $3" >>"$1/DEBIAN/control"
}

# The one repository of $ROOT: packages in /srv/repo, indexed; dependencies come along.
repo_init() {
        mkdir -p "$ROOT/srv/repo"
        rm -rf "$ROOT"/etc/apt/sources.list.d/* "$ROOT"/var/lib/apt/lists/*
        echo "deb [trusted=yes] copy:/srv/repo ./" >"$ROOT/etc/apt/sources.list"
}

repo_index() {
        (cd "$ROOT/srv/repo" && dpkg-scanpackages . /dev/null >Packages 2>/dev/null)
}

# Headers for $RELEASE with one package beside them.
repo_with_headers() {
        repo_init
        plain_deb "$ROOT/srv/repo" secep-test-kbuild
        headers_deb "$ROOT/srv/repo" "$RELEASE" secep-test-kbuild "${1:-}"
        repo_index
}

# Returns when nobody holds the fcntl lock FILE any more.
lock_wait() {
        timeout 60 python3 -c 'import fcntl, sys; fcntl.lockf(open(sys.argv[1], "r+"), fcntl.LOCK_EX)' "$1"
}

# Holds the fcntl lock FILE for SECONDS in a process named NAME; returns once it is held.
hold_lock() { # FILE SECONDS
        rm -f "$COPY/held"
        python3 -c '
import fcntl, os, sys, time
f = open(sys.argv[1], "w")
fcntl.lockf(f, fcntl.LOCK_EX)
open("/proc/self/comm", "w").write("rival-apt")
print("held", flush=True)
time.sleep(float(sys.argv[2]))' "$1" "$2" >"$COPY/held" 3>&- &
        # shellcheck disable=SC2034 # for the test, which ends it
        HOLDER=$!
        while [[ ! -s $COPY/held ]]; do sleep 0.02; done
}

# A process and all below it, children first.
process_tree() {
        local pid=$1 child
        # shellcheck disable=SC2013 # one line of words
        for child in $(cat "/proc/$pid/task/$pid/children" 2>/dev/null); do process_tree "$child"; done
        echo "$pid"
}

# A library this host is to be without, until unhide. Private mounts only.
hide() { # LIBRARY...
        local file
        for file in /usr/lib/x86_64-linux-gnu/"$1"*; do
                [[ -L $file ]] || { mount --bind /dev/null "$file" && HIDDEN+=("$file"); }
        done
}

unhide() {
        umount "${HIDDEN[@]}"
        HIDDEN=()
}

# The SHA-256 sums of the package files in DIR, as an operator makes them: in $COPY/sums.
sums_make() { # DIR
        (cd "$1" && find . -maxdepth 1 -name '*.[dr][ep][bm]' -printf '%P\0' | xargs -0r sha256sum) >"$COPY/sums"
}
