# SPDX-License-Identifier: MIT
"""test_compilers.py - a kernel built by clang runs; errors that every build refuses."""
import os

from machine import Failure


def test_clang(context):
    """Processes move between harts: facts about the running hart from before a switch are not used after it."""
    with context.machine(variant="LLVM", append="quiet", cpus=3) as m:
        m.boot()
        for _ in range(5):
            m.run("seq 200 | sort -n | grep 9 | wc & ls | wc; wait")
        m.poweroff()


def test_forgotten_prototype(context):
    """A function that no header declares stops the build, of the kernel and of programs, and is named."""
    source = os.path.join(context.dir, "caller.c")
    with open(source, "w", encoding="utf-8") as f:
        f.write("long f(void);\nlong f(void) { return kvminit_of_mine(); }\n")
    for words, cc, flags in (([], "KCC", "KCFLAGS"), ([], "UCC", "UCFLAGS"), (["LLVM=1"], "KCC", "KCFLAGS")):
        command = [context.make(f"O={context.out}", *words, f"print-{v}").split() for v in (cc, flags)]
        code, said = context.sh([*command[0], *command[1], "-c", "-o", f"{source}.o", source])
        if code == 0 or "error" not in said or "kvminit_of_mine" not in said:
            raise Failure(f"{command[0][0]} lets a call of what is not declared pass")
