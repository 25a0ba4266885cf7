# SPDX-License-Identifier: GPL-2.0-or-later
"""A healthy target root, built of plain files in a few milliseconds, for damage to begin with."""
import hashlib
import os
import shutil

SCAN = "cisco-amp-scan-svc"
AMP = "opt/cisco/amp"
# What the connector's programs probe where they are compiled on the machine, for want of BTF.
COMPILED = "vfs_open vfs_symlink vfs_link vfs_rename vfs_unlink inet_stream_connect inet_sendmsg inet_recvmsg inet_listen".split()
SHOWING = "bpf_check register_kprobe kprobe_dispatcher trace_call_bpf".split()  # options that no configuration names
SYSTEMS = {
    "debian": ('ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', "6.1.0-50-amd64"),
    "ubuntu": ('ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\n', "5.15.0-130-generic"),
    "rocky": ('ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n', "5.14.0-427.28.1.el9_4.x86_64"),
    "rhel": ('ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.4"\n', "5.14.0-427.28.1.el9_4.x86_64"),
    "stranger": ("ID=stranger\nVERSION_ID=1\n", "6.1.9-stranger"),
}
LOGIN_DEFS = "MAIL_DIR\t/var/mail\nUMASK\t\t022\nUID_MIN\t\t1000\nUID_MAX\t\t60000\nGID_MIN 1000\nUSERGROUPS_ENAB yes\nENCRYPT_METHOD YESCRYPT\n"
POLICY = """<?xml version="1.0" encoding="UTF-8"?>
<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/><Object Id="x"><config>
<janus><policy><name>Audit</name><serial_number>7</serial_number></policy></janus>
<agent><driver><protmode><file>%s</file></protmode></driver><nfm><enable>%s</enable></nfm></agent>
</config></Object></Signature>
"""


class State:
    """The root under work; file names are relative to it."""

    def __init__(self, root, rng, policies, probed):
        self.root, self.rng, self.policies, self.probed = root, rng, policies, probed
        self.log = []

    def at(self, path, last=True):
        """Where PATH is on this machine: links are followed inside the root, the last part's where LAST."""
        done, todo, links = [], [p for p in path.split("/") if p not in ("", ".")], 0
        while todo:
            part = todo.pop(0)
            if part == "..":
                done = done[:-1]
                continue
            here = os.path.join(self.root, *done, part)
            if (todo or last) and os.path.islink(here) and links < 40:
                links += 1
                target = os.readlink(here)
                if target.startswith("/"):
                    done = []
                todo = [p for p in target.split("/") if p not in ("", ".")] + todo
                continue
            done.append(part)
        return os.path.join(self.root, *done)

    def there(self, path):
        return os.path.lexists(self.at(path, last=False))

    def put(self, path, text, mode=0o644):
        full = self.at(path, last=False)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        if os.path.islink(full) or os.path.isdir(full):
            self.drop(path)
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        with open(full, "wb") as f:
            f.write(data)
        os.chmod(full, mode)

    def get(self, path):
        with open(self.at(path), encoding="utf-8", errors="surrogateescape") as f:
            return f.read()

    def edit(self, path, change):
        """Nothing where an earlier damage took the file."""
        if os.path.isfile(self.at(path)):
            mode = os.stat(self.at(path)).st_mode & 0o7777
            self.put(path, change(self.get(path)), mode)

    def drop(self, path):
        full = self.at(path, last=False)
        if os.path.islink(full) or os.path.isfile(full):
            os.unlink(full)
        elif os.path.isdir(full):
            shutil.rmtree(full)

    def folder(self, path, mode=0o755):
        os.makedirs(self.at(path), exist_ok=True)
        os.chmod(self.at(path), mode)

    def link(self, path, target):
        self.drop(path)
        where = self.at(path, last=False)
        os.makedirs(os.path.dirname(where), exist_ok=True)
        os.symlink(target, where)


def signature_file(body, fields=None):
    f = {"magic": "ClamAV-VDB", "time": "28 Nov 2026 00-00 +0000", "version": "1", "count": "1", "level": "90",
         "md5": hashlib.md5(body).hexdigest(), "dsig": "x", "builder": "oracle", "stime": "1795824000"}
    f.update(fields or {})
    return ":".join(f.values()).encode().ljust(512) + body


def accounts(s):
    s.put("etc/passwd", f"root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n{SCAN}:x:998:998::/nonexistent:/usr/sbin/nologin\nann:x:1000:1000::/home/ann:/bin/bash\n")
    s.put("etc/group", f"root:x:0:\ndaemon:x:1:\nusers:x:100:\nops:x:101:ann\n{SCAN}:x:998:\nann:x:1000:\n")
    s.put("etc/shadow", f"root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n{SCAN}:!:19000::::::\nann:$y$j9T$abc$def:19000:0:99999:7:::\n", 0o640)
    s.put("etc/gshadow", f"root:*::\ndaemon:*::\nusers:*::\nops:!::ann\n{SCAN}:!::\nann:!::\n", 0o640)
    s.put("etc/login.defs", LOGIN_DEFS)
    s.put("etc/nsswitch.conf", "passwd:         files systemd\ngroup:          files systemd\nshadow:         files\n")


def own_all(s):
    """The package database says that each directory there now is the package's."""
    names = ["/.", "/opt", "/opt/cisco"]
    for folder, below, files in os.walk(s.at(AMP)):
        names += ["/" + os.path.relpath(folder, s.root)] + ["/" + os.path.relpath(os.path.join(folder, f), s.root) for f in files]
    s.put("var/lib/dpkg/info/ciscoampconnector.list", "\n".join(sorted(names)) + "\n")
    s.put("var/lib/dpkg/status", "Package: ciscoampconnector\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.26.0.1\n"
          "Maintainer: t <t@example.invalid>\nDescription: stand-in\n\n")


def connector(s, version):
    for name in ("", "/bin", "/etc", "/lib", "/clamav"):
        s.folder(AMP + name)
    s.folder("opt")
    s.folder("opt/cisco")
    for name in ("ampdaemon", "ampscansvc", "ampcli"):
        s.put(f"{AMP}/bin/{name}", "\x7fELF", 0o755)
    s.put(AMP + "/etc/global.xml", f'<?xml version="1.0"?>\n<config><agent><version>{version}</version></agent></config>\n')
    s.put(AMP + "/etc/policy.xml", POLICY % ("1", "1"))
    for name in ("main", "daily"):
        s.put(f"{AMP}/clamav/{name}.cvd", signature_file(name.encode() * 300))
    s.folder("var/log/cisco")
    s.put("var/log/cisco/ampdaemon.log", "")
    s.put("var/log/cisco/ampscansvc.log", "")


def header_folder(system, release):
    return f"usr/src/kernels/{release}" if system in ("rhel", "rocky") else f"usr/src/linux-headers-{release}"


def headers(s, folder, release):
    s.put(folder + "/include/generated/utsrelease.h", f'#define UTS_RELEASE "{release}"\n')
    s.put(folder + "/include/generated/autoconf.h", "#define CONFIG_MODULES 1\n#define CONFIG_X86_64 1\n")
    s.put(folder + "/include/config/auto.conf", "CONFIG_MODULES=y\n")
    s.put(folder + "/include/config/kernel.release", "6.1.192\n")
    s.put(folder + "/Module.symvers", "0x12345678\tvfs_read\tvmlinux\tEXPORT_SYMBOL\t\n")
    s.put(folder + "/.config", "CONFIG_MODULES=y\n")
    s.put(folder + "/Makefile", "all:\n")
    s.put(folder + "/scripts/Makefile.build", "all:\n")
    s.put(folder + "/scripts/module.lds", "SECTIONS {\n}\n")
    for name in ("scripts/basic/fixdep", "scripts/mod/modpost", "tools/objtool/objtool"):
        s.put(f"{folder}/{name}", "\x7fELF", 0o755)
    s.put(folder + "/arch/x86/Makefile", "all:\n")


def kernel(s, system, release):
    modules = f"usr/lib/modules/{release}"
    s.put(modules + "/modules.order", "kernel/fs/ext4/ext4.ko\n")
    s.put(modules + "/modules.builtin", "")
    s.link("lib", "usr/lib")
    s.put(f"boot/config-{release}", "CONFIG_MODULES=y\nCONFIG_DEBUG_INFO_BTF=y\nCONFIG_BPF_SYSCALL=y\nCONFIG_KPROBES=y\nCONFIG_BPF_EVENTS=y\n"
          "CONFIG_KPROBE_EVENTS=y\nCONFIG_TRACING=y\nCONFIG_BPF=y\nCONFIG_BPF_JIT=y\nCONFIG_FTRACE=y\n")
    s.put(f"boot/vmlinuz-{release}", "MZ")
    shown = SHOWING if s.rng.random() < 0.8 else s.rng.sample(SHOWING, 2)
    s.put(f"boot/System.map-{release}", "".join(f"ffffffff81{i:06x} T {n}\n" for i, n in enumerate(s.probed + COMPILED + shown)) +
          ("ffffffff82000000 R __start_BTF\n" if s.rng.random() < 0.8 else ""))
    folder = header_folder(system, release)
    headers(s, folder, release)
    s.link(modules + "/build", "/" + folder)


def selinux(s):
    s.put("etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=targeted\n")
    name = s.rng.choice(["rule"] * 3 + ["none"])
    shutil.copyfile(s.policies[name], s.at("etc/selinux/config") + ".tmp")
    s.folder("etc/selinux/targeted/policy")
    os.rename(s.at("etc/selinux/config.tmp"), s.at("etc/selinux/targeted/policy/policy.33"))
    active = "var/lib/selinux/targeted/active"
    s.put(active + "/modules/100/base/cil", "(type base_t)\n")
    s.put(active + "/modules/100/base/lang_ext", "cil")
    s.put(active + "/commit_num", "1")
    s.folder(active + "/modules/disabled")
    shutil.copyfile(s.policies[name], s.at(active + "/policy.kern"))
    s.log.append("policy " + name)


def healthy(s):
    """The root; s.system, s.release."""
    s.system = s.rng.choice(list(SYSTEMS))
    text, s.release = SYSTEMS[s.system]
    os.makedirs(s.root)
    os.chmod(s.root, 0o755)
    for name in ("run", "tmp", "usr/bin", "usr/sbin", "var/lib", "proc", "sys"):
        s.folder(name)
    s.put("usr/lib/os-release", text)
    s.link("etc/os-release", "../usr/lib/os-release")
    accounts(s)
    if s.rng.random() < 0.9:
        connector(s, s.rng.choice(["1.26.0.1", "1.25.0.1000", "1.24.1.1013", "1.22.3"]))
    if s.system in ("debian", "ubuntu") and s.there(AMP) and s.rng.random() < 0.7:
        own_all(s)
    kernel(s, s.system, s.release)
    if s.rng.random() < 0.6:
        selinux(s)
    s.log.insert(0, f"{s.system} {s.release}" + ("" if s.there(AMP) else ", no connector"))
