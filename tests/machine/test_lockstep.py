# SPDX-License-Identifier: MIT
"""test_lockstep.py - random programs, step by step on the glass machine and on QEMU: all registers are compared.

A difference is reported with the seed, the step and the instruction; `python3 tests/machine/test_lockstep.py SEED...`
runs single seeds and prints more.
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import hosttest  # noqa: E402
import randomisa  # noqa: E402
from machine import Failure  # noqa: E402

CC = ["riscv64-unknown-elf-gcc", "-march=rv64gc_zicsr_zifencei", "-mabi=lp64d", "-mcmodel=medany", "-nostdlib",
      "-static", "-Wl,--no-relax", "-Wl,--build-id=none", "-T", "tests/machine/isa/isa.ld"]
CPU = "rv64,h=false,svinval=true,zba=false,zbb=false,zbc=false,zbs=false"
QEMU = ["qemu-system-riscv64", "-machine", "virt", "-cpu", CPU, "-m", "128M", "-bios", "none", "-display", "none",
        "-monitor", "none", "-serial", "none", "-no-reboot", "-singlestep", "-d", "cpu,fpu,nochain"]
NAMES = ["pc", *(f"x{i}" for i in range(1, 32)), *(f"f{i}" for i in range(32)),
         "mstatus", "mepc", "mcause", "mtval", "sepc", "scause", "stval"]
# The end must be equal without single steps, with other turns, and with any --tlb.
OTHERWISE = [["-s", "1"], ["-s", "2"], ["-l", "oldest"], ["-l", "late"], ["-l", "lax"]]
AT_MSTATUS, AT_MTVAL, AT_STVAL = (NAMES.index(n) for n in ("mstatus", "mtval", "stval"))
MPRV = 1 << 17  # QEMU 7.2 keeps it at mret


def parse_qemu(path):
    """The states in QEMU's log, as tuples in the order of NAMES."""
    with open(path, encoding="utf-8") as f:
        dumps = f.read().split("\n pc ")
    for dump in dumps[1:]:
        words = dump.split()
        if len(words) < 100:
            continue
        found = {"pc": words[0]}
        for name, value in zip(words[1::2], words[2::2]):
            found[name.split("/")[0]] = value
        yield tuple(int(found[n], 16) for n in NAMES)


def parse_ours(text):
    """The states that steps -t prints."""
    for line in text.splitlines()[:-1]:
        words = [int(w, 16) for w in line.split()]
        yield (words[0], *words[2:65], *words[66:73])


def trap_value(cause, value):
    """Without values that the manual leaves open: that of ebreak, and where in a misaligned access the fault is."""
    return 0 if cause == 3 else value & ~7 if cause in (5, 7, 13, 15) else value


def normal(state):
    """Without the permitted differences."""
    changed = list(state)
    changed[AT_MSTATUS] &= ~MPRV
    for at in (AT_MTVAL, AT_STVAL):
        changed[at] = trap_value(changed[at - 1], changed[at])
    return tuple(changed)


def from_begin(states, begin):
    """Drops the states before the body, and repeated ones: QEMU logs an instruction again when it restarts it."""
    last, started = None, False
    for state in map(normal, states):
        started = started or state[0] == begin
        if started and state != last:
            yield state
        last = state


def differences(a, b):
    return [f"{n} {x:#x} and {y:#x}" for n, x, y in zip(NAMES, a, b) if x != y]


class Run:
    """One seed: the program, both traces."""

    def __init__(self, must, where, steps, seed):
        self.seed, self.elf = seed, os.path.join(where, f"{seed}.elf")
        source, log = os.path.join(where, f"{seed}.S"), os.path.join(where, f"{seed}.log")
        with open(source, "w", encoding="utf-8") as f:
            f.write(randomisa.Generator(seed).program())
        must([*CC, "-o", self.elf, source])
        symbols = must(["riscv64-unknown-elf-nm", self.elf])
        begin = int(re.search(r"^(\w+) \w begin$", symbols, re.M)[1], 16)
        must(["timeout", "-k", "5", "120", *QEMU, "-D", log, "-kernel", self.elf])
        self.theirs = list(from_begin(parse_qemu(log), begin))
        trace = os.path.join(where, f"{seed}.trace")
        must(["sh", "-c", 'exec timeout -k 5 120 "$0" -n 100000 -tf "$1" > "$2"', steps, self.elf, trace])
        with open(trace, encoding="utf-8") as f:
            text = f.read()
        self.ours, self.hash = list(from_begin(parse_ours(text), begin)), text.splitlines()[-1]
        self.other = {}
        for options in OTHERWISE:
            command = ["timeout", "-k", "5", "120", steps, "-f", *options, self.elf]
            self.other[" ".join(options)] = must(command).strip()
        for path in (log, trace):
            os.unlink(path)

    def compare(self):
        """The difference, or None."""
        for n, (a, b) in enumerate(zip(self.ours, self.theirs)):
            if a != b:
                before = self.ours[n - 1][0] if n else 0
                what = ", ".join(differences(a, b))
                return f"seed {self.seed}, step {n}, after pc {before:#x}: ours and QEMU's {what}"
        if abs(len(self.ours) - len(self.theirs)) > 1:
            return f"seed {self.seed}: {len(self.ours)} steps, QEMU {len(self.theirs)}"
        for options, found in self.other.items():
            if found != self.hash:
                return f"seed {self.seed}: ends otherwise when it runs at once with {options}"
        return None


def compare(context, seeds):
    if not hosttest.have(QEMU[0]):
        return
    steps, total = hosttest.build(context, "tests/machine/steps.c"), 0
    for seed in seeds:
        run = Run(context.must, context.dir, steps, seed)
        why = run.compare()
        if why:
            raise Failure(why)
        total += len(run.ours)
    context.sh(["echo", f"{total} steps are equal"])


def test_lockstep(context):
    compare(context, range(1, 7))


def test_lockstep_long(context):
    compare(context, range(100, 400))


test_lockstep_long.is_long = True


def main():
    """Seeds on the command line, with a built steps in $STEPS."""

    def must(command):
        return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode()

    where = os.environ.get("WHERE", "/tmp")
    for seed in map(int, sys.argv[1:]):
        run = Run(must, where, os.environ["STEPS"], seed)
        print(seed, len(run.ours), run.compare() or "equal", flush=True)


if __name__ == "__main__":
    main()
