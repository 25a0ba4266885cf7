#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# secep_headers on hosts of dnf 4: two rpm roots, real ansible-playbook whose interpreter is theirs, real secep-repair
# and dnf in them, and a repository of signed packages over HTTP.
bats_require_minimum_version 1.5.0
load ../lib/headers_rpm
load ../lib/signed
load ../lib/fleet

KEPT=/var/cache/secep/headers/set

setup() {
        command -v ansible-playbook >/dev/null || skip "this machine lacks ansible-core"
        [[ ${SECEP_TEST_MOUNTS:-} == private ]] || skip "this machine lacks private mounts (run by make check)"
        declare -gA ROOTS=() COPIES=()
        fleet_make 0
        keys_begin
        key_make vendor >/dev/null
        mkdir "$FLEET/repo"
        python3 -u -m http.server --bind 127.0.0.1 --directory "$FLEET/repo" 0 >"$FLEET/serves" 2>"$FLEET/asked" 3>&- &
        HOLDER=$!
        local end=$((SECONDS + 60))
        until PORT=$(grep -oE 'port [0-9]+' "$FLEET/serves"); do
                ((SECONDS < end)) || { cat "$FLEET/asked" && return 1; }
                sleep 0.1
        done
        # the second's interpreter has no site packages, and so no dnf: the module looks for one that has
        host h1
        host h2 -S
        cat >"$FLEET/headers.yml" <<-YML
		- hosts: all
		  gather_facts: false
		  tasks:
		    - secep.endpoint.secep_headers: {state: "{{ state }}", dest: $KEPT, kernel: "{{ kernel }}", timeout: 60, executable: "/usr/lib/secep-test/{{ program }}"}
		      register: headers
		      ignore_errors: true
		    - ansible.builtin.debug: {msg: "ANSWER {{ inventory_hostname }} {{ headers | to_json | b64encode }}"}
	YML
        publish "$RELEASE"
}

teardown() {
        local h
        [[ -z ${HOLDER:-} ]] || kill "$HOLDER" 2>/dev/null || true
        for h in "${!ROOTS[@]}"; do
                agents_end "${ROOTS[$h]}"
                ROOT=${ROOTS[$h]} COPY=${COPIES[$h]} root_drop
        done
        keys_end
        fleet_drop
}

# dnf leaves gpg-agent behind where it looked at a key.
agents_end() { # ROOT
        local dir
        for dir in "$1"/var/cache/dnf/*/pubring; do
                [[ ! -d $dir ]] || chroot "$1" gpgconf --homedir "${dir#"$1"}" --kill all || true
        done
}

host() { # NAME [PYTHON'S OPTION]
        rpm_root
        root_connector 1.24.1.1013
        mkdir -p "$ROOT/usr/lib/secep-test/plugins"
        cp "$BUILD/secep-repair" "$ROOT/usr/lib/secep-test/"
        cp "$BUILD/plugins/secep-rpm.so" "$ROOT/usr/lib/secep-test/plugins/"
        mount -t proc proc "$ROOT/proc"
        mount --bind /dev "$ROOT/dev"
        printf '[test]\nname=test\nbaseurl=http://127.0.0.1:%s/\nenabled=1\ngpgcheck=1\n' "${PORT#port }" >"$ROOT/etc/yum.repos.d/test.repo"
        key_gpg "" --armor --export vendor@example.org >"$ROOT/etc/vendor.asc"
        timeout 60 chroot "$ROOT" rpm --import /etc/vendor.asc
        printf '#!/bin/sh\nexec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot %s /usr/bin/python3 %s "$@"\n' "$ROOT" "${2:-}" >"$FLEET/$1.python"
        chmod 755 "$FLEET/$1.python"
        echo "    $1: {ansible_python_interpreter: $FLEET/$1.python, ansible_pipelining: true}" >>"$FLEET/inventory.yml"
        ROOTS[$1]=$ROOT COPIES[$1]=$COPY
}

# The repository has kernel-devel of RELEASE, and what it requires.
publish() { # RELEASE [OPTION OF createrepo_c]...
        local file
        [[ -e $(echo "$FLEET"/repo/secep-test-dep*) ]] || rpm_dep "$FLEET/repo"
        [[ -e $(echo "$FLEET"/repo/kernel-devel-"${1%.x86_64}"*) ]] || rpm_headers "$FLEET/repo" "$1" kernel-devel "Requires: secep-test-dep"
        for file in "$FLEET"/repo/*.rpm; do [[ -e $KEYS/${file##*/} ]] || { rpm_sign "$file" vendor && touch "$KEYS/${file##*/}"; }; done
        createrepo_c --quiet "${@:2}" "$FLEET/repo"
}

# The task on HOSTS; the answer of each is in $FLEET/HOST.json.
headers() { # STATE HOSTS [KERNEL]
        rm -f "$FLEET"/h?.json
        play headers.yml --limit "$2" -e "state=$1" -e "kernel=${3:-$RELEASE}" -e "program=${PROGRAM:-secep-repair}"
        [[ $status == 0 ]] || { echo "$output" && return 1; }
        local host text
        while read -r host text; do base64 -d <<<"$text" >"$FLEET/$host.json"; done < <(sed -n 's/.*"ANSWER \(h[12]\) \([^"]*\)".*/\1 \2/p' <<<"$output")
}

answer() { # HOST QUESTION
        jq -r "$2" "$FLEET/$1.json"
}

downloads() {
        grep -cE '"GET [^"]*\.rpm HTTP[^"]*" 200' "$FLEET/asked" || true
}

# The task fails on h2, and says so in one line.
no_set_of_h2() { # WORDS
        headers held h2
        answer h2 .msg
        [[ $(answer h2 .failed) == true && $(answer h2 .msg) == *"$1"* && $(answer h2 .msg | wc -l) == 1 ]]
}

keyless() { # HOST [KERNEL]
        headers planned "$1" "${2:-}"
        answer "$1" '[.failed, .key, .packages] | tostring' | grep -xF '[false,null,[]]' || { cat "$FLEET/$1.json" && return 1; }
}

@test "one host fetches each package once; the other holds them and repairs from them; what differs is refused" {
        local key file good=$FLEET/good
        headers planned all
        key=$(answer h1 .key)
        [[ $key =~ ^[0-9a-f]{32}$ && $(answer h2 .key) == "$key" && $(downloads) == 0 ]] || { cat "$FLEET"/h?.json && false; }
        diff <(answer h1 '.packages[] | "\(.sha256)  \(.file)"' | sort) <(cd "$FLEET/repo" && sha256sum ./*.rpm | sed 's, \./, ,' | sort)

        headers fetched h1
        [[ $(answer h1 .key) == "$key" && $(answer h1 .changed) == true && $(downloads) == 2 ]] || { cat "$FLEET/h1.json" "$FLEET/asked" && false; }
        for file in "$FLEET"/repo/*.rpm; do cmp "$file" "${ROOTS[h1]}$KEPT/${file##*/}"; done

        cp -r "${ROOTS[h1]}$KEPT" "$good"
        mkdir -p "${ROOTS[h2]}${KEPT%/*}"
        cp -r "$good" "${ROOTS[h2]}$KEPT"
        headers held h2
        [[ $(answer h2 .key) == "$key" && $(answer h2 .failed) == false ]] || { cat "$FLEET/h2.json" && false; }
        file=$(cd "$good" && echo kernel-devel-*)
        printf x >>"${ROOTS[h2]}$KEPT/$file"
        no_set_of_h2 "$file is not the file that this host's own package lists name"
        rm "${ROOTS[h2]}$KEPT/$file"
        no_set_of_h2 "has other files than this host needs: secep-test-dep"
        cp "$good/$file" "${ROOTS[h2]}$KEPT/"
        cp "$good/$file" "${ROOTS[h2]}$KEPT/x.rpm"
        no_set_of_h2 "has other files than this host needs: $file, secep-test-dep-1-1.x86_64.rpm, x.rpm"
        rm "${ROOTS[h2]}$KEPT/x.rpm"

        ROOT=${ROOTS[h2]} COPY=${COPIES[h2]}
        fault11 --offline "$ROOT$KEPT"
        exited 0
        is .changed true
        chroot "$ROOT" rpm -q kernel-devel secep-test-dep
        [[ $(downloads) == 2 ]] || { cat "$FLEET/asked" && false; }
}

@test "a package that came later has a key of its own; one that is unknown, unsigned, without SHA-256 or of dnf 5 has none" {
        local key later=5.14.0-503.1.1.el9_5.x86_64
        headers planned h1
        key=$(answer h1 .key)
        keyless h1 "$later"
        publish "$later"
        headers planned h1 "$later"
        [[ $(answer h1 .key) =~ ^[0-9a-f]{32}$ && $(answer h1 .key) != "$key" ]] || { cat "$FLEET/h1.json" && false; }
        # what cannot be fetched is no success
        rm "$FLEET"/repo/kernel-devel-5.14.0-503*
        headers fetched h1 "$later"
        [[ $(answer h1 .failed) == true && $(answer h1 .msg) == "not fetched: "* && $(answer h1 .msg | wc -l) == 1 ]] || { cat "$FLEET/h1.json" && false; }

        publish "$RELEASE" --checksum sha512
        headers fetched h2
        [[ $(answer h2 .msg) == *"has no SHA-256 sum in its repository" ]] || { cat "$FLEET/h2.json" && false; }
        publish "$RELEASE"
        sed -i s/gpgcheck=1/gpgcheck=0/ "${ROOTS[h2]}/etc/yum.repos.d/test.repo"
        keyless h2
        headers fetched h2
        [[ $(answer h2 .msg) == *"gpgcheck of repository test is off" ]] || { cat "$FLEET/h2.json" && false; }
        cp "${ROOTS[h1]}/bin/true" "${ROOTS[h1]}/usr/bin/dnf"
        keyless h1
}

@test "metadata signed by a key that nobody accepted: dnf's own answer to a program would be yes, the module's is no" {
        local plan=${ROOTS[h1]}/usr/lib/secep-test/plan
        # what was planned before the repository asked
        chroot "${ROOTS[h1]}" /usr/lib/secep-test/secep-repair --json --fault 11 --plan --kernel "$RELEASE" >"$plan.json" || [[ $? == 1 ]]
        printf '#!/bin/sh\ncat %s.json\nexit 1\n' "${plan#"${ROOTS[h1]}"}" >"$plan"
        chmod 755 "$plan"
        key_make other >/dev/null
        key_gpg "" --armor --export other@example.org >"${ROOTS[h1]}/etc/other.asc"
        key_gpg "" -u other@example.org --armor --detach-sign -o "$FLEET/repo/repodata/repomd.xml.asc" "$FLEET/repo/repodata/repomd.xml"
        printf 'repo_gpgcheck=1\ngpgkey=file:///etc/other.asc\n' >>"${ROOTS[h1]}/etc/yum.repos.d/test.repo"
        rm -rf "${ROOTS[h1]}"/var/cache/dnf/*
        PROGRAM=plan
        keyless h1
        [[ -z $(find "${ROOTS[h1]}/var/cache/dnf" -path '*/pubring/*') ]]
        # accepted by the operator for dnf, it is no question any more
        chroot "${ROOTS[h1]}" dnf -qy makecache
        headers planned h1
        [[ $(answer h1 .key) =~ ^[0-9a-f]{32}$ ]] || { cat "$FLEET/h1.json" && false; }
}
