# SPDX-License-Identifier: GPL-2.0-or-later
"""What the connector's programs need of a kernel: sentences 16.4 to 16.9 of conditions.md."""
import re

from judge_connector import connector, version

CORE = {
    "file": """security_inode_create security_inode_mknod security_inode_link security_inode_symlink security_inode_unlink
        security_inode_rename vfs_read vfs_readv vfs_write vfs_writev vfs_truncate do_truncate __fput""".split(),
    "network": """inet_csk_accept security_socket_connect security_socket_listen security_socket_recvmsg
        security_socket_sendmsg inet_release inet6_release""".split(),
    "process": "wake_up_new_task proc_exec_connector acct_process".split(),
}
BCC = {
    "file": "vfs_open vfs_symlink vfs_link vfs_rename vfs_unlink vfs_read vfs_write do_truncate __fput".split(),
    "network": "inet_stream_connect inet_csk_accept inet_sendmsg inet_recvmsg inet_listen inet_release inet6_release".split(),
    "process": CORE["process"],
}
OPTIONS = (("security_inode_", "SECURITY"), ("security_socket_", "SECURITY_NETWORK"), ("proc_exec_connector", "PROC_EVENTS"),
           ("acct_process", "BSD_PROCESS_ACCT"), ("inet6_", "IPV6"), ("inet_", "INET"))
# The function that an option brings, and the option that is not without it.
SHOWN = {"BPF_EVENTS": ("trace_call_bpf", None), "KPROBE_EVENTS": ("kprobe_dispatcher", None),
         "BPF_SYSCALL": ("bpf_check", "BPF_EVENTS"), "KPROBES": ("register_kprobe", "KPROBE_EVENTS")}


def defined(tree, release):
    """The lines of a configuration that autoconf.h of the kernel's own headers stands for, or None."""
    generated = f"/lib/modules/{release}/build/include/generated/"
    if f'"{release}"' not in (tree.text(generated + "utsrelease.h") or ""):
        return None
    text = tree.text(generated + "autoconf.h")
    if text is None:
        return None
    found = re.findall(r"^#define CONFIG_(\w+?)(_MODULE)? 1$", text, re.M)
    return [f"CONFIG_{name}={'m' if module else 'y'}" for name, module in found]


def configuration(tree, release):
    """The lines, or None where nobody has any."""
    for path in (f"/boot/config-{release}", f"/lib/modules/{release}/config"):
        text = tree.text(path)
        if text is not None:
            return text.split("\n")
    return defined(tree, release)


def option(tree, release, name):
    """"y", "m", "n", or None where the configuration does not say or is not there."""
    said = None
    for line in configuration(tree, release) or []:
        m = re.match(rf"^(?:# CONFIG_{name} is not set|CONFIG_{name}=(.*))", line)
        if m:
            said = m.group(1).strip() if m.group(1) in ("y", "m") else "n"
    return said


def names(tree, release, types):
    """What System.map lists of these types; None where it lists no function."""
    for path in (f"/boot/System.map-{release}", f"/lib/modules/{release}/System.map"):
        found = re.findall(r"^[0-9a-fA-F]+ ([a-zA-Z]) (\S+)$", tree.text(path) or "", re.M)
        if any(t in "tTwW" for t, _ in found):
            return {name for t, name in found if t in types}
    return None


def listed(tree, release):
    """The functions of System.map; None where it lists none."""
    return names(tree, release, "tTwW")


def lacks(tree, release, have, name):
    """True, False, or None: nobody says."""
    if have is not None and name == "inet6_release" and name not in have:
        there = option(tree, release, "IPV6")
        return None if configuration(tree, release) is None else there != "m"
    if have is not None:
        return name not in have
    wanted = next((o for start, o in OPTIONS if name.startswith(start)), None)
    return True if wanted and option(tree, release, wanted) == "n" else None


def lacks_option(tree, release, have, name):
    """Likewise, of an option of 16.4."""
    shown, by = SHOWN[name]
    said = option(tree, release, name)
    if said:
        return said == "n"
    if (have and shown in have) or (by and lacks_option(tree, release, have, by) is False):
        return False
    return True if have is not None and configuration(tree, release) is not None else None


def lacks_btf(tree, release):
    if configuration(tree, release) is not None:
        return option(tree, release, "DEBUG_INFO_BTF") != "y"
    return False if "__start_BTF" in (names(tree, release, "rRdD") or ()) else None


def form(tree, release, names_of, btf):
    """met, lack or untold, of one form of one part."""
    have = listed(tree, release)
    found = [lacks(tree, release, have, n) for n in names_of] + [lacks_option(tree, release, have, o) for o in SHOWN] + [btf]
    return "lack" if True in found else "untold" if None in found else "met"


def part(tree, release, which):
    """(the answers permitted, those of CO-RE alone)."""
    core, bcc = form(tree, release, CORE[which], lacks_btf(tree, release)), form(tree, release, BCC[which], False)
    either = "met" if "met" in (core, bcc) else "untold" if "untold" in (core, bcc) else "lack"
    here, newer = connector(tree), version(tree)
    if here is False or (here and isinstance(newer, tuple) and newer >= (1, 25)):
        return {either}, core
    if here and isinstance(newer, tuple):
        return {bcc}, "lack"
    unknown = {bcc} if bcc != "lack" or either == "lack" else {"untold"}
    if here and newer is None:
        return unknown, "lack"
    return unknown | {either, bcc}, core


def needs(tree, release, parts):
    """The answers permitted for all of PARTS, and whether CO-RE alone does for all of them."""
    each = [part(tree, release, p) for p in parts]
    answers = set()
    for word in ("lack", "untold", "met"):
        if any(word in a for a, _ in each) and (word != "met" or all(word in a for a, _ in each)):
            answers.add(word)
        if any(a == {word} for a, _ in each):
            break
    return answers, all(c == "met" for _, c in each)
