# SPDX-License-Identifier: GPL-2.0-or-later
# Roots for bats: a real Debian made once (build/cache) and handed out as cheap copies, a run of
# secep-repair, questions to its JSON, and a snapshot of everything a repair may change.
#
#   load ../lib/roots
#   setup() { root_copy full; }              # $ROOT: a copy of this test's own
#   teardown() { root_drop; }
#   repair --fault 5                         # $status, $output (JSON), $stderr_text
#   is '.faults[0].verdict' ok
# shellcheck shell=bash

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${SECEP_BUILD:-$TOP/build}
CACHE=${SECEP_CACHE:-$TOP/build/cache}
export FAULTLAB=$BUILD/tests/faultlab
export STEP=$BUILD/tests/step

# What a root of each name has beside the essential packages.
declare -gA ROOT_PACKAGES=(
        [full]="apt passwd selinux-policy-default policycoreutils kmod"
        [small]="passwd"
)

apt_conf() {
        apt-config dump --format '%v%n' "$1" | head -1
}

# The mirror this machine itself uses, for a Debian suite.
root_mirror() {
        local suite=$1 uri
        # shellcheck disable=SC2016
        uri=$(apt-get indextargets --format '$(SITE) $(REPO_URI) $(ORIGIN) $(LABEL) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
                awk '$3 == "Debian" && $4 == "Debian" { print $2; exit }')
        [[ -n $uri ]] || uri=$(grep -rhsoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d | head -1)
        uri=${uri%% *}
        echo "deb ${uri%/} $suite main"
}

# Options that give mmdebstrap this machine's own idea of freshness and proxies.
root_apt_options() {
        local key value
        echo '--aptopt=Acquire::Retries "3"'
        for key in Acquire::Check-Valid-Until Acquire::Check-Date Acquire::http::Proxy Acquire::https::Proxy; do
                value=$(apt_conf "$key")
                [[ -z $value ]] || printf -- '--aptopt=%s "%s"\n' "$key" "$value"
        done
}

# What a cache entry made of TEXT and FILES is called by: twelve digits. Fails, rather than names all entries alike,
# where one of FILES cannot be read.
cache_key() { # TEXT [FILE...]
        local key
        key=$(set -o pipefail; { printf '%s\n' "$1" && { shift; cat /dev/null "$@"; }; } | sha256sum) || return 1
        [[ $key =~ ^[0-9a-f]{12} ]] && echo "${key:0:12}"
}

# Makes root NAME for SUITE unless the cache has it; prints its path. systemd-coredump would change
# the kernel's core_pattern when it is configured, and the kernel is this machine's.
root_base() {
        local name=$1 suite=${2:-bookworm} key dir include mirror
        include=${ROOT_PACKAGES[$name]// /,}
        mirror=$(root_mirror "$suite")
        [[ $mirror == "deb "[a-z]*:* ]] || { echo "no mirror of Debian in apt's sources" >&2; return 1; }
        key=$(printf '%s ' "$suite" "$include" "$mirror" 3 | sha256sum | cut -c1-12)
        [[ -n $key ]] || return 1
        dir=$CACHE/$suite-$name-$key
        mkdir -p "$CACHE"
        (
                flock 9
                [[ ! -e $dir/.ready ]] || exit 0
                rm -rf "$dir" && mkdir -p "$dir"
                echo "# making root $name ($suite), once" >&2
                mapfile -t options < <(root_apt_options)
                hooks=()
                if [[ $name == full ]]; then
                        # What kernel headers need, but not the headers.
                        # shellcheck disable=SC2016
                        hooks+=('--customize-hook=chroot "$1" bash -c "dpkg-query -Wf \"\\\${Package}\\n\" | grep ^linux-headers- | xargs dpkg --purge"')
                        include+=,linux-headers-amd64
                        options+=(--skip=cleanup/apt/lists)
                fi
                mmdebstrap --quiet --variant=minbase --mode=root --include="$include" "${options[@]}" "${hooks[@]}" \
                        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
                        --dpkgopt='path-exclude=/usr/share/locale/*' \
                        --dpkgopt='path-exclude=/usr/lib/sysctl.d/50-coredump.conf' \
                        "$suite" "$dir/root" "$(root_mirror "$suite")" >&2 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- || exit 1
                touch "$dir/.ready"
        ) 9>"$dir.lock" || return 1
        echo "$dir/root"
}

# The kernel release whose headers the root's own apt would install.
root_release() {
        local root=$1
        chroot "$root" apt-cache depends linux-headers-amd64 | sed -n 's/.*Depends: linux-headers-\([0-9].*\)/\1/p' | head -1
}

# A copy of root NAME at $ROOT: an overlay where the mounts are ours alone, else a real copy.
root_copy() {
        local base
        base=$(root_base "$@") || return 1
        root_copy_of "$base"
}

# What this copy has beyond its base, kept below DIR as a layer for more copies: root_copy_of
# "$DIR/upper:BASE". Private mounts only.
root_keep_layer() {
        umount "$ROOT"
        cp -a "$COPY/upper" "$1/"
        root_drop
}

# BASE: a directory, or layers with : between them, the uppermost first.
root_copy_of() {
        local base=$1
        COPY=$(mktemp -d "${BATS_TMPDIR:-/tmp}/secep-root.XXXXXX")
        ROOT=$COPY/root
        mkdir "$ROOT"
        if [[ ${SECEP_TEST_MOUNTS:-} == private ]]; then
                mount -t tmpfs -o mode=0755 tmpfs "$COPY"
                mkdir "$COPY"/{root,upper,work}
                mount -t overlay -o "lowerdir=$base,upperdir=$COPY/upper,workdir=$COPY/work,redirect_dir=on" overlay "$ROOT"
        else
                cp -a "$base/." "$ROOT/"
        fi
        export ROOT COPY
}

root_drop() {
        [[ -n ${COPY:-} ]] || return 0
        if mountpoint -q "$COPY"; then
                umount -R "$COPY" || umount -lR "$COPY"
        fi
        rm -rf --one-file-system "$COPY"
        unset COPY ROOT
}

# An empty root of a few files, for what needs no Debian: $ROOT. In memory where the mounts are ours alone.
root_tiny() {
        COPY=$(mktemp -d "${BATS_TMPDIR:-/tmp}/secep-root.XXXXXX")
        ROOT=$COPY/root
        [[ ${SECEP_TEST_MOUNTS:-} != private ]] || mount -t tmpfs -o mode=0700 tmpfs "$COPY" || return 1
        mkdir -p "$ROOT"/{etc,opt,run,tmp,usr/bin,usr/sbin,var/lib,proc,sys}
        printf 'root:x:0:0:root:/root:/bin/bash\n' >"$ROOT/etc/passwd"
        printf 'root:x:0:\nusers:x:100:\n' >"$ROOT/etc/group"
        printf 'root:*:19000:0:99999:7:::\n' >"$ROOT/etc/shadow"
        printf 'root:*::\nusers:!::\n' >"$ROOT/etc/gshadow"
        chmod 0640 "$ROOT/etc/shadow" "$ROOT/etc/gshadow"
        printf 'SYS_UID_MIN 100\nSYS_UID_MAX 999\nSYS_GID_MIN 100\nSYS_GID_MAX 999\nUSERGROUPS_ENAB yes\n' >"$ROOT/etc/login.defs"
        printf 'ID=debian\nVERSION_ID="12"\n' >"$ROOT/etc/os-release"
        export ROOT COPY
}

# The scan account of a tiny root, in order.
healthy_account() {
        printf 'cisco-amp-scan-svc:x:998:\n' >>"$ROOT/etc/group"
        printf 'cisco-amp-scan-svc:!::\n' >>"$ROOT/etc/gshadow"
        printf 'cisco-amp-scan-svc:x:998:998::/nonexistent:/usr/sbin/nologin\n' >>"$ROOT/etc/passwd"
        printf 'cisco-amp-scan-svc:!:19000::::::\n' >>"$ROOT/etc/shadow"
}

# Directories and global.xml of a connector of VERSION (nothing of it can be run).
root_connector() {
        mkdir -p "$ROOT"/opt/cisco/amp/{bin,etc,lib}
        chmod 0755 "$ROOT"/opt/cisco{,/amp{,/bin,/etc,/lib}}
        printf '<?xml version="1.0"?>\n<config><agent><version>%s</version></agent></config>\n' "${1:-1.24.1.1013}" \
                >"$ROOT/opt/cisco/amp/etc/global.xml"
        printf '\x7fELF' >"$ROOT/opt/cisco/amp/bin/ampdaemon"
        chmod 0755 "$ROOT/opt/cisco/amp/bin/ampdaemon"
}

# dpkg says that the connector's package owns every directory of it that is there now.
root_owns() {
        mkdir -p "$ROOT/var/lib/dpkg/info"
        grep -qs '^Package: ciscoampconnector$' "$ROOT/var/lib/dpkg/status" ||
                printf 'Package: ciscoampconnector\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.24.1.1013\nMaintainer: tests <t@example.invalid>\nDescription: stand-in\n\n' >>"$ROOT/var/lib/dpkg/status"
        (cd "$ROOT" && find opt/cisco -type d -printf '/%p\n') >"$ROOT/var/lib/dpkg/info/ciscoampconnector.list"
}

# secep-repair --root $ROOT --json ARGS: $status, $output (stdout), $stderr_text.
repair() {
        output=$("$BUILD/secep-repair" --root "$ROOT" --json "$@" 2>"$COPY/stderr") && status=0 || status=$?
        stderr_text=$(<"$COPY/stderr")
}

# The same without --json.
repair_plain() {
        output=$("$BUILD/secep-repair" --root "$ROOT" "$@" 2>"$COPY/stderr") && status=0 || status=$?
        stderr_text=$(<"$COPY/stderr")
}

json() {
        jq -r "$@" <<<"$output"
}

# The answer to a jq question about $output is EXPECTED, or the test fails and shows it all.
is() {
        local found
        found=$(jq -r "$1" <<<"$output" 2>&1) || true
        [[ $found == "$2" ]] || {
                printf '%s is %s, not %s\n%s\n%s\n' "$1" "$found" "$2" "$output" "${stderr_text:-}"
                return 1
        }
}

exited() {
        [[ $status == "$1" ]] || {
                printf 'exit status %s, not %s\n%s\n%s\n' "$status" "$1" "$output" "${stderr_text:-}"
                return 1
        }
        [[ $1 != 4 || $output != "{"* ]] || advised <<<"$output"
}

# Each fault of the JSON on stdin that is left to a person says what to do, in one line that harms no shell.
advised() {
        local report
        report=$(cat)
        jq -e '[.faults[]? | select(.verdict == "blocked") | .do.text // "" |
                select(length == 0 or test("[\\x00-\\x1f]"))] | length == 0' <<<"$report" >/dev/null || {
                printf 'blocked without a do line: %s\n' "$report"
                return 1
        }
}

# Exactly one line on standard error, and it has the words.
complains() {
        local word
        [[ $(wc -l <<<"$stderr_text") == 1 && -n $stderr_text ]] || {
                printf 'not one line on standard error:\n%s\n' "$stderr_text"
                return 1
        }
        for word in "$@"; do
                [[ $stderr_text == *"$word"* ]] || {
                        printf 'no "%s" in: %s\n' "$word" "$stderr_text"
                        return 1
                }
        done
}

# sha256, mode, owner and xattrs of every file but ours and what a package manager keeps for speed.
snapshot_files() {
        local root=${1:-$ROOT}
        (
                cd "$root" || exit 1
                find . -xdev \( -path ./var/lib/secep -o -path ./var/log -o -path ./var/cache -o -path ./run -o -path ./tmp \
                        -o -path ./var/lib/apt/lists \) -prune -o -printf '%p %y %m %U:%G %l\n' | sort
                find . -xdev \( -path ./var/lib/secep -o -path ./var/log -o -path ./var/cache -o -path ./run -o -path ./tmp \
                        -o -path ./var/lib/apt/lists \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
                getfattr -R -P -h -d -m - -e hex ./etc ./opt 2>/dev/null || true
        )
}

snapshot_packages() {
        # shellcheck disable=SC2016
        chroot "${1:-$ROOT}" dpkg-query -Wf '${Package} ${Version} ${db:Status-Abbrev}\n' | grep -v ' rc ' | sort
}

snapshot_modules() {
        semodule -p "${1:-$ROOT}" -s "${2:-default}" -lfull 2>/dev/null | sort -k2,2 -k1,1n
}

# Accounts without the order of their lines.
snapshot_accounts() {
        local file
        for file in passwd shadow group gshadow; do
                sort "${1:-$ROOT}/etc/$file" | sed "s/^/$file: /"
        done
}

# $output is what the schema says.
fits_schema() {
        python3 "$TOP/tests/lib/schema.py" "$TOP/docs/secep-repair.schema.json" <<<"$output"
}
