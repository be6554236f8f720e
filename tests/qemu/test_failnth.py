# SPDX-License-Identifier: MIT
"""test_failnth.py - each single allocation of a workload fails, in each design, and the system survives.

doc/failnth.md says more."""
import re

from machine import Failure, long

DESIGNS = ("unified", "global", "fullcopy", "sharedroot")
AT_LEAST = {"fork": 10, "forkexec": 15, "pipe": 15, "pipeline": 40, "sbrk": 10, "cow": 40, "deferred": 50, "create": 5}
DEEPER = {"unified": "sv57", "global": "sv48", "fullcopy": "sv57", "sharedroot": "sv48"}  # modes with more tables ...
TABLES = "fork exec sbrk cow deferred mmapprivate"  # ... and workloads that need them
SHORT = "fork exec forkexec pipe sbrk lazy copy cow deferred mmapprivate mmapshared"  # which designs affect


def survives(context, command, **how):
    """Runs it; each workload must meet some failures at least. The disk is checked at power-off."""
    with context.machine(variant="DEBUG", **how) as m:
        m.boot()
        text = m.run_verdict(command, "failnth: OK", "failnth: FAILED", hang=180)
        m.poweroff()
    counts = {name: int(n) for name, n in re.findall(r"^failnth: (\w+): (\d+) failures survived$", text, re.M)}
    if not counts:
        raise Failure("no workload was run")
    for name, n in counts.items():
        if n < AT_LEAST.get(name, 0):
            raise Failure(f"{name}: {n} failures survived, {AT_LEAST[name]} expected")


def for_each_design(suffix, mark, function):
    """Defines test_failnth_DESIGN and the suffix."""
    for kpt in DESIGNS:
        globals()[f"test_failnth_{kpt}{suffix}"] = mark(lambda context, kpt=kpt: function(context, f"kpt={kpt}"))


def quick(context, append):
    command = "failnth -q" if append == "kpt=unified" else f"failnth {SHORT}"
    survives(context, command, cpus=3, mem="32M", append=append)


def everything(context, append):
    for cpus in (1, 3, 8):
        survives(context, "failnth", cpus=cpus, append=append)
    survives(context, "failnth -a", cpus=3, append=append)
    for mode in ("sv48", "sv57"):
        survives(context, "failnth", cpus=3, append=f"{append} mmu={mode}")


def cold(context, append):
    """Nothing is in the cache: each disk block and each inode has to be fetched."""
    survives(context, "failnth -c", cpus=1, mem="32M", append=append)


for_each_design("", lambda function: function, quick)
for_each_design("_all", long, everything)
for_each_design("_cold", long, cold)

for design, deep in DEEPER.items():
    globals()[f"test_failnth_{design}_{deep}"] = lambda context, d=design, m=deep: survives(
        context, f"failnth {TABLES}", cpus=3, mem="32M", append=f"kpt={d} mmu={m}")


def test_failnth_release(context):
    """A kernel without the facility says so."""
    with context.machine() as m:
        m.boot()
        if "DEBUG=1" not in m.run("failnth") or "2" not in m.run("echo $?"):
            raise Failure("failnth does not say that the kernel cannot do it")
        m.poweroff()


def test_failnth_tells(context):
    """-t names the allocation that fails, with the functions that asked for it; a wrong name is reported."""
    with context.machine(variant="DEBUG") as m:
        m.boot()
        told = m.run("failnth -t -n 1 fork")
        if not re.search(r"^failnth: allocation 1 fails, pid \d+: k\w+ < .*fork < fork_call", told, re.M):
            raise Failure("the allocation that fails is not told")
        if "no such workload" not in m.run("failnth frobnicate"):
            raise Failure("an unknown workload is not refused")
        m.poweroff()
