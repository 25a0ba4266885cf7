# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion of secep-installer.
complete -c secep-installer -n __fish_use_subcommand -f -a "(secep-installer --help 2>/dev/null | awk '/^  [a-z]/ { print \$1 }')"
