# SPDX-License-Identifier: MIT
"""test_boot.py - boots that cannot have all they want: the machine says what is missing, and goes on if it can."""
import os
import re
import shutil
import subprocess

from machine import Failure, find_tool

NODES = ("console", "statistics")


def copy(context, name):
    path = os.path.join(context.dir, name)
    shutil.copyfile(context.options.image, path)
    return path


def debugfs(image, commands):
    """Changes an image; returns what debugfs says."""
    r = subprocess.run([find_tool("debugfs"), "-w", "-f", "-", image], input="\n".join(commands) + "\n", text=True,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True,
                       env={**os.environ, "E2FSPROGS_FAKE_TIME": "1700000000"})
    return r.stdout


def without_nodes(context, name="nodes.img"):
    """The built disk without its device nodes, as any other ext2 image is."""
    image = copy(context, name)
    debugfs(image, [f"rm {node}" for node in NODES])
    return image


def has_a_shell(context, told=NODES, **how):
    """The shell works, and for each node that cannot be made there is one line."""
    with context.machine(**how) as m:
        text = m.boot()
        lines = re.findall(r"^init: cannot make the device node (\w+): .*$", text, re.M)
        if tuple(lines) != tuple(told):
            raise Failure(f"init names the missing nodes {lines}, not {list(told)}")
        if m.run("echo said; ls /nosuch") != "said\nls: /nosuch: no such file or directory\n":
            raise Failure("the shell's descriptors are not the console")
        if m.run("sh -c 'echo no > /new'") != "sh: /new: file system is read-only\n" and told and "ro" in str(how):
            raise Failure("the disk is not mounted read-only")
        if text.count("init: starting sh") != 1:
            raise Failure("init starts several shells")
        m.type("poweroff\n")
        m.wait_exit(0)
        if m.disk:
            m.check_disk()


def test_boot_read_only_fresh_disk(context):
    has_a_shell(context, told=(), append="ro")


def test_boot_read_only_without_nodes(context):
    has_a_shell(context, image=without_nodes(context), append="ro")


def test_boot_write_protected_drive(context):
    image = without_nodes(context)
    has_a_shell(context, image=None, extra=["-drive", f"file={image},if=none,format=raw,id=x0,readonly=on",
                                            "-device", "virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0"])


def test_boot_features_for_reading(context):
    """A feature that a kernel may ignore only as long as it does not write."""
    image = without_nodes(context)
    debugfs(image, ["feature huge_file dir_nlink extra_isize"])
    has_a_shell(context, image=image)


def test_boot_no_free_inode(context):
    image = without_nodes(context)
    free = int(re.search(r"^Free inodes:\s+(\d+)", debugfs(image, ["stats -h"]), re.M)[1])
    debugfs(image, ["mkdir full", "cd full"] + [f"mknod {i} p" for i in range(free - 1)])
    has_a_shell(context, image=image)


def test_boot_shell_that_ends_at_once(context):
    """init starts another shell, but not sooner than a second later: it shares the machine with the rest."""
    image = copy(context, "noshell.img")
    binary = os.path.join(context.out, "bin", "uptime")
    debugfs(image, ["rm sh", f"write {binary} sh"])
    with context.machine(image=image) as m:
        times = []
        for _ in range(4):
            hours, minutes, seconds = map(int, m.expect(r"up (\d+):(\d+):(\d+),").groups())
            times.append(hours * 3600 + minutes * 60 + seconds)
        if any(later == earlier for earlier, later in zip(times, times[1:])):
            raise Failure(f"the shell is started at the seconds {times}")


# -- process 1


def test_boot_process_1_cannot_be_killed(context):
    with context.machine() as m:
        m.boot()
        if m.run("kill 1; echo $?") != "kill: 1: not permitted\n1\n":
            raise Failure("kill 1 says something else")
        m.poweroff()


def test_boot_process_1_ends(context):
    """A machine that goes off says why: its first program has exited, or died."""
    for words, code, line in (
            ("init=/seq -- 2", 0, "vitrine: process 1 (seq) has exited with status 0; the machine stops"),
            ("init=/false", 1, "vitrine: process 1 (false) has exited with status 1; the machine stops"),
            ("init=/die -- illegal", 255, "vitrine: process 1 (die) was killed; the machine stops")):
        with context.machine(append=words) as m:
            m.wait_exit(code)
            if f"\n{line}\n" not in m.output:
                raise Failure(f"{words}: the last line is {m.output.strip().splitlines()[-1]!r}")


def test_boot_no_first_program(context):
    with context.machine(append="init=/none") as m:
        m.wait_exit(1)
        if "vitrine: cannot start /none (error 2)\nvitrine: init= on the kernel" not in m.output:
            raise Failure("the missing program is not named")
