# SPDX-License-Identifier: GPL-2.0-or-later
# ClamAV's own signed test databases: beside the project, else out of Debian's clamav source.
# shellcheck shell=bash disable=SC2034,SC2153

# Their folder in $CVD_FROM; fails with what is missing in $CVD_LACKS.
cvd_find() {
        CVD_FROM=$TOP/../shared/data/cvd CVD_LACKS=""
        [[ ! -e $CVD_FROM/test-1.cvd ]] || return 0
        CVD_FROM=$CACHE/cvd
        [[ -e $CVD_FROM/test-1.cvd ]] || cvd_fetch "$CVD_FROM" || {
                CVD_LACKS="neither ../shared/data/cvd nor Debian's source package clamav (deb-src) is there"
                return 1
        }
}

# Copies them into directory $1; fails as cvd_find.
cvd_copy() {
        cvd_find || return 1
        mkdir -p "$1"
        cp --no-preserve=mode "$CVD_FROM"/test-*.cvd "$1/"
        chmod 0644 "$1"/test-*.cvd
}

# The newest version that the mirror still has: an index may name files that are gone already.
cvd_fetch() {
        local cache=$1 work
        work=$(mktemp -d)
        (
                cd "$work" && mkdir -p lists/partial parts || exit 1
                # The machine's own sources, as sources.
                sed -s '$G; s/^Types:.*/Types: deb-src/' /etc/apt/sources.list.d/*.sources >parts/all.sources
                sed -n 's/^deb /deb-src /p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list >sources.list
                opts=(-qq -o "Dir::Etc::SourceList=$work/sources.list" -o "Dir::Etc::SourceParts=$work/parts"
                        -o "Dir::State::Lists=$work/lists" -o APT::Sandbox::User=root)
                apt-get "${opts[@]}" update
                for version in $(apt-cache "${opts[@]}" showsrc clamav | sed -n 's/^Version: //p' | sort -Vr); do
                        apt-get "${opts[@]}" source --download-only --tar-only "clamav=$version" || continue
                        tar -xf clamav_*.orig.tar.* --wildcards '*/test-[136].cvd' && break
                done
        ) >/dev/null 2>&1
        if [[ -n $(find "$work" -name test-1.cvd) ]]; then
                mkdir -p "$cache"
                find "$work" -name 'test-?.cvd' -exec cp {} "$cache/" \;
        fi
        rm -rf "$work"
        [[ -e $cache/test-1.cvd ]]
}
