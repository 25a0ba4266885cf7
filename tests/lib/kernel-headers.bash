# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Header trees of Debian kernels from the machine's own mirror, unpacked below build/cache/kernels.
#
#   kernel_headers SERIES            SERIES: 5.10, 6.1, 6.12 (the last of it the mirror has), newest: of
#                                    Debian sid, whose headers need that suite's compiler
#     -> KERNEL_RELEASE, and KERNEL_ROOT: usr/lib/modules/RELEASE/build and what it names
#     status 3: the mirror has no such kernel
#   kernel_image SERIES              also its modules, and the image: KERNEL_IMAGE
#   kernel_overlay DIR               this machine's root with KERNEL_ROOT over it, mounted at DIR:
#                                    only in a private mount namespace (unshare -m)
#
# The trees name /usr/src and /usr/lib absolutely, so they are used inside such an overlay.
# Nothing of the machine's own apt is read but its mirror, nothing of it is written.

KERNEL_SUITE= # what apt's private state is of: nothing for Debian's stable suites, or -sid
KERNEL_CACHE=${KERNEL_CACHE:-${SECEP_CACHE:-${BUILD:-$PWD/build}/cache}/kernels}

# The mirrors stand in both styles of apt sources: "URIs: ..." and "deb ...".
kernel_mirror() { # SUFFIX: debian or debian-security
        # A file that is not there, and a reader that has enough, fail nobody who sets pipefail.
        { sed -n 's/^URIs:[[:space:]]*//p' /etc/apt/sources.list.d/*.sources
          sed -nE 's/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+).*/\2/p' \
                  /etc/apt/sources.list /etc/apt/sources.list.d/*.list
          true; } 2>/dev/null |
                tr ' ' '\n' | sed 's,/$,,' |
                awk -v end="/$1" 'substr($0, length - length(end) + 1) == end && !n++ { print } END { exit !n }'
}

kernel_apt() { # TOOL ARGUMENTS...: apt-get or apt-cache on a private state
        local tool=$1 a=$KERNEL_CACHE/apt$KERNEL_SUITE
        shift
        "$tool" -o Dir::Etc::sourcelist="$a/sources.list" -o Dir::Etc::sourceparts="$a/none" \
                -o Dir::State="$a" -o Dir::State::Lists="$a/lists" -o Dir::Cache="$a/cache" \
                -o Dir::State::status="$a/status" -o APT::Sandbox::User=root \
                -o Acquire::Languages=none -o Acquire::Check-Date=false \
                -o Acquire::Check-Valid-Until=false -o Acquire::Retries=3 "$@"
}

kernel_lists() {
        local a=$KERNEL_CACHE/apt$KERNEL_SUITE main security suite
        [[ -n $(find "$a/updated" -mmin -720 2>/dev/null) ]] && return
        main=$(kernel_mirror debian) || { echo "no Debian mirror in the apt sources" >&2; return 1; }
        security=$(kernel_mirror debian-security) || security=${main}-security
        mkdir -p "$a"/{none,lists/partial,cache/archives/partial}
        : >"$a/status"
        if [[ $KERNEL_SUITE == -sid ]]; then
                echo "deb $main sid main"
        else
                for suite in bullseye bookworm trixie; do
                        echo "deb $main $suite main"
                        echo "deb $security $suite-security main"
                done
        fi >"$a/sources.list"
        kernel_apt apt-get -qq update && touch "$a/updated"
}

# The newest release of SERIES of which the mirror has both headers and image: the image, signed
# elsewhere, comes hours or days after the headers.
kernel_newest() { # SERIES
        local pattern release
        case $1 in
        5.10) pattern='^5\.10\.0-[0-9]+-amd64$' ;;
        6.1) pattern='^6\.1\.0-[0-9]+-amd64$' ;;
        6.12) pattern='^6\.12\.[0-9]+\+deb12-amd64$' ;;
        newest) pattern='^[0-9][0-9.]*\+deb[0-9]+-amd64$' ;;
        6.12-deb13) pattern='^6\.12\.[0-9]+\+deb13-amd64$' ;;
        *) return 1 ;;
        esac
        while read -r release; do
                if kernel_offered "linux-headers-$release" && kernel_offered "linux-image-$release"; then
                        echo "$release"
                        return
                fi
        done < <(kernel_apt apt-cache pkgnames linux-headers- | sed 's/^linux-headers-//' |
                grep -E "$pattern" | sort -rV)
}

# A name that others only depend on is in apt's list of names too.
kernel_offered() { # PACKAGE
        [[ -n $(kernel_apt apt-cache madison "$1" 2>/dev/null) ]]
}

# The packages of the linux source that PACKAGE needs, itself included.
kernel_closure() {
        local depends=Depends
        echo "$1"
        kernel_apt apt-cache show --no-all-versions "$1" | sed -n "s/^$depends: //p" |
                tr ",|" "\n" | sed -nE 's/^ *(linux-(headers|kbuild|binary|modules|image|base-[0-9])[^ ]*).*/\1/p'
}

# Downloads and unpacks what is not there yet, with lib/ below usr/: the root is an overlay's layer.
kernel_fetch() { # ROOT PACKAGE...
        local root=$1 p deb missing=()
        shift
        mkdir -p "$root/.got" "$KERNEL_CACHE/debs"
        for p in "$@"; do
                [[ -e $root/.got/$p ]] || missing+=("$p")
        done
        ((${#missing[@]})) || return 0
        (cd "$KERNEL_CACHE/debs" && rm -f ./*.deb && kernel_apt apt-get -qq download "${missing[@]}") || return 1
        for deb in "$KERNEL_CACHE"/debs/*.deb; do
                dpkg -x "$deb" "$root" && rm -f "$deb" || return 1
                if [[ -d $root/lib && ! -L $root/lib ]]; then
                        mkdir -p "$root/usr/lib" && cp -al "$root/lib/." "$root/usr/lib/" && rm -rf "${root:?}/lib"
                fi
        done
        for p in "${missing[@]}"; do touch "$root/.got/$p"; done
}

# Asking apt takes seconds: what it said is kept beside the lists it said it from. A mirror may
# have moved on since: what cannot be had by these lists is asked for once more by new ones.
kernel_headers() {
        KERNEL_SUITE=
        [[ $1 != newest ]] || KERNEL_SUITE=-sid
        kernel_headers_by_lists "$1" || { kernel_lists_drop && kernel_headers_by_lists "$1"; }
}

kernel_lists_drop() {
        rm -f "$KERNEL_CACHE/apt$KERNEL_SUITE"/{updated,newest.*}
}

kernel_headers_by_lists() {
        mkdir -p "$KERNEL_CACHE"
        (flock 9 && kernel_lists) 9>"$KERNEL_CACHE/lock" || return 1
        local kept=$KERNEL_CACHE/apt$KERNEL_SUITE/newest.$1
        if [[ $kept -nt $KERNEL_CACHE/apt$KERNEL_SUITE/updated ]]; then
                KERNEL_RELEASE=$(<"$kept")
                KERNEL_ROOT=$KERNEL_CACHE/$KERNEL_RELEASE
                return 0
        fi
        KERNEL_RELEASE=$(kernel_newest "$1")
        [[ -n $KERNEL_RELEASE ]] || { echo "the mirror has no headers and image of $1" >&2; return 3; }
        KERNEL_ROOT=$KERNEL_CACHE/$KERNEL_RELEASE
        (
                mkdir -p "$KERNEL_ROOT"
                flock 9
                # shellcheck disable=SC2046 # package names
                kernel_fetch "$KERNEL_ROOT" \
                        $(kernel_closure "linux-headers-$KERNEL_RELEASE" | grep -v linux-image) &&
                        echo "$KERNEL_RELEASE" >"$kept"
        ) 9>"$KERNEL_CACHE/lock"
}

kernel_image() {
        kernel_headers "$1" || return
        kernel_image_by_lists || { kernel_lists_drop && kernel_headers "$1" && kernel_image_by_lists; }
}

kernel_image_by_lists() {
        (
                flock 9
                # shellcheck disable=SC2046
                kernel_fetch "$KERNEL_ROOT" $(kernel_closure "linux-image-$KERNEL_RELEASE")
        ) 9>"$KERNEL_CACHE/lock" || return
        KERNEL_IMAGE=$KERNEL_ROOT/boot/vmlinuz-$KERNEL_RELEASE
        # since 7 the image lies among the modules
        [[ -e $KERNEL_IMAGE ]] || KERNEL_IMAGE=$KERNEL_ROOT/usr/lib/modules/$KERNEL_RELEASE/vmlinuz
        [[ -e $KERNEL_IMAGE ]]
}

# A layer may not lie inside another one, so the trees are bound and only what changes is overlaid.
kernel_overlay() { # DIR
        local top=$1 from=$KERNEL_ROOT/usr kbuild modules=usr/lib/modules/$KERNEL_RELEASE
        mkdir -p "$top" && mount -t tmpfs -o mode=0755 tmpfs "$top" || return 1
        mkdir -p "$top"/{up,work,mup,mwork,root}
        mount -t overlay -o "lowerdir=/,upperdir=$top/up,workdir=$top/work" overlay "$top/root" || return 1
        mkdir -p "$top/root/usr/src" "$top/root/$modules"
        mount --bind "$from/src" "$top/root/usr/src"
        for kbuild in "$from"/lib/linux-kbuild-*; do
                mkdir -p "$top/root/usr/lib/${kbuild##*/}"
                mount --bind "$kbuild" "$top/root/usr/lib/${kbuild##*/}"
        done
        mount -t overlay -o "lowerdir=$KERNEL_ROOT/$modules,upperdir=$top/mup,workdir=$top/mwork" \
                overlay "$top/root/$modules"
}
