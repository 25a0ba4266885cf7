# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion of secep-repair.
complete -c secep-repair -f
complete -c secep-repair -l fault -x -a "(secep-repair --list 2>/dev/null | awk '{ print \$2 }')" -d 'the faults'
complete -c secep-repair -l undo -x -a "last (secep-repair --history 2>/dev/null | awk '/^[0-9]+-[0-9]+-/ { print \$1 }')" -d 'put back a run'
complete -c secep-repair -l allow -x -a 'kernel-change throttle second-module boolean again'
complete -c secep-repair -l kernel -x -a '(ls /lib/modules 2>/dev/null)'
complete -c secep-repair -l root -x -a '(__fish_complete_directories)'
complete -c secep-repair -l offline -x -a '(__fish_complete_directories)'
complete -c secep-repair -l offline-sums -r -F
complete -c secep-repair -l report -x -a '(__fish_complete_directories)'
complete -c secep-repair -l module-source -x -a '(__fish_complete_directories)'
for option in all check prove plan rehearse history list json quiet verbose
        complete -c secep-repair -l $option
end
