#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One lint by its name; --list names them. Silent and 0 when clean.
set -euo pipefail
cd "$(dirname "$0")/../.."
jobs=$(nproc)
files() {
        tests/lint/files.sh "$1"
}

lint_clang_format() {
        files c | xargs clang-format --dry-run -Werror
}

lint_shellcheck() {
        files shell | xargs shellcheck -x
}

lint_cppcheck() {
        # what is compiled for the kernel is the kernel's build to check
        files c | grep -vE '\.h$|\.bpf\.c$|^kmod-build/ampfsm/' |
                xargs cppcheck -q -j"$jobs" --enable=warning,performance,portability --inline-suppr \
                        --suppressions-list=tests/lint/cppcheck.supp --error-exitcode=1 --std=c11 -I. \
                        -D_GNU_SOURCE -DVERSION='""' -DPLUGIN_DIR='""' --template=gcc
}

lint_clang_tidy() {
        make -s -k -j"$jobs" tidy
}

# What analyzer.supp does not explain. The analyzer does not know that "0 was returned" means
# "the outputs are set" across files, nor what the cleanup attribute frees.
lint_gcc_analyzer() {
        local log found
        log=$(mktemp)
        rm -rf build/analyzer # a warning is printed only when the file is compiled
        LC_ALL=C make -s -k -j"$jobs" BUILD=build/analyzer WERROR= CFLAGS="-O0 -g -fanalyzer" programs >"$log" 2>&1
        found=$(awk '
                NR == FNR { if (!/^#/ && NF) known[$1 " " $2] = 1; next }
                /In function .*:$/ { split($0, part, "\047"); f = part[2] }
                / error: |^make: \*\*\*/ { print }
                match($0, /-Wanalyzer-[a-z-]+/) {
                        w = substr($0, RSTART + 11, RLENGTH - 11)
                        if (!((f " " w) in known)) print f ": " $0
                }' tests/lint/analyzer.supp "$log")
        rm -f "$log"
        [[ -z $found ]] || {
                printf '%s\n' "$found"
                return 1
        }
}

lint_clang_build() {
        make -s -k -j"$jobs" BUILD=build/clang CC=clang CXX=clang++ programs plugins
}

# Programs are started in lib/run.c, by argv, and nowhere else.
lint_no_shell() {
        local found
        found=$(files c | xargs grep -nE '(^|[^[:alnum:]_])(system|popen)\(' || true)
        found+=$(files c | grep -v '^tests/' | xargs grep -nE '"(/bin/)?sh"[^;]*"-c"|sh -c' || true)
        found+=$(files c | grep -vE '^(lib/(run|child|child_exec)\.c|tests/)' |
                xargs grep -nE '(^|[^[:alnum:]_])(v?fork|exec(v|l|ve|vp|vpe|lp|le)|posix_spawnp?)\(' || true)
        [[ -z $found ]] || {
                printf '%s\n' "$found"
                return 1
        }
}

lint_licence() {
        local without
        without=$({ files c; files shell; } | xargs grep -L 'SPDX-License-Identifier' || true)
        [[ -z $without ]] || {
                printf 'no licence line: %s\n' "$without"
                return 1
        }
}

# Includes and calls go down the rooms, and no files go in a circle; a planted one is found.
lint_direction() {
        make -s -j"$jobs" programs plugins
        tests/lint/direction.py
        local planted=lib/planted_$$.h
        echo '#include "faults/fault.h"' >"$planted"
        if tests/lint/direction.py >/dev/null; then
                rm -f "$planted"
                echo "direction.py did not find an include of faults/ planted in lib/"
                return 1
        fi
        rm -f "$planted"
}

# Small files and small functions: 300 lines and 50.
lint_size() {
        local found
        found=$(tests/lint/size.sh)
        [[ -z $found ]] || {
                printf '%s\n' "$found"
                return 1
        }
}

# Each member of tests/kinds.md has its test; one that is gone is found.
lint_kinds() {
        local planted
        tests/lint/kinds.py tests/kinds.md
        planted=$(mktemp)
        printf '## K1 x\n| + a | b | `bats/50-cli.bats: no such test` |\n| + c | d | e |\n' >"$planted"
        [[ $(tests/lint/kinds.py "$planted" | wc -l) == 2 ]] || { echo "kinds.py did not find a planted page" && return 1; }
        rm "$planted"
}

# Each claim names a command, and each line of SECURITY.md a test, that is there; planted ones that are not are found.
lint_claims() {
        local work said
        tests/lint/claims.py
        work=$(mktemp -d)
        sed 's/`make demo`/`make nothing-such`/; s/`bats 20`/`bats 19`/' README.md >"$work/README.md"
        sed 's/test_lib_clean\.c/test_lib_gone.c/' SECURITY.md >"$work/SECURITY.md"
        said=$(tests/lint/claims.py "$work/README.md" "$work/SECURITY.md") && said=
        rm -rf "$work"
        if [[ $said != *"no goal nothing-such"*"\`bats 19\` is not"*"test_lib_gone.c is not there"* ]]; then
                echo "claims.py did not find what was planted: $said"
                return 1
        fi
}

lint_man_pages() {
        local page said
        for page in man/*.[578] man/*/*.[578]; do
                said=$(groff -mandoc -Kutf8 -Tutf8 -ww -rF0 "$page" 2>&1 >/dev/null)
                [[ -z $said ]] || {
                        printf '%s\n' "$said"
                        return 1
                }
        done
}

# Every sentence and every paragraph of a manual page has its translation; a catalogue that lacks
# one, or has one with other directives, is found.
lint_translations() {
        po/update.sh --check
        local work said
        work=$(mktemp -d)
        printf 'msgid "%%s of %%d"\nmsgstr ""\n\nmsgid "new"\nmsgstr ""\n' >"$work/pot"
        printf 'msgid "%%s of %%d"\nmsgstr "%%d de %%s"\n' >"$work/po"
        said=$(po/check.py "$work/pot" "$work/po") && said=
        rm -rf "$work"
        if [[ $said != *"other format directives"*"no translation"* ]]; then
                echo "po/check.py did not find what a planted catalogue lacks"
                return 1
        fi
        # An English paragraph in a page that is newer than its catalogue.
        work=$(mktemp -d)
        git ls-files -z | tar -c --null -T - | tar -x -C "$work"
        echo "An English paragraph." >>"$work/man/pt_BR/secep-repair.8"
        touch -d "1 hour" "$work/man/pt_BR/secep-repair.8"
        if "$work/po/update.sh" --check >/dev/null 2>&1; then said=; fi
        rm -rf "$work"
        if [[ -z $said ]]; then
                echo "po/update.sh did not find what a planted page has"
                return 1
        fi
}

# Words for a person go through gettext; a planted sentence that does not is found.
lint_untranslated() {
        local work found
        work=$(mktemp -d)
        mkdir "$work/sources"
        po/update.sh --bare "$work/pot" "$work/sources"
        found=$(tests/lint/untranslated.py "$work/pot" "$work/sources") || true
        mkdir "$work/sources/planted"
        printf '# 1 "planted/here.c"\nchar c = \047"\047; const char *s = "nobody " "translates this";\n' >"$work/sources/planted/here.c"
        [[ -n $found || $(tests/lint/untranslated.py "$work/pot" "$work/sources") == "planted/here.c: nobody translates this" ]] ||
                found="untranslated.py did not find a planted sentence"
        rm -rf "$work"
        # the errno of a person is error_text()
        found+=$(files c | grep -vE '^(tests/|lib/error_text\.c|kmod-build/ampfsm/)' | xargs grep -nw strerror || true)
        [[ -z $found ]] || {
                printf '%s\n' "$found"
                return 1
        }
}

case ${1:-} in
--list) declare -F | sed -n 's/^declare -f lint_//p' | tr _ - ;;
*)
        name=lint_${1//-/_}
        [[ $(type -t "$name") == function ]] || {
                echo "run.sh: no such lint: ${1:-}" >&2
                exit 2
        }
        "$name"
        ;;
esac
