# SPDX-License-Identifier: MIT
"""test_isa.py - the programs of tests/machine/isa on the glass machine and, as a judge, on QEMU.

A program exits by the finisher: with 0, or after printing the line of the check that failed. QEMU must agree, except
where it deviates from the manual: those programs are marked as the machine's own.
"""
import os

import hosttest
from machine import Failure

ISA = "tests/machine/isa"
CC = "riscv64-unknown-elf-gcc"
FLAGS = ["-march=rv64gc_zicsr_zifencei", "-mabi=lp64d", "-mcmodel=medany", "-nostdlib", "-static",
         "-Wl,--no-relax", "-Wl,--build-id=none", "-Wa,--fatal-warnings", "-T", f"{ISA}/isa.ld"]
QEMU = ["qemu-system-riscv64", "-machine", "virt", "-cpu", "rv64,h=false,svinval=true", "-m", "128M", "-bios", "none",
        "-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"]


class Program:
    """A program: its sources, compiler flags, options of the machine and of QEMU; None: QEMU does not run it."""

    def __init__(self, source, flags=(), options=(), qemu=(), seeds=1):
        self.sources = [f"{ISA}/start.S", f"{ISA}/{source}.S"]
        self.flags, self.options, self.qemu, self.seeds = flags, options, qemu, seeds
        if any(f.startswith("-DLEVELS") for f in flags):
            self.sources.append(f"{ISA}/tables.S")

    def build(self, context):
        path = os.path.join(context.dir, "test.elf")
        context.must([CC, *FLAGS, *self.flags, "-o", path, *self.sources])
        return path


PROGRAMS = {
    "i": Program("i"),
    "m": Program("m"),
    "a": Program("a"),
    "fd": Program("fd"),
    "c": Program("c"),
    "zicsr": Program("zicsr"),
    "trap": Program("trap"),
    "counters": Program("counters"),
    "irq": Program("irq"),
    "pmp": Program("pmp"),
    "sv39": Program("sv", ["-DLEVELS=3"]),
    "sv48": Program("sv", ["-DLEVELS=4"]),
    "sv57": Program("sv", ["-DLEVELS=5"]),
    "svade": Program("svade", ["-DLEVELS=3"], ["-a"], qemu=None),
    "misaligned": Program("misaligned"),
    "misaligned-traps": Program("misaligned", ["-DTRAPS"], ["-x"], qemu=None),
    "harts": Program("harts", ["-DNEW_VALUE=6"], ["-c", "3"], qemu=["-smp", "3"], seeds=10),
    "harts-same": Program("harts", ["-DNEW_VALUE=5"], ["-c", "3"], qemu=None, seeds=10),
    "strict": Program("strict", ["-DLEVELS=3"], qemu=None),
}


def run(context, where, command):
    code, text = context.sh(["timeout", "-k", "5", "60", *command])
    if code:
        lines = text.strip().splitlines()
        raise Failure(f"on {where}: {lines[-1] if lines else f'exit code {code}'}")


def test(context, program):
    path = program.build(context)
    steps = hosttest.build(context, "tests/machine/steps.c")
    for seed in range(1, program.seeds + 1):
        run(context, f"the glass machine, seed {seed}", [steps, *program.options, "-s", str(seed), path])
    if program.qemu is not None and hosttest.have(QEMU[0]):
        run(context, "QEMU", [*QEMU, *program.qemu, "-kernel", path])


for _name, _program in PROGRAMS.items():
    globals()[f"test_isa_{_name}"] = lambda c, p=_program: test(c, p)
