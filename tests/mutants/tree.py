# SPDX-License-Identifier: GPL-2.0-or-later
"""A copy of the sources and of what is built, to be changed and built on: build/mutants/tree."""
import os
import pathlib
import shutil
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
TREE = TOP / "build/mutants/tree"
LEFT_OUT = {"cache", "mutants", "coverage", "asan", "analyzer", "clang", "tidy", "lab"}


def make(*goals):
    """Whether it builds."""
    return subprocess.run(["make", "-s", f"-j{os.cpu_count()}", *goals], cwd=TREE, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def prepare(*goals):
    """TREE as TOP is now, its GOALS built."""
    subprocess.run(["make", "-s", f"-j{os.cpu_count()}", *goals], cwd=TOP, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(TREE, ignore_errors=True)
    (TREE / "build").mkdir(parents=True)
    files = subprocess.run(["git", "-c", f"safe.directory={TOP}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           cwd=TOP, check=True, stdout=subprocess.PIPE).stdout
    names = b"\0".join(n for n in files.split(b"\0") if n and os.path.lexists(TOP / os.fsdecode(n)))
    packed = subprocess.run(["tar", "-c", "--null", "-T", "-"], cwd=TOP, input=names, check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-x"], cwd=TREE, input=packed, check=True)
    for entry in (TOP / "build").iterdir():
        if entry.name not in LEFT_OUT:
            subprocess.run(["cp", "-a", entry, TREE / "build"], check=True)
    os.environ.setdefault("SECEP_CACHE", str(TOP / "build/cache"))


class Changed:
    """TEXT in the place of FILE's own while it lasts; make sees both changes."""

    def __init__(self, file, text):
        self.path, self.text = TREE / file, text

    def __enter__(self):
        self.before = self.path.read_text()
        self.path.write_text(self.text)

    def __exit__(self, *_):
        self.path.write_text(self.before)


def bats(file, limit):
    """The names of the tests that passed and of those that did not; a skipped one is in neither."""
    said = subprocess.run(["timeout", "-k", "10", str(limit), "unshare", "-m", "--propagation", "private", "bats", "--tap", file],
                          cwd=TREE, env=dict(os.environ, SECEP_TEST_MOUNTS="private", LC_ALL="C.UTF-8"), text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
                          check=False).stdout
    passed, failed, planned = [], [], None
    for line in said.splitlines():
        word, _, rest = line.partition(" ")
        if line.startswith("1.."):
            planned = int(line[3:])
        elif line.startswith("not ok "):
            failed.append(rest.split(" ", 2)[2])
        elif word == "ok" and " # skip" not in rest:
            passed.append(rest.split(" ", 1)[1])
    return passed, failed, planned, said
