# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion of secep-installer: its verbs, then files.
_secep_installer()
{
        local cur=${COMP_WORDS[COMP_CWORD]}
        if [[ $COMP_CWORD == 1 ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$(secep-installer --help 2>/dev/null |
                        awk '/^  [a-z]/ { print $1 }') --help --version" -- "$cur")
                return
        fi
        case ${COMP_WORDS[1]} in
        install | upgrade | reinstall | preflight) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        kernel-added | kernel-removed)
                mapfile -t COMPREPLY < <(compgen -W "$(ls /lib/modules 2>/dev/null)" -- "$cur") ;;
        esac
}
complete -o filenames -F _secep_installer secep-installer
