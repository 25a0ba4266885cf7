# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion of secep-repair: faults by number and name, runs for --undo.
_secep_repair()
{
        local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} done_part=
        case $prev in
        --fault)
                # names behind a comma, too
                [[ $cur == *,* ]] && done_part=${cur%,*},
                mapfile -t COMPREPLY < <(compgen -P "$done_part" \
                        -W "$(secep-repair --list 2>/dev/null | awk '{ print $1, $2 }')" -- "${cur##*,}")
                return ;;
        --undo)
                mapfile -t COMPREPLY < <(compgen -W "last $(secep-repair --history 2>/dev/null |
                        awk '/^[0-9]+-[0-9]+-/ { print $1 }')" -- "$cur")
                return ;;
        --allow)
                mapfile -t COMPREPLY < <(compgen -W "kernel-change throttle second-module boolean again" -- "$cur")
                return ;;
        --kernel)
                mapfile -t COMPREPLY < <(compgen -W "$(ls /lib/modules 2>/dev/null)" -- "$cur")
                return ;;
        --offline-sums)
                mapfile -t COMPREPLY < <(compgen -f -- "$cur")
                return ;;
        --root | --offline | --module-source | --report)
                mapfile -t COMPREPLY < <(compgen -d -- "$cur")
                return ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "$(secep-repair --help 2>/dev/null |
                grep -o -e '--[a-z][a-z-]*' | sort -u)" -- "$cur")
}
complete -F _secep_repair secep-repair
