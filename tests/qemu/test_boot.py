# SPDX-License-Identifier: MIT
"""test_boot.py - boots with missing or unusual parts: the machine names them, and goes on if it can."""
import os
import re
import shutil
import subprocess

import devicetree
from disk import find_tool
from machine import Failure

NODES = ("console", "statistics")


def copy(context, name):
    path = os.path.join(context.dir, name)
    shutil.copyfile(context.options.image, path)
    return path


def debugfs(image, commands):
    """Changes an image; returns the output of debugfs."""
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
            ("init=/bin/seq -- 2", 0, "vitrine: process 1 (seq) has exited with status 0; the machine stops"),
            ("init=/bin/false", 1, "vitrine: process 1 (false) has exited with status 1; the machine stops"),
            ("init=/tests/die -- illegal", 255, "vitrine: process 1 (die) was killed; the machine stops")):
        with context.machine(append=words) as m:
            m.wait_exit(code)
            if f"\n{line}\n" not in m.output:
                raise Failure(f"{words}: the last line is {m.output.strip().splitlines()[-1]!r}")


def test_boot_no_first_program(context):
    with context.machine(append="init=/none") as m:
        m.wait_exit(1)
        if "vitrine: cannot start /none (error 2)\nvitrine: init= on the kernel" not in m.output:
            raise Failure("the missing program is not named")


# -- device trees

BASE, MIB = 0x80000000, 1 << 20


def machine_with(context, change, cpus=1, described=1, **how):
    """A machine of 256 MiB, with that many harts, whose device tree describes others and has gone through change()."""
    path = os.path.join(context.dir, "tree")
    root = devicetree.of_machine(path, "-m", "256M", "-smp", str(described))
    change(root)
    with open(path, "wb") as f:
        f.write(devicetree.build(root))
    return context.machine(cpus=cpus, mem="256M", extra=["-dtb", path], **how)


def memory(*nodes):
    """A change that makes these nodes, each a list of (start, size), all that the tree says about memory."""
    def change(root):
        root.remove("memory@")
        for i, ranges in enumerate(nodes):
            cells = [cell for r in ranges for cell in devicetree.wide(*r)]
            root.add(f"memory@{i}", device_type="memory", reg=cells)
    return change


def reserved(*ranges):
    def change(root):
        node = root.add("reserved-memory", ranges=b"", **{"#address-cells": [2], "#size-cells": [2]})
        for i, r in enumerate(ranges):
            node.add(f"taken@{i}", reg=devicetree.wide(*r))
    return change


def boots_with(context, mib, change, said=(), **how):
    """The machine comes to its prompt, says how much RAM it has, and has as much."""
    with machine_with(context, change, **how) as m:
        text = m.boot()
        total = int(m.run("free").split("\n")[1].split()[0])
        if f", {mib} MiB RAM, " not in text or not (mib - 10) * 1024 <= total <= mib * 1024:
            raise Failure(f"{mib} MiB of RAM are described; {total} KiB are used; "
                          + re.search("vitrine: .* MiB RAM.*", text).group())
        for line in said:
            if f"\n{line}\n" not in text:
                raise Failure(f"the machine does not say {line!r}")
        m.poweroff()


def test_boot_memory_overlaps(context):
    boots_with(context, 192, memory([(BASE + 64 * MIB, 128 * MIB)], [(BASE, 128 * MIB)], [(BASE + 8 * MIB, MIB)]))


def test_boot_memory_twice(context):
    boots_with(context, 256, memory([(BASE, 256 * MIB), (BASE, 256 * MIB)]))


def test_boot_memory_not_in_pages(context):
    boots_with(context, 255, memory([(BASE, 255 * MIB + 0x123)]),
               ["vitrine: 291 bytes of RAM cannot be used: they do not fill a page"])


def test_boot_memory_in_many_pieces(context):
    pieces = [[(BASE + i * 5 % 16 * 16 * MIB, 16 * MIB)] for i in range(16)]
    boots_with(context, 256, memory(*pieces))


def test_boot_memory_with_holes(context):
    """40 ranges that do not touch: the lowest 32 are used, the machine says so, and no hole is counted."""
    pieces = [(BASE + 64 * MIB + i * 2 * MIB, MIB) for i in range(40)]
    boots_with(context, 48 + 31, memory([(BASE, 48 * MIB)], pieces),
               ["vitrine: left out of RAM: 9 ranges, 9 MiB: too many, or too far apart"])


def test_boot_memory_too_far_apart(context):
    """The ledger of frames covers the hole between two banks, and for this one would be larger than the first."""
    boots_with(context, 256, memory([(BASE, 256 * MIB)], [(1 << 36, 64 * MIB)]),
               ["vitrine: left out of RAM: 1 range, 64 MiB: too many, or too far apart"])


def test_boot_memory_reserved_behind_the_kernel(context):
    """RAM is reserved where the ledger of frames would be; and reserved RAM is not counted as usable."""
    boots_with(context, 192, reserved((BASE + 8 * MIB, 64 * MIB), (BASE + 40 * MIB, 16 * MIB), (0x40000000, MIB)))


def test_boot_memory_all_reserved(context):
    with machine_with(context, reserved((BASE, 256 * MIB))) as m:
        m.expect("vitrine: cannot start: too little RAM: 32 MiB are needed beside what is reserved")
        m.wait_exit(1)


def test_boot_hart_that_never_comes(context):
    """The tree describes a hart that the machine has not: it is named, and the others do the work."""
    with machine_with(context, lambda root: None, cpus=2, described=3) as m:
        text = m.boot()
        if "\nvitrine: hart 2 does not start; going on without it\n" not in text:
            raise Failure("the hart that does not come is not named")
        if ", 2 harts, " not in m.run("uptime"):
            raise Failure("programs are told of another number of harts")
        if "OK" not in m.run("forkstress"):
            raise Failure("forkstress fails")
        m.poweroff()


def sockets(context, cpus, **how):
    """A machine of two sockets with half of the harts in each."""
    half = cpus // 2
    nodes = [word for i in range(2) for word in (
        "-object", f"memory-backend-ram,id=ram{i},size=256M",
        "-numa", f"node,cpus={half * i}-{half * i + half - 1},memdev=ram{i}")]
    return context.machine(cpus=f"{cpus},sockets=2", mem="512M", extra=nodes, **how)


def test_boot_two_sockets(context):
    """Each socket has a PLIC. QEMU 7.2 leaves the second one, the disk's, unconnected: then the machine says so."""
    with sockets(context, 4) as m:
        if m.expect(r"\$ |vitrine: the disk vda does not answer: no interrupt of it arrives\n").group() == "$ ":
            m.poweroff()
        else:
            m.wait_exit(1)


def test_boot_socket_without_a_hart(context):
    """One hart runs, so one of two PLICs, the disk's or the console's, interrupts no hart."""
    with sockets(context, 2, append="harts=1") as m:
        m.expect("device interrupts reach no hart that runs; see harts=|hart 0 starting")
        if "reach no hart" in m.output:  # else hart 1 has booted, and harts=1 cannot leave hart 0 out
            m.wait_exit(1)


# -- files of another system on the disk


def test_boot_disk_of_another_system(context):
    """Pipes, sockets, block devices, and a name that a terminal would obey are listed, and can be removed."""
    image = copy(context, "other.img")
    debugfs(image, ["mkdir odd", "cd odd", "mknod pipe p", "mknod block b 2 0", "mknod socket p",
                    "set_inode_field socket mode 0140644", "symlink red\033[31m to\033]0;x\007"])
    with context.machine(image=image) as m:
        m.boot()
        for line, want in (
                ("ls odd", "block           pipe            red\\033[31m     socket\n"),
                ("ls -l odd | grep -v red | cut -c 1,23-", "c block\nc pipe\nc socket\n"),
                ("ls odd/pipe", "odd/pipe\n"),
                ("find odd -type c", "odd/block\nodd/pipe\nodd/socket\n"),
                ("find odd -type l; cat odd/block", "odd/red\\033[31m\ncat: odd/block: no such device\n")):
            got = m.run(line)
            if got != want:
                raise Failure(f"{line!r} printed {got!r}, expected {want!r}")
            if "\033" in m.output:
                raise Failure(f"{line!r}: the terminal gets a control character from the name of a file")
        if " red\\033[31m -> to\\033]0;x\\007\n" not in m.run("ls -l odd"):
            raise Failure("ls -l does not show the link")
        if m.run("rm -r odd; ls odd") != "ls: odd: no such file or directory\n":
            raise Failure("rm -r does not remove them")
        m.poweroff()
