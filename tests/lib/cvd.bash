# SPDX-License-Identifier: GPL-2.0-or-later
# ClamAV's own signed test databases: beside the project, else out of Debian's clamav source.
# shellcheck shell=bash disable=SC2034,SC2153

# Copies them into directory $1; fails with what is missing in $CVD_LACKS.
cvd_copy() {
        local to=$1 from=$TOP/../shared/data/cvd cache=$CACHE/cvd
        CVD_LACKS=""
        mkdir -p "$to"
        if [[ ! -e $from/test-1.cvd ]]; then
                [[ -e $cache/test-1.cvd ]] || cvd_fetch "$cache" || {
                        CVD_LACKS="neither ../shared/data/cvd nor Debian's source package clamav (deb-src) is there"
                        return 1
                }
                from=$cache
        fi
        cp --no-preserve=mode "$from"/test-*.cvd "$to/"
        chmod 0644 "$to"/test-*.cvd
}

cvd_fetch() {
        local cache=$1 work found
        work=$(mktemp -d)
        # The machine's own sources, with deb-src beside deb.
        grep -rhs '^deb ' /etc/apt/sources.list /etc/apt/sources.list.d/*.list | sed 's/^deb /deb-src /' >"$work/sources.list"
        grep -rhsi '^' /etc/apt/sources.list.d/*.sources 2>/dev/null | sed 's/^Types:.*/Types: deb-src/' >"$work/all.sources"
        mkdir -p "$work/lists/partial" "$work/parts"
        cp "$work/all.sources" "$work/parts/all.sources"
        (
                cd "$work" || exit 1
                opts=(-qq -o "Dir::Etc::SourceList=$work/sources.list" -o "Dir::Etc::SourceParts=$work/parts" -o "Dir::State::Lists=$work/lists")
                apt-get "${opts[@]}" update && apt-get "${opts[@]}" source --download-only clamav && tar -xf clamav_*.orig.tar.* --wildcards '*/test-?.cvd'
        ) >/dev/null 2>&1
        found=$(find "$work" -name test-1.cvd | head -1)
        if [[ -n $found ]]; then
                mkdir -p "$cache"
                cp "$(dirname "$found")"/test-?.cvd "$cache/"
        fi
        rm -rf "$work"
        [[ -e $cache/test-1.cvd ]]
}
