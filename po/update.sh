#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# po/update.sh: every sentence of the programs into po/secep.pot, and the catalogues brought up to it.
# Preprocessed first, since a sentence may be made of a macro and a literal. With --pot FILE only that
# is written, and nothing of po/ is touched.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck disable=SC2054 # a comma belongs to the keyword
keywords=(i18n_text:1 i18n_plural:1,2 fail:3 finding_set:4 finding_unknown:3 finding_note:2 finding_do:3
        finding_evidence:2 look_ail:4 look_untold:3 realtime_blocked:4)

pot=po/secep.pot
[[ ${1:-} != --pot ]] || pot=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in */*.c; do
        [[ $file != tests/* && $file != kmod-build/plugin_bpf.c ]] || continue
        mkdir -p "$work/${file%/*}"
        ${CC:-gcc} -E -D_GNU_SOURCE -DSECEP_POT -DVERSION='""' -DPLUGIN_DIR='""' -DLOCALE_DIR='""' -I. "$file" >"$work/$file" 2>/dev/null ||
                echo "update.sh: $file could not be preprocessed" >&2
done
po/literals.py "$work"/*/*.c >"$work/literals.c"
(cd "$work" && xgettext --language=C --from-code=UTF-8 --no-location --sort-output --keyword \
        "${keywords[@]/#/--keyword=}" --package-name=secep --output=pot ./*/*.c literals.c)
# a date and a year in it would change it each time
sed -i '/^"POT-Creation-Date/d; /^# /d; s/charset=CHARSET/charset=UTF-8/; /^#$/d; /^#, fuzzy$/d' "$work/pot"
cp "$work/pot" "$pot"
[[ $pot == po/secep.pot ]] || exit 0
for catalogue in po/*.po; do
        [[ ! -e $catalogue ]] || msgmerge --quiet --no-fuzzy-matching --no-location --sort-output --backup=none --update "$catalogue" "$pot"
done
