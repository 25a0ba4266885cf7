#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The project's own files of a kind, one a line: c, shell, c-changed (since the upstream branch).
set -euo pipefail
cd "$(dirname "$0")/../.."
tracked() {
        git -c safe.directory="$PWD" ls-files --cached --others --exclude-standard -- "$@" | sort -u |
                while read -r f; do [[ ! -e $f ]] || echo "$f"; done
}
case ${1:-} in
c) tracked '*.c' '*.h' '*.cc' ;;
shell) tracked '*.sh' '*.bash' '*.bats' .ci/run ;;
c-changed)
        {
                base=$(git -c safe.directory="$PWD" merge-base HEAD '@{upstream}' 2>/dev/null || echo HEAD)
                git -c safe.directory="$PWD" diff --name-only --diff-filter=d "$base" -- '*.c' '*.h' '*.cc'
                git -c safe.directory="$PWD" ls-files --others --exclude-standard -- '*.c' '*.h' '*.cc'
        } | sort -u
        ;;
*)
        echo "usage: files.sh c|shell|c-changed" >&2
        exit 2
        ;;
esac
