#compdef secep-repair
# SPDX-License-Identifier: GPL-2.0-or-later
# zsh completion of secep-repair.
local -a faults runs
faults=(${(f)"$(secep-repair --list 2>/dev/null | awk '{ print $2 }')"})
runs=(last ${(f)"$(secep-repair --history 2>/dev/null | awk '/^[0-9]+-[0-9]+-/ { print $1 }')"})
_arguments \
        '--fault[the faults]:fault:_values -s , fault $faults' \
        '--all[every fault]' \
        '--check[look, change nothing]' \
        '--prove[with --check: prove it]' \
        '--plan[print the steps]' \
        '--rehearse[repair a throw-away copy]' \
        '--undo[put back what a run changed]:run:($runs)' \
        '--history[list the runs]' \
        '--list[list the faults]' \
        '--report[what somebody who helps needs]:directory:_directories' \
        '--json[answer for programs]' \
        '(--verbose)--quiet[less]' \
        '(--quiet)--verbose[more]' \
        '--root[work on a root that is not running]:directory:_directories' \
        '--kernel[the kernel release]:release:_path_files -W /lib/modules' \
        '--timeout[seconds]:seconds:' \
        '--wait[seconds]:seconds:' \
        '--allow[allow]:what:(kernel-change throttle second-module boolean again)' \
        '--offline[packages given by hand]:directory:_directories' \
        '--offline-sums[SHA-256 sums of those]:file:_files' \
        '--module-source[module sources]:directory:_directories'
