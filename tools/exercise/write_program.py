# SPDX-License-Identifier: MIT
"""write_program.py - an answer that is a program of Vitrine: compiled, put on a disk, and run at the prompt.

session.txt beside the exercise has lines "$ command", and behind each the expected output, "..." standing for any
lines. PROGRAM.c becomes the command PROGRAM.
"""
import os
import re
import shutil
import subprocess
import sys

import children
import machine
from shelf import ROOT, Wrong, read
from write_host import complaint


def built():
    """The system and the disk of the tests."""
    goals = ["all", "build/user/ulib.a"]
    children.run(["make", "-s", "--no-print-directory", f"-j{os.cpu_count() or 1}", *goals], cwd=ROOT)


def variable(name):
    return subprocess.run(["make", "-s", "--no-print-directory", f"print-{name}"], cwd=ROOT, check=True,
                          stdout=subprocess.PIPE).stdout.decode().split()


def compile_program(source, program, say):
    flags = [w for w in variable("UCFLAGS") if w != "-g"]
    link = variable("ULDFLAGS")
    code, text = children.run([*variable("UCC"), *flags, *link, "-o", program, source, "build/user/ulib.a", "-lgcc"],
                              cwd=ROOT, env={**os.environ, "LC_ALL": "C"})
    if code:
        raise Wrong(complaint(text, say))


def sessions(path):
    """Each command, and its expected output."""
    return [(head, body) for head, body in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", read(path), re.M)]


def compare(command, got, want, say):
    pattern = re.escape(want).replace(r"\.\.\." + "\\\n", "(?s:.*)")
    if not re.fullmatch(pattern, got):
        raise Wrong(say("prints", command=command, got=got.strip()[-200:], want=want.strip()))


def check(exercise, folder, say):
    if not shutil.which("qemu-system-riscv64"):
        raise Wrong(say("no_tool", tool="qemu-system-riscv64"))
    folder = os.path.abspath(folder)
    name = exercise.about["file"].removesuffix(".c")
    built()
    os.chdir(ROOT)
    work = os.path.join(folder, ".run")
    os.makedirs(work, exist_ok=True)
    try:
        compile_program(os.path.join(folder, exercise.about["file"]), os.path.join(work, name), say)
        disk = os.path.join(work, "fs.img")
        shutil.copy("build/test.img", disk)
        code, text = children.run([sys.executable, "tools/disk.py", "put", disk, os.path.join(work, name), "/"])
        if code:
            raise Wrong(text)
        with machine.Machine("build/kernel/kernel", disk, os.path.join(work, "machine"), append="quiet") as m:
            m.boot()
            for command, want in sessions(exercise.path("session.txt")):
                compare(command, m.run(command), want, say)
            m.poweroff()
    except machine.Failure as why:
        raise Wrong(say("ended", why=str(why))) from why
    finally:
        shutil.rmtree(work, ignore_errors=True)
