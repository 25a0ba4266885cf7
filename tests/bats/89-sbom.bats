#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The bill of materials that the build makes.
load ../lib/roots

programs() { echo "$BUILD"/secep-{repair,installer,monitord} "$BUILD"/plugins/secep-*.so; }

@test "make sbom: CycloneDX, every library with the version and licences of its package, nothing else" {
        local soname name version licences kind
        make -s -C "$TOP" BUILD="$BUILD" sbom
        python3 "$TOP/tests/lib/sbom_check.py" "$BUILD/secep.cdx.json" >"$BATS_TEST_TMPDIR/libraries"
        cat "$BATS_TEST_TMPDIR/libraries"
        # shellcheck disable=SC2046
        for soname in $(readelf -d $(programs) | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u); do echo "$soname"; done >"$BATS_TEST_TMPDIR/needed"
        diff "$BATS_TEST_TMPDIR/needed" <(cut -d' ' -f1 "$BATS_TEST_TMPDIR/libraries" | LC_ALL=C sort -u)
        kind=$(grep -o '"pkg:[a-z]*' "$BUILD/secep.cdx.json" | head -1)
        [[ $kind == '"pkg:deb' ]] || skip "this machine lacks dpkg's database"
        while read -r soname name version licences; do
                echo "$soname $name"
                [[ $version == "$(dpkg-query -Wf '${Version}\n' "$name" | head -1)" ]]
                ((licences > 0)) || [[ ! -e /usr/share/doc/$name/copyright ]] || ! grep -qE '^License: *[^ ]|/common-licenses/[A-Z]' "/usr/share/doc/$name/copyright"
        done <"$BATS_TEST_TMPDIR/libraries"
}

@test "two calls in two folders give one digest; the time is SOURCE_DATE_EPOCH's" {
        local d
        for d in one two; do
                mkdir -p "$BATS_TEST_TMPDIR/$d"
                # shellcheck disable=SC2046
                cp $(programs) "$BATS_TEST_TMPDIR/$d/"
                (cd "$BATS_TEST_TMPDIR/$d" && SOURCE_DATE_EPOCH=1700000000 "$TOP/specs/sbom.sh" 1.2.3 secep-repair secep-installer secep-monitord secep-*.so >../$d.json)
        done
        cmp "$BATS_TEST_TMPDIR/one.json" "$BATS_TEST_TMPDIR/two.json"
        grep -q '"timestamp": "2023-11-14T22:13:20Z"' "$BATS_TEST_TMPDIR/one.json"
        python3 "$TOP/tests/lib/sbom_check.py" "$BATS_TEST_TMPDIR/one.json"
        # a library that no package owns is named all the same
        echo 'int f(void){return 0;}' >"$BATS_TEST_TMPDIR/f.c"
        "${CC:-gcc}" -shared -fPIC -Wl,-soname,libowned-by-nobody.so.7 -o "$BATS_TEST_TMPDIR/libowned.so" "$BATS_TEST_TMPDIR/f.c"
        echo 'int f(void);int main(void){return f();}' >"$BATS_TEST_TMPDIR/m.c"
        "${CC:-gcc}" -o "$BATS_TEST_TMPDIR/m" "$BATS_TEST_TMPDIR/m.c" "$BATS_TEST_TMPDIR/libowned.so"
        "$TOP/specs/sbom.sh" 1 "$BATS_TEST_TMPDIR/m" >"$BATS_TEST_TMPDIR/m.json"
        python3 "$TOP/tests/lib/sbom_check.py" "$BATS_TEST_TMPDIR/m.json" | grep -x "libowned-by-nobody.so.7 libowned-by-nobody.so.7 - 0"
}
