# SPDX-License-Identifier: GPL-2.0-or-later
# A vendor's key and packages signed with it.
#
#   key_make NAME [WHEN [LIFE]]     # GNUPGHOME below $KEYS; $KEYS/NAME.gpg; prints the fingerprint
#   deb_sign FILE NAME [WHEN]       # as debsigs(1) does: member _gpgorigin
#   rpm_sign FILE NAME [WHEN]
#   rpm_signatures FILE [TAG=SIGNATURE-FILE...]   # instead of those it has, rpm's own digests as they were
#   rpm_header FILE         # what a signature of a .rpm is of
# WHEN: 20200101T000000, the time gpg takes it to be.
# shellcheck shell=bash

keys_begin() {
        KEYS=$(mktemp -d "${BATS_TMPDIR:-/tmp}/secep-keys.XXXXXX")
        chmod 0700 "$KEYS"
        export GNUPGHOME=$KEYS KEYS
}

keys_end() {
        [[ -n ${KEYS:-} ]] || return 0
        gpgconf --kill all 2>/dev/null || :
        rm -rf "$KEYS"
        unset GNUPGHOME KEYS
}

key_gpg() { # WHEN ARG...
        local when=()
        [[ -z $1 ]] || when=(--faked-system-time "$1!")
        shift
        gpg -q --batch --yes --no-autostart "${when[@]}" "$@" 2>/dev/null ||
                gpg -q --batch --yes "${when[@]}" "$@" 2>/dev/null
}

key_make() {
        key_gpg "${2:-}" --passphrase '' --quick-gen-key "$1 <$1@example.org>" rsa2048 sign "${3:-never}"
        key_gpg "" --export "$1@example.org" >"$KEYS/$1.gpg"
        key_gpg "" --with-colons --list-keys "$1@example.org" | awk -F: '/^fpr/ { print $10; exit }'
}

deb_sign() {
        local work
        work=$(mktemp -d "$KEYS/ar.XXXXXX")
        (cd "$work" && ar x "$1" && cat debian-binary control.tar.* data.tar.* >whole)
        key_gpg "${3:-}" -u "$2@example.org" --detach-sign -o "$work/_gpgorigin" "$work/whole"
        (cd "$work" && ar q "$1" _gpgorigin 2>/dev/null)
        rm -rf "$work"
}

rpm_sign() {
        printf '%s\n' '#!/bin/sh' "exec gpg ${3:+--faked-system-time $3!} \"\$@\"" >"$KEYS/gpg-then"
        chmod +x "$KEYS/gpg-then"
        rpmsign --define "_gpg_name $2@example.org" --define "_gpg_path $GNUPGHOME" \
                --define "__gpg $KEYS/gpg-then" --addsign "$1" >/dev/null
}

rpm_header() { python3 "$TOP/tests/lib/rpm_signatures.py" header "$1"; }
rpm_signatures() { python3 "$TOP/tests/lib/rpm_signatures.py" put "$@"; }
