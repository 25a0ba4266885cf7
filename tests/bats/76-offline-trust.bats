#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Which files of --offline are taken on a dpkg root: those that the root's own signed package lists name by their
# SHA-256 sum, and those whose sums the operator gives.
load ../lib/headers_apt
load ../lib/signed

setup() {
        root_copy small
        root_connector 1.24.1.1013
        mkdir "$COPY/debs"
        plain_deb "$COPY/debs" secep-test-kbuild
        headers_deb "$COPY/debs" "$RELEASE" secep-test-kbuild
        DEB=$(echo "$COPY"/debs/linux-headers-*.deb)
        BEFORE=$(snapshot_packages)
}

teardown() {
        keys_end
        root_drop
}

# The root's lists of a repository that has the same files, signed by a key it trusts, or not at all; fetched
# once, and the repository is gone then.
lists_make() { # [UNSIGNED]
        mkdir -p "$ROOT/srv/repo"
        cp "$COPY"/debs/*.deb "$ROOT/srv/repo"
        repo_index
        printf 'Date: %s\nSHA256:\n %s %s Packages\n' "$(date -Ru)" "$(sha256sum <"$ROOT/srv/repo/Packages" | cut -d' ' -f1)" \
                "$(stat -c %s "$ROOT/srv/repo/Packages")" >"$ROOT/srv/repo/Release"
        keys_begin
        key_make archive >/dev/null
        key_gpg "" -u archive@example.org --clearsign -o "$ROOT/srv/repo/InRelease" "$ROOT/srv/repo/Release"
        cp "$KEYS/archive.gpg" "$ROOT/usr/share/keyrings/archive.gpg"
        rm -rf "$ROOT"/etc/apt/sources.list.d/* "$ROOT"/var/lib/apt/lists/*
        echo "deb [signed-by=/usr/share/keyrings/archive.gpg] copy:/srv/repo ./" >"$ROOT/etc/apt/sources.list"
        if [[ -n ${1:-} ]]; then
                rm "$ROOT/srv/repo/InRelease"
                echo "deb copy:/srv/repo ./" >"$ROOT/etc/apt/sources.list"
        fi
        timeout 120 chroot "$ROOT" apt-get -q --allow-insecure-repositories update >/dev/null 2>&1
        rm -rf "$ROOT/srv/repo"
}

no_lists() {
        rm -rf "$ROOT"/etc/apt/sources.list.d/* "$ROOT"/var/lib/apt/lists/*
        : >"$ROOT/etc/apt/sources.list"
}

refused() { # WORDS: at the plan and at the repair, and nothing is installed
        local mode
        for mode in --plan ""; do
                # shellcheck disable=SC2086
                fault11 --offline "$COPY/debs" "${SUMS[@]}" $mode
                exited 1
                [[ $(json '.faults[0].why') == *"$1"* ]] || { json '.faults[0].why' && return 1; }
        done
        [[ $(snapshot_packages) == "$BEFORE" && ! -e $ROOT/usr/src/linux-headers-$RELEASE ]]
}

@test "files that the signed lists name are taken, without a repository" {
        lists_make
        fault11 --offline "$COPY/debs" --plan
        is '[.faults[0].steps[0].packages[].name] | sort | join(" ")' "linux-headers-$RELEASE secep-test-kbuild"
        fault11 --offline "$COPY/debs"
        exited 0
        is .changed true
        snapshot_packages | grep -q "^linux-headers-$RELEASE "
}

@test "another package of the same name and version, a changed file, lists that nobody signed" {
        lists_make
        SUMS=()
        headers_deb "$COPY/debs" "$RELEASE" secep-test-kbuild 'touch /planted'
        refused "$DEB: no signed package list of this system vouches for it"
        [[ ! -e $ROOT/planted ]]
        rm "$DEB"
        headers_deb "$COPY/debs" "$RELEASE" secep-test-kbuild
        printf x | dd of="$DEB" bs=1 seek=200 conv=notrunc status=none
        refused "$DEB"
        rm "$COPY"/debs/*
        plain_deb "$COPY/debs" secep-test-kbuild
        headers_deb "$COPY/debs" "$RELEASE" secep-test-kbuild
        rm -rf "$KEYS"
        lists_make unsigned
        grep -rq "linux-headers-$RELEASE" "$ROOT/var/lib/apt/lists"
        refused "no signed package list"
}

@test "no lists: refused with what to do; with the operator's sums taken" {
        no_lists
        SUMS=()
        refused "give its SHA-256 sum with --offline-sums"
        sums_make "$COPY/debs"
        fault11 --offline "$COPY/debs" --offline-sums "$COPY/sums"
        exited 0
        is .changed true
}

@test "sums: a changed file, a file they do not name, the lists do not help where they differ" {
        lists_make
        sums_make "$COPY/debs"
        SUMS=(--offline-sums "$COPY/sums")
        # the lists would take these
        sed -i '/linux-headers/s/^../ff/' "$COPY/sums"
        refused "not the file that --offline-sums names"
        no_lists
        sums_make "$COPY/debs"
        plain_deb "$COPY/debs" stranger
        refused "stranger_1.0-1_amd64.deb"
        rm "$COPY"/debs/stranger*
        printf x >>"$DEB"
        refused "$DEB: not the file that --offline-sums names"
}

@test "a symlink, a file that others can change, a directory that others can change" {
        lists_make
        SUMS=()
        mv "$DEB" "$COPY/elsewhere.deb"
        ln -s "$COPY/elsewhere.deb" "$DEB"
        refused "$DEB: not a regular file"
        rm "$DEB"
        mv "$COPY/elsewhere.deb" "$DEB"
        chmod o+w "$DEB"
        refused "$DEB: others than root can change it"
        chmod o-w "$DEB"
        chown 12345 "$DEB"
        refused "$DEB: others than root can change it"
        chown 0 "$DEB"
        chmod 0777 "$COPY/debs"
        repair_plain --fault 11 --kernel "$RELEASE" --offline "$COPY/debs"
        exited 2
        [[ $stderr_text == *"$COPY/debs"*"others than root can change"* ]]
        chmod 0755 "$COPY/debs"
        fault11 --offline "$COPY/debs"
        exited 0
}

@test "a sums file with a hostile name, of another form, or that others can change is a usage error" {
        local line sum
        sum=$(printf '%064d' 7)
        for line in "$sum  ../x.deb" "$sum  /etc/x.deb" "$sum  a/x.deb" "$sum  .." "\\$sum  a\\nb.deb" "$sum  "$'a\rb.deb' "$sum  a.deb"$'\n'"${sum/7/8}  a.deb" \
                "${sum}0  a.deb" "$sum a.deb" "${sum/7/x}  a.deb" "SHA256 (a.deb) = $sum" "$sum" "$sum  " ""; do
                printf '%s\n' "$line" >"$COPY/sums"
                repair_plain --fault 11 --kernel "$RELEASE" --offline "$COPY/debs" --offline-sums "$COPY/sums"
                exited 2
                [[ $stderr_text == *"$COPY/sums"* ]] || { echo "$line: $stderr_text" && false; }
        done
        printf '%s  a.deb\0\n' "$sum" >"$COPY/sums"
        repair_plain --fault 11 --offline "$COPY/debs" --offline-sums "$COPY/sums"
        exited 2
        sums_make "$COPY/debs"
        chmod 0666 "$COPY/sums"
        repair_plain --fault 11 --offline "$COPY/debs" --offline-sums "$COPY/sums"
        exited 2
        [[ $stderr_text == *"others than root can change"* ]]
        repair_plain --fault 11 --offline "$COPY/debs" --offline-sums "$COPY/none"
        exited 2
        repair_plain --fault 11 --offline-sums "$COPY/sums"
        exited 2
        [[ $(snapshot_packages) == "$BEFORE" ]]
}
