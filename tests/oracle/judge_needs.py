# SPDX-License-Identifier: GPL-2.0-or-later
"""What the connector's programs need of a kernel: sentences 16.4 to 16.7 of conditions.md."""
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
EBPF = ("BPF_SYSCALL", "KPROBES", "BPF_EVENTS", "KPROBE_EVENTS")


def option(tree, release, name):
    """"y", "m", "n", or None where the configuration does not say or is not there."""
    said = None
    for line in (tree.text(f"/boot/config-{release}") or "").splitlines():
        m = re.match(rf"^(?:# CONFIG_{name} is not set|CONFIG_{name}=(.*))", line)
        if m:
            said = m.group(1).strip() if m.group(1) in ("y", "m") else "n"
    return said


def listed(tree, release):
    """The functions of System.map; None where it lists none."""
    for path in (f"/boot/System.map-{release}", f"/lib/modules/{release}/System.map"):
        found = set(re.findall(r"^[0-9a-fA-F]+ [tTwW] (\S+)$", tree.text(path) or "", re.M))
        if found:
            return found
    return None


def lacks(tree, release, have, name):
    """True, False, or None: nobody says."""
    if have is not None:
        return name not in have and not (name == "inet6_release" and option(tree, release, "IPV6") == "m")
    wanted = next((o for start, o in OPTIONS if name.startswith(start)), None)
    return True if wanted and option(tree, release, wanted) == "n" else None


def form(tree, release, names, btf):
    """met, lack or untold, of one form of one part."""
    have = listed(tree, release)
    found = [lacks(tree, release, have, n) for n in names] + [option(tree, release, o) == "n" for o in EBPF] + [btf]
    return "lack" if True in found else "untold" if None in found else "met"


def part(tree, release, which):
    """(the answers permitted, those of CO-RE alone)."""
    there = tree.text(f"/boot/config-{release}") is not None
    no_btf = option(tree, release, "DEBUG_INFO_BTF") != "y" if there else False
    core, bcc = form(tree, release, CORE[which], no_btf), form(tree, release, BCC[which], False)
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
