# SPDX-License-Identifier: MIT
"""test_calls.py - the table of system calls and the generated files: numbers, stubs, prototypes and dispatch agree.

The numbers that programs of every year contain are listed here a second time.
"""
import os
import re
import sys

from machine import Failure

PART = "host"
TABLE = "include/abi/syscall.tbl"

FIRST = ("fork exit wait pipe read kill exec fstat chdir dup getpid sbrk sleep uptime open write mknod unlink link "
         "mkdir close trace sysinfo sigalarm sigreturn symlink mmap munmap").split()
NUMBERS = {name: n for n, name in enumerate(FIRST, 1)} | {"pause": 13, "pgaccess": 30, "pgpte": 33, "kpgtbl": 34,
                                                          "cpupin": 36}
OWN_NAMES = {"sys_sbrk": "sbrk", "sys_uptime": "uptime"}  # the library has functions of these names itself


def made(context, table):
    """The files generated from a table, by name; (None, message) when it is refused."""
    code, said = context.sh([sys.executable, "tools/gensys.py", table, context.dir])
    if code:
        return None, said
    files = {}
    for name in ("abi/syscall.h", "sys/calls.inc", "user/usys.h"):
        with open(os.path.join(context.dir, name), encoding="utf-8") as f:
            files[os.path.basename(name)] = f.read()
    return files, said


def stubs(context):
    """{name: number that it puts into a7}, from the object; fails on a stub that does anything else."""
    prefix = context.make(f"O={context.out}", "print-TOOLPREFIX").strip()
    source, target = (os.path.join(context.dir, n) for n in ("user/usys.S", "usys.o"))
    context.must([f"{prefix}gcc", f"-I{context.dir}", "-c", "-o", target, source])
    text = context.must([f"{prefix}objdump", "-d", "--no-show-raw-insn", "-M", "no-aliases", target])
    found = {}
    for name, body in re.findall(r"^0+ <(\w+)>:\n((?:.+\n)+)", text, re.M):
        code = [" ".join(line.split()[1:]) for line in body.splitlines()]
        m = re.fullmatch(r"(?:c\.li a7,|addi a7,zero,)(\d+);ecall;(?:c\.jr ra|jalr zero,0\(ra\))", ";".join(code))
        if not m:
            raise Failure(f"the stub {name} is {code}")
        found[OWN_NAMES.get(name, name)] = int(m[1])
    return found


def test_calls(context):
    files, said = made(context, TABLE)
    if not files:
        raise Failure(said)
    numbers = {name: int(n) for name, n in re.findall(r"^#define SYS_(\w+) (\d+)$", files["syscall.h"], re.M)}
    wrong = {n for n in NUMBERS if numbers.get(n) != NUMBERS[n]}
    if wrong:
        raise Failure(f"programs of other years make calls by other numbers: {sorted(wrong)}")
    if stubs(context) != numbers:
        raise Failure(f"stubs and numbers differ: {sorted(set(stubs(context).items()) ^ set(numbers.items()))}")
    prototypes = {OWN_NAMES.get(n, n) for n in re.findall(r"^\w[\w *]*?(\w+)\(.*;$", files["usys.h"], re.M)}
    if prototypes != set(numbers):
        raise Failure(f"prototypes and numbers differ: {sorted(prototypes ^ set(numbers))}")
    served = re.findall(r"^SYSCALL\((\d+), (\w+), [0-6]\)$", files["calls.inc"], re.M)
    if {int(n) for n, _ in served} != set(numbers.values()) or any(numbers[name] != int(n) for n, name in served):
        raise Failure("the kernel serves other numbers than programs ask for")


def test_calls_refused(context):
    """A line that cannot be right is named."""
    table = os.path.join(context.dir, "table")
    for line, reason in (("3 again int void", "used twice"), ("99 wait int void", "used twice"),
                         ("99 new/fork int void", "used twice"), ("99 new int", "expected"),
                         ("x new int void", "expected"),
                         ("99 new int int a, int b, int c, int d, int e, int f, int g", "more than six")):
        with open(TABLE, encoding="utf-8") as f, open(table, "w", encoding="utf-8") as out:
            text = f.read()
            out.write(text + line + "\n")
        files, said = made(context, table)
        if files or f"{table}:{text.count(chr(10)) + 1}: " not in said or reason not in said:
            raise Failure(f"{line!r}: {said!r}")
