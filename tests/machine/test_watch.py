# SPDX-License-Identifier: MIT
"""test_watch.py - ./vitrine watch and run MACHINE=glass: the files that they find, and messages for missing ones."""
import os
import shutil

from glassrun import demand, prompt
from machine import Failure

UBOOT = "/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf"

MAKEFILE = """CPUS := 2
QEMUOPTS = -machine virt -bios none -kernel $K/kernel -m 64M -smp $(CPUS) -nographic
QEMUOPTS += -drive file=fs.img,if=none,format=raw,id=x0
QEMUOPTS += -device virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0
fs.img: mkfs/mkfs
"""


def vitrine(context, *words, status=0):
    code, text = context.sh(["timeout", "-k", "5", "600", "./vitrine", *words], O=context.out)
    if code != status:
        raise Failure(f"vitrine {' '.join(words)[:70]}: status {code}, not {status}: {text.strip()[-200:]}")
    return text


def course_tree(context):
    """A directory like a course's, before make."""
    tree = os.path.join(context.dir, "tree")
    shutil.rmtree(tree, ignore_errors=True)
    os.makedirs(os.path.join(tree, "kernel"))
    with open(os.path.join(tree, "Makefile"), "w", encoding="utf-8") as f:
        f.write(MAKEFILE)
    return tree


def test_watch(context):
    """A course tree: missing files are named; harts, memory and virtio's version come from its Makefile."""
    tree = course_tree(context)
    demand(vitrine(context, "watch", tree + "/none", status=2), "none: there is no such file")
    demand(vitrine(context, "watch", tree, status=2), "no kernel/kernel.\n.*Run make there first")
    shutil.copy(prompt(context), os.path.join(tree, "kernel/kernel"))
    demand(vitrine(context, "watch", tree, status=2), "no fs.img.\n.*make fs.img there")
    with open(os.path.join(tree, "fs.img"), "wb") as f:
        f.write(bytes(4096))
    recording = os.path.abspath(os.path.join(context.dir, "recording"))

    def watched(*words):
        text = vitrine(context, "watch", *words, "--record", recording, "--", "hello")
        demand(text, r"\$ hello\n\$ ")
        with open(recording, encoding="utf-8") as f:
            return text, f.readline()

    demand(watched(tree)[1], "mem=67108864 harts=2 .* no-pmp=1 modern=0")
    demand(watched(tree, "CPUS=3", "MEM=32M", "--modern")[1], "mem=33554432 harts=3 .* modern=1")
    with open(os.path.join(tree, "Makefile"), "a", encoding="utf-8") as f:
        f.write("QEMUOPTS += -global virtio-mmio.force-legacy=false\n")
    demand(watched(tree)[1], "modern=1")
    with open(os.path.join(tree, "kernel/late.c"), "w", encoding="utf-8") as f:
        f.write("// changed after the build\n")
    os.utime(os.path.join(tree, "kernel/late.c"), (2**31, 2**31))
    demand(watched(tree)[0], "late.c is newer than the kernel")
    watched(os.path.join(tree, "kernel/kernel"))


def test_watch_no_gdb(context):
    """Where no gdb knows RISC-V and none can be installed, a line says what is lost, and the kernel runs."""
    programs = os.path.join(context.dir, "programs")
    shutil.rmtree(programs, ignore_errors=True)
    os.makedirs(programs)
    folders = [f for f in os.environ["PATH"].split(":") if os.path.isdir(f)]
    for name, folder in {name: f for f in reversed(folders) for name in os.listdir(f)}.items():
        if not name.endswith("gdb") and name not in ("gdb-multiarch", "apt-get"):
            os.symlink(os.path.join(folder, name), os.path.join(programs, name))
    kernel = os.path.join(context.dir, "kernel")
    shutil.copy(prompt(context), kernel)
    with open(kernel, "ab") as f:
        f.write(os.urandom(8))  # a kernel of which no facts are kept
    asked = "build/no-gdb"  # it is installed once, and a failure is remembered here
    if os.path.exists(asked):
        os.rmdir(asked)
    command = ["timeout", "600", "./vitrine", "watch", kernel, "--", "hello"]
    first, text = [context.sh(command, O=context.out, PATH=programs)[1] for _ in range(2)]
    os.rmdir(asked)
    demand(first, "missing: gdb-multiarch; watch knows the kernel's functions")
    if "missing:" in text:
        raise Failure(f"the second call tries to install it again: {text}")
    demand(text, "vitrine: no gdb for RISC-V .gdb-multiarch.: processes have no names", r"\$ hello\n\$ ")


def test_watch_names(context):
    """A tree whose Makefile gives QEMU files with other names; one that has no disk; a kernel that seeks a card."""
    tree = course_tree(context)
    makefile = os.path.join(tree, "Makefile")
    with open(makefile, "w", encoding="utf-8") as f:
        f.write(MAKEFILE.replace("$K/kernel", "$(OUT)/xv6").replace("fs.img", "${DISK}"))
        f.write("OUT = out\nDISK := root.img\n")
    os.makedirs(os.path.join(tree, "out"))
    shutil.copy(prompt(context), os.path.join(tree, "out/xv6"))
    words = ["watch", tree, "--", "hello", "card"]
    demand(vitrine(context, *words), r"tree has no fs.img; the kernel runs without a disk(.*\n)*\$ card\n(.*\n)*"
           "glass: this kernel looks for PCI cards; this machine has none")
    with open(os.path.join(tree, "root.img"), "wb") as f:
        f.write(bytes(4096))
    text = vitrine(context, *words)
    if "fs.img" in text:
        raise Failure(f"the disk is not found: {text}")


def test_watch_words(context):
    """Words that watch does not know."""
    demand(vitrine(context, "watch", status=2), "which kernel.*\n.*usage: ./vitrine watch DIR")
    demand(vitrine(context, "watch", "/nonexistent", status=2), "/nonexistent: there is no such file")
    demand(vitrine(context, "watch", "x", "KPT=global", status=2), "KPT: watch knows CPUS= and MEM=")
    demand(vitrine(context, "watch", "README.md", status=2), "README.md: the file is no ELF file")


def test_watch_uboot(context):
    """Debian's U-Boot starts behind Debian's OpenSBI, reads its device tree and gives a prompt."""
    if not os.path.exists(UBOOT):
        return
    text = vitrine(context, "watch", UBOOT, "--fast", "--max", "2000000000", status=124)
    demand(text, "Platform Name +: vitrine,glass", "Domain0 Next Mode +: S-mode", "DRAM: +128 MiB", "\n=> ")
