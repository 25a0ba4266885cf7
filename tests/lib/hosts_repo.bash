# SPDX-License-Identifier: GPL-2.0-or-later
# A signed repository of kernel headers, asked over HTTP on the bridge of the test's hosts; $FLEET/asked is what
# was asked for. Load after hosts.bash, packages.bash and signed.bash.
# shellcheck shell=bash

# Headers of each RELEASE, with one package beside them that each has of its own.
repo_serve() { # RELEASE...
        # COPY: where headers_deb() works
        # shellcheck disable=SC2034
        local dir=$FLEET/repo release COPY=$FLEET end=$((SECONDS + 60))
        mkdir -p "$dir"
        for release in "$@"; do
                plain_deb "$dir" "secep-test-kbuild-$release"
                headers_deb "$dir" "$release" "secep-test-kbuild-$release"
        done
        (
                cd "$dir" && dpkg-scanpackages . /dev/null >Packages 2>/dev/null
                printf 'Date: %s\nSHA256:\n %s %s Packages\n' "$(date -Ru)" "$(sha256sum <Packages | cut -d' ' -f1)" "$(stat -c %s Packages)" >Release
        )
        keys_begin
        key_make archive >/dev/null
        key_gpg "" -u archive@example.org --clearsign -o "$dir/InRelease" "$dir/Release"
        # not by in_net: in the background that is a shell, and to kill it leaves its child
        nsenter -n -t "$HOSTS_SLEEPER" -- python3 -u -m http.server --bind "$HOSTS_NET.0.1" --directory "$dir" 80 >/dev/null 2>"$FLEET/asked" 3>&- &
        REPO_PID=$!
        until in_net bash -c "exec 4<>/dev/tcp/$HOSTS_NET.0.1/80" 2>/dev/null; do
                ((SECONDS < end)) || { cat "$FLEET/asked" && return 1; }
                sleep 0.1
        done
}

# NAME's apt knows that repository and no other.
repo_for() { # NAME
        local root=${HOST_ROOT[$1]}
        rm -rf "$root"/etc/apt/sources.list.d/* "$root"/var/lib/apt/lists/*
        cp "$KEYS/archive.gpg" "$root/usr/share/keyrings/archive.gpg"
        echo "deb [signed-by=/usr/share/keyrings/archive.gpg] http://$HOSTS_NET.0.1/ ./" >"$root/etc/apt/sources.list"
}

# How often a package file was asked for, and was there.
repo_downloads() {
        grep -cE '"GET [^"]*\.deb HTTP[^"]*" 200' "$FLEET/asked" || true
}

repo_end() {
        [[ -z ${REPO_PID:-} ]] || kill "$REPO_PID" 2>/dev/null || true
        keys_end
}
