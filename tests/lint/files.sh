#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The project's own files of a kind, one a line: c, shell.
set -euo pipefail
cd "$(dirname "$0")/../.."
tracked() {
        git -c safe.directory="$PWD" ls-files --cached --others --exclude-standard -- "$@" | sort -u |
                while read -r f; do [[ ! -e $f ]] || echo "$f"; done
}
case ${1:-} in
c) tracked '*.c' '*.h' '*.cc' ;;
shell) tracked '*.sh' '*.bash' '*.bats' .ci/run ;;
*)
        echo "usage: files.sh c|shell" >&2
        exit 2
        ;;
esac
