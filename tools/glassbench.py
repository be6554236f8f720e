# SPDX-License-Identifier: MIT
"""glassbench.py - the rows of ./vitrine bench that the glass machine measures: scale, and its own speed."""
import os
import resource
import shutil
import subprocess

from glass import firmware
from machine import Failure, Machine

HARTS = 8
SCALED = 1.2  # limit of an operation's cost with all harts busy, relative to one
# Keys of user/bench/scale.c: how often each process does it, the twentieth part to warm up included.
OPERATIONS = {"null": 21000, "sbrk": 2100, "openclose": 1050, "fork": 105}
WORK = {  # the typed lines; each run includes the boot
    "boot": [],
    "usertests": ["usertests -q"],
    "copy": ["bench stream pipe512 read"],
}


def words(options, design, harts, lines, *more):
    """The command that runs Vitrine on the glass machine, types the lines, and ends."""
    kernel = os.path.abspath(f"{options.out}/kernel/kernel")
    return [os.path.abspath(f"{options.out}/machine/glass"), "--harts", str(harts), "--fast", *firmware(kernel),
            "--append", f"quiet kpt={design}", *more, kernel, f"{options.out}/test.img", "--", *lines, "poweroff"]


def run(command):
    """Returns the output; fails unless the run succeeds."""
    r = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if r.returncode:
        text = r.stdout.decode("utf-8", "replace").strip()
        raise Failure(f"the glass machine ends with {r.returncode}: {text[-200:]}")


def position(options, design, command):
    """The instructions of all harts in a run with that command."""
    path = f"{options.out}/bench/counts"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    run(words(options, design, HARTS, [command], f"--count={path}"))
    with open(path, encoding="utf-8") as f:
        return next(int(line.split("\t")[1]) for line in f if line.startswith("position"))


def together(options, design, key, n):
    """Instructions of one run of the operation by 1 process and one by n: two more in a run of the whole machine."""
    once = f"bench scale {n} {key}"
    return position(options, design, f"{once} {key}") - position(options, design, once)


def print_scale(options, design):
    """Prints the exact cost of an operation when 1, 2, 4 and 8 processes do it on 8 harts, their creation included."""
    print(f"\noperation by 1, 2, 4 and 8 processes at once, kpt={design}: instructions each")
    for key, times in OPERATIONS.items():
        alone = together(options, design, key, 1) / 2
        row = [alone / times]
        for n in (2, 4, HARTS):
            row.append((together(options, design, key, n) - alone) / n / times)
        ratio = row[-1] / row[0]
        print(f"{key:10}", *(f"{x:>9,.0f}" for x in row), f"  {ratio:.2f}",
              "" if ratio <= SCALED else f"  above {SCALED}", flush=True)


# -- speed


def cpu_seconds(work):
    """The processor time of the children that `work` runs."""
    def now():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = now()
    work()
    return now() - before


def steps_and_log(options, lines):
    """The instructions of a run, and its recording."""
    log, counts = f"{options.out}/bench/recording", f"{options.out}/bench/counts"
    run(words(options, "unified", 1, lines, "--record", log, f"--count={counts}"))
    with open(counts, encoding="utf-8") as f:
        return next(int(line.split("\t")[1]) for line in f if line.startswith("position")), log


def in_qemu(options, lines):
    with Machine(f"{options.out}/kernel/kernel", f"{options.out}/test.img", f"{options.out}/bench/qemu",
                 append="quiet kpt=unified") as m:
        m.boot()
        for line in lines:
            m.run(line, hang=300)
        m.poweroff()


def in_node(options, log):
    kernel = f"{options.out}/kernel/kernel"
    run(["node", "tests/machine/replay.mjs", f"{options.out}/machine/glass.wasm", log,
         f"--firmware={firmware(kernel)[1]}", "--append=quiet kpt=unified", kernel, f"{options.out}/test.img"])


def print_speed(options):
    """Million instructions a second of processor time: the machine, as a module in node, and QEMU with the same work.

    The instructions are those that the glass machine counts, for QEMU too.
    """
    os.makedirs(f"{options.out}/bench", exist_ok=True)
    print("\nmillion instructions, and how many in a second of processor time, one hart")
    print("work        instr   glass    node    QEMU")
    for name, lines in WORK.items():
        steps, log = steps_and_log(options, lines)
        ways = [lambda l=lines: run(words(options, "unified", 1, l))]
        if shutil.which("node"):
            ways.append(lambda r=log: in_node(options, r))
        ways.append(lambda l=lines: in_qemu(options, l))
        speeds = [steps / cpu_seconds(way) / 1e6 for way in ways]
        if len(speeds) == 2:
            speeds.insert(1, float("nan"))
        print(f"{name:9} {steps / 1e6:>7,.0f}", *(f"{s:>7,.0f}" for s in speeds), flush=True)
