# SPDX-License-Identifier: MIT
"""glassbench.py - the rows of ./vitrine bench that the glass machine measures: scale, and its own speed."""
import os
import re
import resource
import shutil
import subprocess

from glass import firmware
from machine import Failure, Machine
from words import tr

HARTS = 8
SCALED = 1.2  # limit of an operation's cost with all harts busy, relative to one
TURN = "30"   # instructions; with longer turns a hart that loses its turn keeps its lock for as long
TOLD = re.compile(r"^glass: (?!reports: |a process is killed: )(.*)$", re.M)
# Keys of user/bench/scale.c: how often each process does it, the twentieth part to warm up included.
OPERATIONS = {"null": 21000, "sbrk": 2100, "openclose": 1050, "fork": 105, "pipe": 525, "read": 2100}
RUNS = 3      # of each speed; the fastest counts
WORK = {  # the typed lines; each run includes the boot
    "boot": [],
    "usertests": ["usertests pipe1 exectest forkfork reparent sbrkbasic writebig"],
    "copy": ["bench stream pipe512 read"],
}


def words(options, design, harts, lines, *more):
    """The command that runs Vitrine on the glass machine, types the lines, and ends."""
    kernel = os.path.abspath(f"{options.out}/kernel/kernel")
    return [os.path.abspath(f"{options.out}/machine/glass"), "--harts", str(harts), "--fast", *firmware(kernel),
            *more, "--append", f"quiet kpt={design}", kernel, f"{options.out}/test.img", "--", *lines, "poweroff"]


def run(command):
    """Returns the output; fails unless the run succeeds. A report of a killed process is no failure."""
    r = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = r.stdout.decode("utf-8", "replace").strip()
    told = TOLD.search(text)
    if r.returncode not in (0, 3) or (r.returncode == 3 and told):
        raise Failure(f"the glass machine ends with {r.returncode}: {told[1] if told else text[-200:]}")
    return text


# -- costs of an operation that several processes do at once


class Counts:
    """Of a run: instructions of all harts; AMOs in vain and turns given by the kernel; the output."""

    def __init__(self, options, design, command):
        path = f"{options.out}/bench/counts"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.text = run(words(options, design, HARTS, [command], "--turn", TURN, "--blind", f"--count={path}"))
        with open(path, encoding="utf-8") as f:
            lines = [line.rstrip("\n").split("\t") for line in f]
        self.steps = next(int(w[1]) for w in lines if w[0] == "position")
        kernel = [w for w in lines if w[0] == "function" and w[2] == "S"]
        self.vain, self.given = (sum(int(w[i]) for w in kernel) for i in (6, 7))

    def cycles(self, key, n):
        """Returns the time of an operation, from the line that the program prints."""
        times, ns = re.findall(rf"^scale {key} {n} (\d+) \d+ (\d+)$", self.text, re.M)[-1]
        return int(ns) / 10 / int(times) * n


def scale_row(options, design, boot, key):
    """Of an operation: instructions by 1 process and by each of 8, likewise cycles, and spins with 8."""
    once, both = (Counts(options, design, f"bench scale {n} {key}") for n in (1, HARTS))
    alone, times = (once.steps - boot.steps) / 2, OPERATIONS[key] * HARTS
    spins = [(getattr(both, what) - (getattr(once, what) + getattr(boot, what)) / 2) / times
             for what in ("vain", "given")]
    return (alone / OPERATIONS[key], (both.steps - boot.steps - alone) / times,
            both.cycles(key, 1), both.cycles(key, HARTS), *spins)


def print_scale(options, design):
    """Instructions are exact, making the processes included; cycles are the machine's time, waiting included."""
    print("\n" + tr("one operation by 1 process, and by %d at once on %d harts, kpt=%s") % (HARTS, HARTS, design))
    print(tr("          instructions            cycles                  waiting"))
    print(tr("operation     by 1     by 8           by 1     by 8         vain  turns"))
    boot = Counts(options, design, "true")
    for key in OPERATIONS:
        one, eight, time, times, vain, given = scale_row(options, design, boot, key)
        worst = max(eight / one, times / time)
        print(f"{key:10}{one:>8,.0f} {eight:>8,.0f} {eight / one:>5.2f}",
              f"{time:>8,.0f} {times:>8,.0f} {times / time:>5.2f} {vain:>6.2f} {given:>6.2f}",
              "" if worst <= SCALED else f" above {SCALED}", flush=True)


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
    """Million instructions a second of processor time: the machine with all checks and with none, as a module in node,
    and QEMU with the same work.

    The instructions are those that the glass machine counts, for QEMU too. The best of three runs counts.
    """
    os.makedirs(f"{options.out}/bench", exist_ok=True)
    print("\n" + tr("million instructions, and how many in a second of processor time, one hart"))
    print(tr("work        instr   glass   blind    node    QEMU"))
    for name, lines in WORK.items():
        steps, log = steps_and_log(options, lines)
        ways = [lambda l=lines, f=flags: run(words(options, "unified", 1, l, *f)) for flags in ((), ("--blind",))]
        if shutil.which("node"):
            ways.append(lambda r=log: in_node(options, r))
        ways.append(lambda l=lines: in_qemu(options, l))
        speeds = [steps / min(cpu_seconds(way) for _ in range(RUNS)) / 1e6 for way in ways]
        if len(speeds) == 3:
            speeds.insert(2, float("nan"))
        print(f"{name:9} {steps / 1e6:>7,.0f}", *(f"{s:>7,.0f}" for s in speeds), flush=True)
