# SPDX-License-Identifier: GPL-2.0-or-later
"""Damage to kernels, headers, the table of kernels, the SELinux configuration, policy and store."""
import os
import shutil

from state import COMPILED, header_folder, headers

OURS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../selinux/cisco-secure-bpf.cil")
NAME = "cisco-secure-bpf"


def build_link(s):
    link = f"usr/lib/modules/{s.release}/build"
    folder = header_folder(s.system, s.release)
    how = s.rng.choice(["gone", "dangling", "gone with the headers", "headers gone", "a directory", "relative", "through two links", "a file", "another kernel's", "a circle"])
    if how in ("gone", "gone with the headers", "a directory", "a file"):
        s.drop(link)
    if how in ("gone with the headers", "headers gone"):
        s.drop(folder)
    if how == "dangling":
        s.link(link, "/usr/src/nowhere")
    elif how == "a directory":
        headers(s, link, s.release)
        s.drop(folder)
    elif how == "relative":
        s.link(link, "../../../../" + folder)
    elif how == "through two links":
        s.link("srv/second", "/" + folder)
        s.link(link, "/srv/second")
    elif how == "a file":
        s.put(link, "x")
    elif how == "another kernel's":
        headers(s, "usr/src/other", "5.0.0-other")
        s.link(link, "/usr/src/other")
    elif how == "a circle":
        s.link(link, "build")
    return f"build link: {how}"


def uts_release(s):
    path = header_folder(s.system, s.release) + "/include/generated/utsrelease.h"
    r = s.release
    text = s.rng.choice(['#define UTS_RELEASE "6.1.0-1-amd64"\n', "", f'#define UTS_RELEASE "{r}x"\n', f'#define UTS_RELEASE "{r[:-1]}"\n', f'#define  UTS_RELEASE\t"{r}"\n', f'# define UTS_RELEASE "{r}"\n',
                         f'/* generated */\n#define UTS_RELEASE "{r}"\n', f'#define UTS_RELEASE "{r}+debug"\n', f'#define UTS_RELEASE {r}\n', f'#define UTS_RELEASE_X "{r}"\n', f'#define UTS_RELEASE "{r}"', None,
                         f'#define UTS_RELEASE "{r.upper()}"\n'])
    if text is None:
        s.drop(path)
    elif s.there(path):
        s.put(path, text)
    return f"utsrelease.h: {text!r}"


def header_part(s):
    part = s.rng.choice(["Module.symvers", "include/generated/autoconf.h", "scripts", "include/config/kernel.release", "include/generated", "include"])
    s.drop(f"{header_folder(s.system, s.release)}/{part}")
    return f"headers without {part}"


def boot_config(s):
    path = f"boot/config-{s.release}"
    line = s.rng.choice(["# CONFIG_DEBUG_INFO_BTF is not set", "CONFIG_DEBUG_INFO_BTF=n", "", "#CONFIG_DEBUG_INFO_BTF=y", "CONFIG_DEBUG_INFO_BTF_MODULES=y", "XCONFIG_DEBUG_INFO_BTF=y", "CONFIG_DEBUG_INFO_BTF=y",
                         "CONFIG_DEBUG_INFO_BTF=yes", None, None])
    if line is None:
        s.drop(path)
        return "no kernel configuration"
    s.edit(path, lambda t: "".join(l + "\n" for l in t.splitlines() if "INFO_BTF" not in l) + line + "\n")
    return f"kernel configuration: {line!r}"


def ebpf_config(s):
    name = s.rng.choice(["BPF_SYSCALL", "KPROBES", "BPF_EVENTS", "KPROBE_EVENTS", "BPF_JIT", "PROC_EVENTS", "SECURITY", "IPV6"])
    line = s.rng.choice([f"# CONFIG_{name} is not set", f"CONFIG_{name}=n", f"CONFIG_{name}=y"])
    s.edit(f"boot/config-{s.release}", lambda t: "".join(l + "\n" for l in t.splitlines() if f"CONFIG_{name}=" not in l) + line + s.rng.choice(["", "\n"]))
    return f"kernel configuration: {line!r}"


def system_map(s):
    path = f"boot/System.map-{s.release}"
    how = s.rng.choice(["gone", "one function", "one lacks", "one lacks", "beside the modules", "another kind", "empty", "names that only begin so"])
    if how == "gone":
        s.drop(path)
    elif how == "one function":
        s.put(path, "ffffffff81000000 T vfs_read\n")
    elif how == "one lacks":
        name = s.rng.choice(s.probed + COMPILED)
        s.edit(path, lambda t: "".join(l + "\n" for l in t.splitlines() if not l.endswith(" " + name)))
        how += ": " + name
    elif how == "beside the modules":
        s.put(f"usr/lib/modules/{s.release}/System.map", "".join(f"ffffffff81000000 T {n}\n" for n in s.probed + COMPILED))
        s.put(path, "ffffffffffffffff B The real System.map is elsewhere\n")
    elif how == "another kind":
        s.edit(path, lambda t: t.replace(" T ", " t "))
    elif how == "empty":
        s.put(path, "")
    else:
        s.edit(path, lambda t: t.replace("\n", "_more\n"))
    return f"System.map: {how}"


def modules_gone(s):
    s.drop(f"usr/lib/modules/{s.release}")
    return "no /lib/modules/RELEASE"


def table(s):
    own = {"debian": "debian-10", "ubuntu": "ubuntu-18.04", "rocky": "rhel-8", "rhel": "rhel-8"}.get(s.system, "site")
    name = s.rng.choice([own, own, own, "site"])
    ident = "rhel" if s.system == "rocky" and s.rng.random() < 0.5 else s.system
    span = s.rng.choice(["0.1-0.2", "999.1-999.2", "4.0-", "-4.0", "3.10-7", "6.1-6.1", "5.14-5.15", "7-", "-5", "5.9-", "5.100-", "-5.2", "6.10-", "-6.0"])
    text = f"[{name}]\nDistribution={ident}\nKernel={span}\n"
    if s.rng.random() < 0.2:
        text = "# local\n\n" + text + "\n; end\n"
    s.put("etc/secep/kernel-compat.conf", text)
    return f"kernel-compat.conf: {text!r}"


def os_release(s):
    how = s.rng.choice(["gone", "quoted singly", "another", "no VERSION_ID"])
    if how == "gone":
        s.drop("etc/os-release")
        s.drop("usr/lib/os-release")
    elif how == "quoted singly":
        s.edit("usr/lib/os-release", lambda t: t.replace('"', "'"))
    elif how == "another":
        s.put("usr/lib/os-release", "ID=stranger\nVERSION_ID=1\n")
    else:
        s.edit("usr/lib/os-release", lambda t: "".join(l + "\n" for l in t.splitlines() if "VERSION_ID" not in l))
    return f"os-release: {how}"


def selinux_config(s):
    mode = s.rng.choice(["enforcing", "permissive", "disabled", "ENFORCING", "Enforcing ", " enforcing", "enforcing # x", "\tpermissive", "enforcingx", "", "1", "0", "\"enforcing\"", "on"])
    text = s.rng.choice([f"SELINUX={mode}\nSELINUXTYPE=targeted\n", f"# SELINUX=disabled\nSELINUX={mode}\nSELINUXTYPE=targeted\n", f"SELINUX={mode}\nSELINUX=disabled\nSELINUXTYPE=targeted\n",
                         f"SELINUXTYPE=other\nSELINUX={mode}\nSELINUXTYPE=targeted\n", f" SELINUX={mode}\nSELINUXTYPE=targeted\n", f"SELINUX = {mode}\nSELINUXTYPE=targeted\n", f"SELINUX={mode}\n",
                         f"SELINUX={mode}\r\nSELINUXTYPE=targeted\r\n", f"selinux={mode}\nselinuxtype=targeted\n", f"SELINUX={mode}\nSELINUXTYPE=targeted # x\n", f"SELINUX={mode}\nSELINUXTYPE=nowhere\n",
                         f"SELINUX={mode}\nSELINUXTYPE= targeted\n", f"SELINUX={mode}\nSELINUXTYPE=targeted"])
    s.put("etc/selinux/config", text)
    return f"selinux config {text!r}"


def selinux_config_gone(s):
    s.drop("etc/selinux/config")
    return "no selinux config"


POLICY = "etc/selinux/targeted/policy/policy.33"
ACTIVE = "var/lib/selinux/targeted/active"


def policy_file(s):
    name = s.rng.choice(list(s.policies))
    if s.there("etc/selinux/targeted/policy"):
        shutil.copyfile(s.policies[name], s.at(POLICY))
    built = s.rng.choice([name, name, "rule", "none"])
    if s.there(ACTIVE):
        shutil.copyfile(s.policies[built], s.at(ACTIVE + "/policy.kern"))
    return f"policy {name}, built in the store {built}"


def policy_broken(s):
    how = s.rng.choice(["gone", "empty", "truncated", "garbage", "no folder", "a second, newer one", "another version"])
    if not s.there(POLICY):
        return "policy is gone already"
    with open(s.at(POLICY), "rb") as f:
        data = f.read()
    if how == "gone":
        s.drop(POLICY)
    elif how == "no folder":
        s.drop("etc/selinux/targeted/policy")
    elif how == "a second, newer one":
        shutil.copyfile(s.policies[s.rng.choice(["none", "rule"])], s.at("etc/selinux/targeted/policy/policy.34"))
    elif how == "another version":
        os.rename(s.at(POLICY), s.at("etc/selinux/targeted/policy/policy.31"))
    else:
        s.put(POLICY, {"empty": b"", "truncated": data[:-20], "garbage": b"\x8c\xff\x7c\xf9" + b"x" * 500}[how])
    return f"policy file: {how}"


def module(s):
    if not s.there(ACTIVE):
        return "no store for a module"
    with open(OURS, encoding="utf-8") as f:
        ours = f.read()
    priority = s.rng.choice([100, 200, 200, 200, 400, 400, 300, 999])
    what, text = s.rng.choice([("ours", ours), ("another text", ours + "(type more_t)\n"), ("without the rule", "(type nothing_t)\n")])
    s.put(f"{ACTIVE}/modules/{priority}/{NAME}/cil", text)
    s.put(f"{ACTIVE}/modules/{priority}/{NAME}/lang_ext", "cil")
    off = s.rng.random() < 0.3
    if off:
        s.put(f"{ACTIVE}/modules/disabled/{NAME}", "")
    return f"module at {priority}: {what}" + (", disabled" if off else "")


def store(s):
    how = s.rng.choice(["previous only", "tmp only", "gone", "tmp beside active"])
    if not s.there(ACTIVE):
        return "no store"
    base = "var/lib/selinux/targeted"
    if how == "gone":
        s.drop(base)
    elif how == "tmp beside active":
        shutil.copytree(s.at(ACTIVE), s.at(base + "/tmp"), dirs_exist_ok=True)
    else:
        target = s.at(base + "/" + how.split()[0])
        if not os.path.exists(target):
            os.rename(s.at(ACTIVE), target)
    return f"policy store: {how}"


KINDS = [build_link, build_link, build_link, uts_release, uts_release, header_part, header_part, boot_config, boot_config, ebpf_config, ebpf_config, system_map, system_map, modules_gone, table, table, table, os_release]
SELINUX = [selinux_config, selinux_config, selinux_config, selinux_config_gone, policy_file, policy_file, policy_file, policy_file, policy_broken, module, module, module, store]
