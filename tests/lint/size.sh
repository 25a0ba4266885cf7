#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Files above 300 lines, functions of the rooms above 50, numbers that two tests share, a line each.
set -euo pipefail
cd "$(dirname "$0")/../.."
git ls-files '*.c' '*.h' '*.cc' '*.py' '*.sh' '*.bash' '*.bats' | xargs wc -l |
        awk '$2 != "total" && $1 > 300 { print $2 ": " $1 " lines" }'
# A function of this style opens with { and ends with } in the first column.
git ls-files '*.c' '*.cc' | grep -v '^tests/' | xargs awk '
        FNR == 1 { open = 0 }
        /^\{$/ { open = FNR; name = before }
        /^\}$/ && open { if (FNR - open - 1 > 50) print FILENAME ":" open ": " FNR - open - 1 " lines: " name; open = 0 }
        { before = $0 }'
git ls-files 'tests/bats/*.bats' | awk -F '[/-]' '
        $3 ~ /^[0-9]+$/ && seen[$3]++ { print $0 ": another file has the number " $3 }'
