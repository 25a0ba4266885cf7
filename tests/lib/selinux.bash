# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Roots with Debian's real policy store, for bats: lib/roots.bash must be loaded before.
#
#   selinux_copy [full|trimmed]    $ROOT: SELINUX=enforcing, a domain without the rule
#
# trimmed: most modules disabled, so that a build takes 1 s instead of 6. Both are made once.

STORE=var/lib/selinux/default
# shellcheck disable=SC2034 # for the tests
POLICY_DIR=etc/selinux/default/policy

# What Debian's policy cannot be built without.
SELINUX_KEEP="apt base bootloader clock cron dirmngr dmidecode getty gnome gpg hostname inetd iptables logrotate mta
netutils policykit raid rpc setrans shutdown ssh staff su sudo tcpd tzdata unconfined unprivuser xdg xserver"

selinux_trim() { # ROOT
        local trim=()
        mapfile -t trim < <(comm -23 <(find "$1/$STORE/active/modules/100" -mindepth 1 -printf '%f\n' -maxdepth 1 | sort) \
                <(tr ' ' '\n' <<<"$SELINUX_KEEP" | sort))
        semodule -n -p "$1" -s default "${trim[@]/#/-d}" 2>/dev/null
}

selinux_make() { # KIND DIR
        local full
        full=$(root_base full) || return 1
        mkdir -p "$2"/{etc,var/lib,usr,opt}
        cp -a "$full/etc/selinux" "$2/etc/"
        cp -a "$full/var/lib/selinux" "$2/var/lib/"
        cp -a "$full/etc/passwd" "$full/etc/group" "$full/etc/login.defs" "$2/etc/"
        printf 'SELINUX=enforcing\nSELINUXTYPE=default\n' >"$2/etc/selinux/config"
        if [[ $1 == trimmed ]]; then
                selinux_trim "$2" || return 1
        fi
        cp "$TOP/tests/data/selinux-domain.cil" "$2/domain.cil"
        semodule -n -p "$2" -s default -X 100 -i "$2/domain.cil" 2>/dev/null || return 1
        rm "$2/domain.cil"
}

selinux_base() { # KIND
        local dir key
        key=$(cache_key "" "${BASH_SOURCE[0]}" "$TOP/tests/data/selinux-domain.cil") || return 1
        dir=$CACHE/selinux-$1-$key
        mkdir -p "$CACHE"
        (
                flock 8
                [[ ! -e $dir/.ready ]] || exit 0
                rm -rf "$dir" && mkdir -p "$dir/root"
                selinux_make "$1" "$dir/root" || exit 1
                touch "$dir/.ready"
        ) 8>"$CACHE/.lock-selinux" || return 1
        echo "$dir/root"
}

# A real copy: libsemanage renames directories, which an overlay may refuse. In memory where the mounts are ours
# alone: a transaction syncs hundreds of files.
selinux_copy() {
        local base
        base=$(selinux_base "${1:-trimmed}") || return 1
        COPY=$(mktemp -d "${BATS_TMPDIR:-/tmp}/secep-root.XXXXXX")
        ROOT=$COPY/root
        [[ ${SECEP_TEST_MOUNTS:-} != private ]] || mount -t tmpfs -o mode=0700 tmpfs "$COPY" || return 1
        cp -a "$base" "$ROOT"
        export ROOT COPY
}

# Installs TEXT as CIL module NAME at PRIORITY.
selinux_module() { # NAME PRIORITY TEXT
        printf '%s\n' "$3" >"$COPY/$1.cil"
        semodule -n -p "$ROOT" -s default -X "$2" -i "$COPY/$1.cil" 2>/dev/null
}

semodule_in_root() {
        semodule -n -p "$ROOT" -s default "$@" 2>/dev/null
}

# Everything but the number of the last commit, which only counts up, and libsemanage's scratch.
selinux_snapshot() {
        (cd "$ROOT" && find etc/selinux var/lib/selinux -type f ! -name commit_num ! -name '*.LOCK' ! -path '*/previous/*' \
                ! -path '*/tmp/*' ! -path '*/final/*' -printf '%p %m %U:%G\n' -exec sha256sum {} + | sort)
}

# Runs secep-repair ARGS and kills it, and the child that writes, at the rename(2) of a file whose
# path ends in SUFFIX: WHEN is "before" or "after". Fails unless that happened.
selinux_killed_at() { # WHEN SUFFIX ARGS...
        local when=$1 suffix=$2 died=0
        shift 2
        [[ -e $BATS_FILE_TMPDIR/kill.so ]] ||
                cc -shared -fPIC -o "$BATS_FILE_TMPDIR/kill.so" "$TOP/tests/data/kill-at-rename.c" || return 1
        KILL_WHEN=$when KILL_AT=$suffix LD_PRELOAD=$BATS_FILE_TMPDIR/kill.so \
                "$BUILD/secep-repair" --root "$ROOT" "$@" >"$COPY/killed" 2>&1 || died=$?
        [[ $died == 137 ]] || {
                printf 'not killed %s %s: %s\n' "$when" "$suffix" "$died"
                cat "$COPY/killed"
                return 1
        }
}
