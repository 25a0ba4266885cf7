# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A kernel that is nothing but what it lists and how it was configured, and what fault 16 says of it.
FUNCTIONS="__fput security_inode_create security_inode_mknod security_inode_link security_inode_symlink
        security_inode_unlink security_inode_rename vfs_read vfs_readv vfs_write vfs_writev vfs_truncate
        do_truncate inet_csk_accept security_socket_connect security_socket_listen security_socket_recvmsg
        security_socket_sendmsg inet_release inet6_release proc_exec_connector acct_process wake_up_new_task"
SHOW="bpf_check register_kprobe kprobe_dispatcher trace_call_bpf"

check16() {
        repair --fault 16 --check --kernel "${1:-6.1.0-56-amd64}"
}

# The functions that the probes need, and those that show the options.
system_map() { # FUNCTIONS LEFT OUT
        local f
        for f in $FUNCTIONS $SHOW; do
                [[ " ${1:-} " == *" $f "* ]] || echo "ffffffff81000000 T $f"
        done >"$ROOT/boot/System.map-3.10.0-7"
        [[ ${1:-} == __start_BTF ]] || echo "ffffffff82000000 R __start_BTF" >>"$ROOT/boot/System.map-3.10.0-7"
}

# Lines of a configuration, behind those that eBPF needs.
config() { # LINE...
        printf 'CONFIG_BPF_SYSCALL=y\nCONFIG_KPROBES=y\nCONFIG_BPF_EVENTS=y\nCONFIG_KPROBE_EVENTS=y\n' >"$ROOT/boot/config-3.10.0-7"
        printf '%s\n' "$@" >>"$ROOT/boot/config-3.10.0-7"
}
