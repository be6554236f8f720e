# SPDX-License-Identifier: MIT
"""qemuglass.py WORD... - starts the glass machine by the words of qemu-system-riscv64 (tools/qemu-glass).

For Makefiles and grading scripts that know QEMU alone: `make QEMU=/path/to/tools/qemu-glass qemu-gdb`. Options that
describe the machine as it is are ignored; an option for a missing feature gives a message and status 2. $GLASSFLAGS has
more words, for the machine itself.
"""
import os
import shlex
import subprocess
import sys

import glass

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VERSION = "QEMU emulator version 7.2.0 (Vitrine's glass machine)"
# The grep of xv6's Makefile looks for "^-gdb".
HELP = f"""{VERSION}
usage: qemu-glass -machine virt -kernel FILE [WORD ...]
-machine virt   -bios none|default|FILE   -kernel FILE   -append TEXT   -initrd FILE
-m SIZE         -smp N                    -nographic     -snapshot      -no-reboot
-drive file=FILE,if=none,format=raw,id=ID -device virtio-blk-device,drive=ID
-global virtio-mmio.force-legacy=false
-gdb tcp::PORT  -s  -S                    wait for gdb, at a port, before the first step
GLASSFLAGS="--seed 7 ..." in the environment has options of the glass machine."""
SILENT_FLAGS = {"-nographic", "-no-reboot", "-no-shutdown", "-nodefaults", "-enable-kvm"}
SILENT_VALUES = {"-cpu", "-serial", "-monitor", "-display", "-name", "-rtc", "-d", "-D", "-accel", "-icount", "-vga"}


def refuse(text):
    print(f"qemu-glass: {text}", file=sys.stderr)
    sys.exit(2)


def say_and_leave(text):
    try:
        print(text, flush=True)
    except BrokenPipeError:  # grep has found its match and exited
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)


def fields(text):
    """"file=fs.img,if=none" as a dictionary; a field without a value is "on", the first one "type"."""
    found = {}
    for i, part in enumerate(text.split(",")):
        key, equals, value = part.partition("=")
        found["type" if i == 0 and not equals else key] = value if equals else key if i == 0 else "on"
    return found


class Words:
    """The meaning of QEMU's options."""

    def __init__(self):
        self.kernel, self.bios, self.options = None, "none", []
        self.drives, self.devices = {}, []
        self.legacy, self.snapshot, self.port, self.stopped = True, False, None, False

    def flag(self, word):
        if word == "-S":
            self.stopped = True
        elif word == "-s":
            self.port = self.port or "1234"
        elif word == "-snapshot":
            self.snapshot = True
        elif word not in SILENT_FLAGS:
            return False
        return True

    def value(self, word, value):
        act = getattr(self, "on_" + word.strip("-").replace("-", "_"), None)
        if act:
            act(value)
        elif word not in SILENT_VALUES:
            refuse(f"{word} {value}: the glass machine has nothing like that")

    def on_machine(self, value):
        if value.split(",")[0] != "virt":
            refuse(f"-machine {value}: it is always virt")

    on_M = on_machine

    def on_kernel(self, value):
        self.kernel = value

    def on_bios(self, value):
        self.bios = value

    def on_m(self, value):
        self.options += ["--mem", glass.amount(fields(value).get("size", value))]

    def on_smp(self, value):
        known = fields(value)
        self.options += ["--harts", known.get("cpus", known.get("type", value))]

    def on_append(self, value):
        self.options += ["--append", value]

    def on_initrd(self, value):
        self.options += ["--initrd", value]

    def on_drive(self, value):
        drive = fields(value)
        if drive.get("format", "raw") != "raw":
            refuse(f"-drive {value}: disk images are raw")
        self.drives[drive.get("id", f"drive{len(self.drives)}")] = drive.get("file")

    def on_device(self, value):
        device = fields(value)
        if device["type"] != "virtio-blk-device":
            refuse(f"-device {value}: there are virtio-blk-device, and what virt has")
        bus = device.get("bus", f"virtio-mmio-bus.{len(self.devices)}")
        self.devices.append((int(bus.rpartition(".")[2]), device.get("drive")))

    def on_global(self, value):
        key, _, setting = value.partition("=")
        if key != "virtio-mmio.force-legacy":
            refuse(f"-global {value}: virtio-mmio.force-legacy can be set, nothing else")
        self.legacy = setting not in ("false", "off")

    def on_gdb(self, value):
        if value != "none" and not (value.startswith("tcp:") and value.rpartition(":")[2].split(",")[0].isdigit()):
            refuse(f"-gdb {value}: tcp::PORT is expected")
        self.port = None if value == "none" else value.rpartition(":")[2].split(",")[0]

    def on_p(self, value):
        self.port = value

    def disks(self):
        found = []
        for slot, (bus, drive) in enumerate(sorted(self.devices)):
            if bus != slot:
                refuse(f"virtio-mmio-bus.{bus}: disks begin at bus 0 and leave none out")
            if not self.drives.get(drive):
                refuse(f"-device virtio-blk-device,drive={drive}: there is no -drive with that id")
            found.append(self.drives[drive])
        return found


def read(words):
    told, words = Words(), list(words)
    while words:
        word = words.pop(0)
        word = word[1:] if word.startswith("--") else word
        if word in ("-version", "-help", "-h"):
            say_and_leave(VERSION if word == "-version" else HELP)
        if not word.startswith("-"):
            refuse(f"{word}: a word that begins with - is expected")
        if told.flag(word):
            continue
        if not words:
            refuse(f"{word}: its value is missing, or the glass machine has nothing like that")
        told.value(word, words.pop(0))
    return told


def firmware(told):
    """The words that start the kernel from firmware."""
    if told.bios == "none":
        return []
    return glass.firmware(told.kernel) if told.bios == "default" else ["--firmware", told.bios]


def main(words):
    told = read(words)
    if not told.kernel:
        refuse("-kernel is missing: which kernel?")
    program = os.path.join(ROOT, "build/machine/glass")
    if not os.path.exists(program):
        made = subprocess.run(["make", "-s", "-C", ROOT, "build/machine/glass"], stdout=sys.stderr, check=False,
                              env={k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKEOVERRIDES")})
        if made.returncode:
            refuse("the glass machine cannot be built; make says why")
    port = told.port or "1234" if told.stopped else told.port
    gdb = [f"--gdb={port}"] if port else []
    gdb += ["--gdb-go"] if port and not told.stopped else []
    os.execv(program, [program, "--no-pmp", *(["--legacy"] if told.legacy else []), *firmware(told), *told.options,
                       *([] if told.snapshot else ["--in-place"]), *gdb, *shlex.split(os.environ.get("GLASSFLAGS", "")),
                       told.kernel, *told.disks()])


if __name__ == "__main__":
    main(sys.argv[1:])
