#compdef secep-installer
# SPDX-License-Identifier: GPL-2.0-or-later
# zsh completion of secep-installer.
local -a verbs
verbs=(${(f)"$(secep-installer --help 2>/dev/null | awk '/^  [a-z]/ { print $1 }')"})
_arguments '1:verb:($verbs)' '*:file:_files'
