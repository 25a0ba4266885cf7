# SPDX-License-Identifier: GPL-2.0-or-later
# A root with rpm and dnf, and packages made by the test with rpmbuild.
# shellcheck shell=bash

# shellcheck disable=SC2034 # for the tests
RELEASE=5.14.0-427.13.1.el9_4.x86_64

# $ROOT: Debian's dnf, told that it keeps a RHEL: its own dpkg database is gone.
rpm_root() {
        # shellcheck disable=SC2034 # read by root_base
        ROOT_PACKAGES[dnf]="dnf rpm passwd zypper systemd systemd-sysv dbus kmod libjansson4 libkmod2 libclamav12 libbpf1"
        root_copy dnf || return 1
        rm -rf "$ROOT"/var/lib/dpkg "$ROOT"/etc/dnf/dnf.conf "$ROOT"/etc/yum.repos.d
        printf 'ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.4"\nPLATFORM_ID="platform:el9"\n' >"$ROOT/etc/os-release"
        mkdir -p "$ROOT"/{etc/rpm,etc/dnf,etc/yum.repos.d,srv/repo,var/lib/rpm}
        echo '%_dbpath /var/lib/rpm' >"$ROOT/etc/rpm/macros"
        printf '[main]\ngpgcheck=0\nplugins=0\nmodule_platform_id=platform:el9\n' >"$ROOT/etc/dnf/dnf.conf"
        printf '[test]\nname=test\nbaseurl=file:///srv/repo\nenabled=1\n' >"$ROOT/etc/yum.repos.d/test.repo"
        chroot "$ROOT" rpm --initdb
}

# The same of the newest suite: dnf 5 and rpm 6, told that it keeps a Fedora.
rpm6_root() {
        # shellcheck disable=SC2034 # read by root_base
        ROOT_PACKAGES[dnf5]="dnf5 rpm passwd"
        root_copy dnf5 sid || return 1
        rm -rf "$ROOT"/var/lib/dpkg "$ROOT"/etc/dnf/dnf.conf "$ROOT"/etc/yum.repos.d
        printf 'ID=fedora\nVERSION_ID=43\nPLATFORM_ID="platform:f43"\n' >"$ROOT/etc/os-release"
        mkdir -p "$ROOT"/{etc/rpm,etc/dnf,etc/yum.repos.d,srv/repo,var/lib/rpm}
        echo '%_dbpath /var/lib/rpm' >"$ROOT/etc/rpm/macros"
        printf '[main]\ngpgcheck=0\n' >"$ROOT/etc/dnf/dnf.conf"
        printf '[test]\nname=test\nbaseurl=file:///srv/repo\nenabled=1\n' >"$ROOT/etc/yum.repos.d/test.repo"
        ln -s dnf5 "$ROOT/usr/bin/dnf"
        chroot "$ROOT" rpm --initdb
}

# A package NAME of VERSION-RELEASE in DIR; further spec lines on stdin, %install in $5.
rpm_make() { # DIR NAME VERSION RELEASE [INSTALL] <<< "Requires: ... / %post / %files"
        local dir=$1 work
        work=$(mktemp -d "$COPY/rpm.XXXXXX")
        {
                printf 'Name: %s\nVersion: %s\nRelease: %s\nSummary: made by a test\nLicense: none\nAutoReqProv: no\n' "$2" "$3" "$4"
                sed -n '/^[A-Z][a-z]*:/p' "$work/../spec.in" 2>/dev/null
                printf '%%description\nmade by a test\n%%install\nmkdir -p %%{buildroot}\n%s\n' "${5:-true}"
                sed '/^[A-Z][a-z]*:/d' "$work/../spec.in" 2>/dev/null
        } >"$work/x.spec"
        rpmbuild --quiet -bb --target x86_64 --define "_topdir $work" --define "_rpmdir $dir" \
                --define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
                --define '_dbpath %{_topdir}/db' --define '__os_install_post %{nil}' \
                --define 'debug_package %{nil}' "$work/x.spec" >/dev/null 2>"$COPY/rpmbuild" || {
                cat "$COPY/rpmbuild"
                return 1
        }
        rm -rf "$work" "$COPY/spec.in"
}

# kernel-devel (or NAME) of RELEASE: a complete tree, or with EMPTY=1 none.
rpm_headers() { # DIR RELEASE [NAME] [SPEC LINES]
        local dir=$1 release=$2 name=${3:-kernel-devel} vr=${2%.x86_64*}
        local tree="%{buildroot}/usr/src/kernels/$release"
        printf '%s\n%%files\n/usr\n' "${4:-Requires: secep-test-dep}" >"$COPY/spec.in"
        if [[ ${EMPTY:-} ]]; then
                rpm_make "$dir" "$name" "${vr%%-*}" "${vr#*-}" "mkdir -p %{buildroot}/usr/share/$name"
                return
        fi
        rpm_make "$dir" "$name" "${vr%%-*}" "${vr#*-}" "mkdir -p $tree/include/generated $tree/scripts/mod %{buildroot}/usr/lib/modules/$release
echo '#define UTS_RELEASE \"$release\"' >$tree/include/generated/utsrelease.h
echo '#define CONFIG_X86_64 1' >$tree/include/generated/autoconf.h
echo symbol >$tree/Module.symvers
echo x | tee $tree/scripts/mod/modpost >$tree/Makefile
ln -s /usr/src/kernels/$release %{buildroot}/usr/lib/modules/$release/build"
}

rpm_dep() { # DIR
        printf '%%files\n/usr/share/secep-test-dep\n' >"$COPY/spec.in"
        rpm_make "$1" secep-test-dep 1 1 'mkdir -p %{buildroot}/usr/share/secep-test-dep'
}

rpm_index() {
        createrepo_c --quiet "$ROOT/srv/repo"
}

snapshot_rpms() {
        chroot "$ROOT" rpm -qa | sort
}

# A package host-libraries in DIR: what $ROOT's libraries and programs, which rpm did not put there, provide.
rpm_host_libraries() { # DIR
        {
                printf 'Provides: %s\n' /bin/sh "rtld(GNU_HASH)" kmod shadow-utils systemd
                find "$ROOT/usr/lib/x86_64-linux-gnu" "$ROOT/lib64" -maxdepth 1 -name '*.so*' -print | /usr/lib/rpm/elfdeps --provides |
                        sort -u | sed 's/^/Provides: /'
                printf '%%%%files\n/usr/share/host-libraries\n'
        } >"$COPY/spec.in"
        rpm_make "$1" host-libraries 1 1 'mkdir -p %{buildroot}/usr/share/host-libraries'
}
