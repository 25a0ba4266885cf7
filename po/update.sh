#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# po/update.sh             brings the catalogues up to the sentences of the programs, the manual pages to
#                          the English ones (man/po4a.cfg); what is new has an empty msgstr then
# po/update.sh --pages     the pages only
# po/update.sh --check     says what has no translation, or one of an older sentence; writes nothing
# po/update.sh --pot FILE  only the sentences of the programs, for a language to begin with
# po/update.sh --bare FILE DIRECTORY  the same, and the preprocessed sources they are in
# Sources are preprocessed first, since a sentence may be made of a macro and a literal.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck disable=SC2054 # a comma belongs to the keyword
keywords=(i18n_text:1 i18n_plural:1,2 fail:3 finding_set:4 finding_unknown:3 finding_note:2 finding_do:3
        finding_evidence:2 apt_text:1 monitor_say:1 look_ail:4 look_untold:3)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

preprocess() { # FILE.c DIRECTORY
        mkdir -p "$2/${1%/*}"
        local compiler=${CC:-gcc}
        [[ $1 != *.cc ]] || compiler=${CXX:-g++}
        $compiler -E -D_GNU_SOURCE -DSECEP_POT -DVERSION='""' -DPLUGIN_DIR='""' -DLOCALE_DIR='""' -I. "$1" >"$2/$1" 2>/dev/null ||
                echo "update.sh: $1 could not be preprocessed" >&2
}
export -f preprocess

draw() { # POT
        printf '%s\n' */*.c packages/*.cc | grep -vE '^(tests/|kmod-build/plugin_bpf\.c)' |
                xargs -P "$(nproc)" -I FILE bash -c 'preprocess FILE "$0"' "$work"
        po/literals.py "$work"/*/*.c "$work"/*/*.cc >"$work/literals.c"
        (cd "$work" && xgettext --language=C --from-code=UTF-8 --no-location --sort-output --keyword \
                "${keywords[@]/#/--keyword=}" --package-name=secep --output=pot ./*/*.c ./*/*.cc literals.c)
        # a date and a year in it would change it each time
        sed '/^"POT-Creation-Date/d; /^# /d; s/charset=CHARSET/charset=UTF-8/; /^#$/d; /^#, fuzzy$/d' "$work/pot" >"$1"
}

# groff 1.23 knows the first section, whose .Nm names the program, by its name, and puts headings into small
# letters on the way: of a letter by its code nothing is left then, of one by its name the small one is.
headings() { # PAGE...
        local accents="s/Á/\\\\('A/g; s/É/\\\\('E/g; s/Í/\\\\('I/g; s/Ó/\\\\('O/g; s/Ú/\\\\('U/g; s/À/\\\\(\`A/g; s/Ã/\\\\(~A/g; s/Õ/\\\\(~O/g; s/Â/\\\\(^A/g; s/Ê/\\\\(^E/g; s/Ô/\\\\(^O/g; s/Ç/\\\\(,C/g"
        LC_ALL=C.UTF-8 sed -i "/^\.Sh /{ $accents }; 0,/^\.Sh /s/^\.Sh \(.\)\(.*\)/.ds doc-section-name \1\L\2\E\n&/" "$@"
}

# The pages as po4a makes them now, in DIRECTORY: a paragraph that is not translated stays English.
pages() { # DIRECTORY
        (cd "$1" && LC_ALL=C.UTF-8 po4a --force --quiet --no-backups --keep 0 --porefs none --wrap-po newlines man/po4a.cfg)
        # what would change without a change, and what is no longer used
        sed -i '/^"POT-Creation-Date/d; /^#\. type: /d; /^#~/d' "$1"/man/po/*.po
        headings "$1"/man/*/*.[578]
        local catalogue
        for catalogue in "$1"/man/po/*.po; do
                cat -s "$catalogue" >"$work/squeezed" && cp "$work/squeezed" "$catalogue"
        done
}

check() {
        local bad=0 catalogue
        for catalogue in po/*.po; do
                po/check.py "$work/secep.pot" "$catalogue" || bad=1
                msgfmt --check-format -o /dev/null "$catalogue" || bad=1
        done
        mkdir "$work/pages"
        cp -a man "$work/pages/"
        pages "$work/pages"
        for catalogue in man/po/*.po; do
                po/check.py "$work/pages/man/po/secep-man.pot" "$catalogue" || bad=1
        done
        rm -f "$work/pages/man/po/secep-man.pot"
        diff -r man "$work/pages/man" || {
                echo "man/: not what po/update.sh makes of the English pages"
                bad=1
        }
        return "$bad"
}

case ${1:-} in
--pot) draw "$2" ;;
--bare)
        draw "$2"
        (cd "$work" && find . -mindepth 2 -type f -name '*.c*' -exec cp --parents -t "$3" '{}' +)
        ;;
--check)
        draw "$work/secep.pot"
        check
        ;;
--pages)
        pages .
        rm -f man/po/secep-man.pot
        ;;
*)
        draw "$work/secep.pot"
        for catalogue in po/*.po; do
                msgmerge --quiet --no-fuzzy-matching --no-location --sort-output --backup=none --update "$catalogue" "$work/secep.pot"
        done
        "$0" --pages
        ;;
esac
