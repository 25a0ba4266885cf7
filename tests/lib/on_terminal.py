#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# on_terminal.py COLUMNS COMMAND...: runs COMMAND on a terminal of its own, so many columns wide, prints what it
# wrote there as it comes, and ends as it did. Five minutes at most.
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time


def main():
    columns, command = int(sys.argv[1]), sys.argv[2:]
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.execvp(command[0], command)
    end = time.monotonic() + 300
    while time.monotonic() < end and select.select([fd], [], [], end - time.monotonic())[0]:
        try:
            data = os.read(fd, 65536)
        except OSError:  # its other end is closed
            data = b""
        if not data:
            break
        sys.stdout.buffer.write(data.replace(b"\r\n", b"\n"))
        sys.stdout.flush()
    else:
        os.kill(pid, 9)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


sys.exit(main())
