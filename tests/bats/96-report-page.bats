#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The page about the fleet in headless Chromium: 2,000 hosts, one of them hostile in every text.
bats_require_minimum_version 1.5.0
load ../lib/roots

setup() {
        local program
        for program in chromium node npm ansible-playbook; do
                command -v "$program" >/dev/null || skip "this machine lacks $program"
        done
        PAGE=$(mktemp -d "${BATS_TMPDIR:-/tmp}/secep-page.XXXXXX")
}

teardown() {
        [[ -z ${PAGE:-} ]] || rm -rf "$PAGE"
}

# The packages that drive Chromium, fetched once. A registry that does not answer is asked again.
page_modules() {
        local dir=$CACHE/page-modules
        mkdir -p "$dir"
        (
                flock 9
                [[ -e $dir/node_modules/playwright-core && -e $dir/node_modules/axe-core ]] && exit
                cp "$TOP/tests/fleet/package.json" "$dir/" && cd "$dir" &&
                        timeout 240 npm install --no-audit --no-fund --no-package-lock --ignore-scripts --fetch-retries=5 >&2
        ) 9>"$dir.lock" || return 1
        echo "$dir/node_modules"
}

@test "drawn in a second, scrolled, searched, filtered, sorted, by keyboard, in two languages, light and dark; axe-core is silent" {
        local modules
        modules=$(page_modules)
        /usr/bin/python3 "$TOP/tests/fleet/make_page.py" "$TOP/ansible" 2000 "$PAGE/page.html"
        run timeout 600 node "$TOP/tests/fleet/page.js" "$PAGE/page.html" "$modules" ${SECEP_PICTURES:+"$SECEP_PICTURES"}
        echo "$output"
        echo "# $output" | sed '2,$s/^/# /' >&3
        [[ $status == 0 ]]
}
