# SPDX-License-Identifier: MIT
"""test_gdbstub.py - gdb-multiarch on the glass machine: forward, back, watched entries, the prompt's words."""
import os
import re
import socket
import subprocess

import children
from glassrun import CC, demand, glass, line_with
from machine import Failure, free_port, slowness

SOURCE = "tests/machine/stale.c"
SETTINGS = ("set confirm off", "set pagination off", "set width 0", "set tcp connect-timeout 60")


def build(context, source=SOURCE):
    path = os.path.join(context.dir, "kernel")
    context.must([*CC, "-g", "-fno-omit-frame-pointer", "-DAFTER_ENTRY=fence", "-DAFTER_SATP=fence",
                  "-o", path, source])
    return path


def debug(context, kernel, *commands, harts="1", qemu=False, first=()):
    """The output of gdb for each command, on the glass machine or on QEMU, after the commands `first`."""
    port, patience = free_port(), int(120 * slowness())
    words = ["timeout", "-k", "5", str(patience)]
    if qemu:
        words += ["qemu-system-riscv64", "-machine", "virt", "-bios", "none", "-smp", harts, "-display", "none",
                  "-serial", "null", "-kernel", kernel, "-S", "-gdb", f"tcp::{port}"]
    else:
        words += [glass(context), "--harts", harts, f"--gdb={port}", kernel]
    script = [w for c in first for w in ("-ex", c)]
    for command in commands:
        script += ["-ex", f"echo \\n%% {command}\\n".replace("$", "\\$"), "-ex", command]
    with open(os.path.join(context.dir, "glass.log"), "w", encoding="utf-8") as log, \
            subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as machine:
        settings = [w for s in SETTINGS for w in ("-ex", s)]
        _, text = children.run(["timeout", str(patience), "gdb-multiarch", "-q", "-nx", "-batch", *settings,
                                "-ex", f"target remote :{port}", *script, kernel])
        if qemu:
            machine.terminate()
        status = machine.wait()
    with open(os.path.join(context.dir, "gdb.log"), "w", encoding="utf-8") as log:
        log.write(text)
    parts = re.split(r"^%% .*\n", text, flags=re.M)[1:]
    if status not in (0, 3, -15) or len(parts) != len(commands):
        raise Failure(f"glass ends with {status}; gdb: {text.strip()[-200:]}")
    return [" ".join(p.split()) for p in parts]


def test_gdb_watch(context):
    """A watchpoint on an entry, run backwards, ends at the store that wrote it; forward, just behind it."""
    answers = debug(context, build(context), "break look", "continue", "watch leaves[0][0]", "reverse-continue", "bt 1",
                    "info registers pc", "reverse-continue", "continue", "bt 1", "continue", "bt 1", "kill")
    demand(answers[1], "Breakpoint 1, look")
    demand(answers[2], "Hardware watchpoint 2")
    demand(answers[3], "Old value = .* New value = ")
    demand(answers[4], f"#0 .*remap .*stale.c:{line_with('leaves[0])[0] = entry', SOURCE)}")
    demand(answers[6], "Old value = [0-9]+ New value = 0 ")
    demand(answers[8], "entry|make_root|supervisor")
    demand(answers[10], "remap|fence")


def test_gdb_amo(context):
    """A watch of loads stops at each AMO of the word, at the later ones of its page as well."""
    answers = debug(context, build(context, "tests/machine/amo.c"), "rwatch lock", *["continue"] * 5, "kill")
    demand(answers[0], "Hardware read watchpoint 1: lock")
    for n in range(1, 5):
        demand(answers[n], "Hardware read watchpoint 1: lock Value = .* take")
    demand(answers[5], "No more reverse-execution history")


def test_gdb_steps(context):
    """One step forward and back, of instructions, lines and calls; the run's beginning is said."""
    answers = debug(context, build(context), "break supervisor", "continue", "print/x $pc", "stepi 3",
                    "reverse-stepi 3", "print/x $pc", "break look", "continue", "finish", "reverse-step", "print $sp",
                    "delete", "reverse-continue", "print/x $pc", "print $priv", "kill")
    if answers[2].split()[-1] != answers[5].split()[-1]:
        raise Failure(f"3 steps on and 3 back end elsewhere: {answers[2]} {answers[5]}")
    demand(answers[7], "Breakpoint 2, look")
    demand(answers[9], "look")
    demand(answers[12], "No more reverse-execution history")
    demand(answers[13], "0x80000000$")
    demand(answers[14], "= 3$")


def test_gdb_harts(context):
    """A hart is a thread; registers, memory, monitor commands, a change of memory, the run's end."""
    path = os.path.join(context.dir, "prompt")
    context.must([*CC, "-g", "-fno-omit-frame-pointer", "-o", path, "tests/machine/prompt.c"])
    answers = debug(context, path, "info threads", "break print", "continue", "thread 2", "print/x $mhartid",
                    "thread 1", "x/2c s", "monitor where", "monitor walk nowhere", "monitor back 2", "monitor go",
                    "maintenance flush register-cache", "continue", "set var *(char *)s = 33", "x/1c s",
                    "print $a0 = 7", "reverse-continue", "kill", harts="2")
    demand(answers[0], r"Thread 1 \(hart 0, M-mode\).*Thread 2 \(hart 1, M-mode\)")
    demand(answers[2], "Breakpoint 1, print")
    demand(answers[4], "= 0x1$")
    demand(answers[6], r"36 '\$'.*32 ' '")
    demand(answers[7], r"At @[0-9,]+ .*hart 0, M-mode, in print\+0x.*hart 1, M-mode")
    demand(answers[8], "no symbol or register `nowhere'")
    demand(answers[9], "At @.*look anew")
    demand(answers[10], "goes on with continue")
    demand(answers[12], "Breakpoint 1, print")
    demand(answers[14], "33 '!'")
    demand(answers[15], "= 7")
    demand(answers[16], "No more reverse-execution history")


def test_gdb_refused(context):
    """A port that is taken, or is none, gets a sentence."""
    kernel = build(context)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        port = s.getsockname()[1]
        code, text = context.sh([glass(context), f"--gdb={port}", kernel])
        demand(f"{code} {text}", f"^2 glass: --gdb {port}: the port cannot be used: ")
    code, text = context.sh([glass(context), "--gdb=door", kernel])
    demand(f"{code} {text}", "^2 glass: --gdb=door: a port from 1 to 65535 is expected")


def test_gdb_tables(context):
    """pt walk, map, explain and satp know any kernel's tables, here and on QEMU: they say the same."""
    kernel = build(context)
    commands = ["pt walk 0x40000000", "pt walk 0x40001000", "pt map", "pt explain 0x40000000 w s",
                "pt explain 0x40000000 r u", "satp", "pt walk 0x40000000 root &root[1]",
                "pt walk 0x40000000 satp $satp", "pt walk 0 root 0x123", "pt walk 0 5", "procs", "kill"]
    first = ["source tools/gdb/load.py", "break look", "continue"]
    here = debug(context, kernel, *commands, first=first)
    there = debug(context, kernel, *commands, first=first, qemu=True)
    demand(here[0], "hart 0's satp, root 0x8000", "level 2 entry 1 .* table at .* level 0 entry 0 .* 4K leaf 0x8000")
    demand(here[1], "level 0 entry 1 .*not valid 3 memory accesses, no data: V is 0")
    demand(here[2], "0000000000000000 0000000040000000 1G 1G rwx--ad-- device", "4K 4K rwx--ad-- kernel")
    demand(here[3], "allowed: physical address 0x8000")
    demand(here[4], "not allowed by rule `user' at level 0: U is 0")
    demand(here[5], "hart 0: satp 0x80000000000800.*Sv39")
    demand(here[6], "the table at 0x8000.*4 memory accesses")
    demand(here[8], "root 0x123: that leads to no table")
    demand(here[9], "not Vitrine")
    demand(here[10], "not Vitrine")
    for a, b, command in zip(here[:-1], there, commands):
        if a != b:
            raise Failure(f"{command}: {a!r}; on QEMU: {b!r}")
