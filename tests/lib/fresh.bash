# SPDX-License-Identifier: GPL-2.0-or-later
# A fresh root of a Debian suite, which has apt and nothing of what our packages need, and what a person
# does there first. Load after roots.bash and ourpackages.bash.
#
#   fresh_root SUITE DEB...     # $ROOT, the packages in its /srv
#   fresh_install               # by apt alone, from the suite's mirror
#   fresh_works                 # programs, libraries, man pages, both languages
# shellcheck shell=bash

# shellcheck disable=SC2034 # for root_base
ROOT_PACKAGES[fresh]="apt man-db locales"
PORTUGUESE=(env LC_ALL=pt_BR.UTF-8)

fresh_root() {
        root_copy fresh "$1" || return 1
        rm -f "$ROOT"/etc/dpkg/dpkg.cfg.d/*mmdebstrap
        shift
        cp "$@" "$ROOT/srv/"
        chroot "$ROOT" localedef -i pt_BR -f UTF-8 pt_BR.UTF-8
}

fresh_install() {
        local name
        inside timeout 600 apt-get -qq update
        inside sh -ec 'timeout 900 apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends /srv/secep*.deb' >"$COPY/apt" 2>&1 || { cat "$COPY/apt" && return 1; }
        [[ -z $(inside dpkg --audit) ]]
        for name in "$ROOT"/srv/secep*.deb; do
                # shellcheck disable=SC2016
                [[ $(inside dpkg-query -Wf '${db:Status-Abbrev}' "$(dpkg-deb -f "$name" Package)") == "ii " ]]
        done
}

# Bold letters are a letter struck twice.
page() { # NAME [COMMAND...]
        inside "${@:2}" env MANPAGER=cat MANROFFOPT=-c MANWIDTH=80 man "$1" | sed 's/.\x08//g'
}

fresh_works() {
        local p version
        version=$(sed -n 's/^VERSION := //p' "$TOP/Makefile")
        inside sh -c 'ldd -r /usr/sbin/secep-* /usr/lib/secep/*.so 2>&1' >"$COPY/ldd"
        grep -q ' => /' "$COPY/ldd"
        run ! grep -E 'not found|undefined symbol' "$COPY/ldd"
        for p in secep-repair secep-installer secep-monitord; do
                [[ $(inside "$p" --version) == "$p $version" ]]
                inside "$p" --help | grep '^Usage: '
                inside "${PORTUGUESE[@]}" "$p" --help | grep '^Uso: '
                page "$p" | grep -x 'NAME'
                page "$p" "${PORTUGUESE[@]}" >"$COPY/page"
                grep -x 'NOME' "$COPY/page"
                grep -x 'DESCRIÇÃO' "$COPY/page"
                sed -n '/^SINOPSE/,/^DESC/p' "$COPY/page" | grep -E "^ +$p "
        done
        page secep.conf | grep -x 'NAME'
        page secep-faults "${PORTUGUESE[@]}" | grep -x 'NOME'
        # and it does its work
        run inside secep-repair --fault 5 --check
        [[ $status == 1 ]]
        run inside "${PORTUGUESE[@]}" secep-repair --fault 5
        echo "$output"
        [[ $status == 0 && $output == *"1 falha eliminada"* ]]
        grep '^cisco-amp-scan-svc:' "$ROOT/etc/group"
        grep '^secep-build:' "$ROOT/etc/passwd"
}
