#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mutants.py - removes each fence of the kernel, one at a time, and requires that a test fails (doc/tlb.md).

The fences of kernel/mm and kernel/proc are found by their names. Each is removed from a copy of its file, the model
of tests/host/mmu is built with that, and must fail with at least one design of the kernel's page table. Fences written
in assembly are removed too; there the order is checked as text. EXEMPT lists the fences that neither can test, with the
reason. An unnecessary fence fails this test, too: its removal changes nothing. tests/zoo has other errors, each a
change of a few lines that the model must detect as well.
"""
import argparse
import concurrent.futures
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import children  # noqa: E402
import hosttest  # noqa: E402
import source  # noqa: E402

FENCE = re.compile(r"(?<=[\s)])(sfence_\w+|fence_i|fence_view|sbi_remote_\w+|kstack_sync|tlb_changed\w*"
                   r"|kvm_shootdown)\s*\(")
DESIGNS = ["unified", "global", "sharedroot", "fullcopy"]
TEST = "tests/host/mm/t_mmu_unified.c"
# Each write of satp, with the instructions required before it and after it. A branch stands for a conditional fence:
# its target holds the fence.
FENCE_ALL = "sfence.vma zero, zero"
ASSEMBLY = {
    "kernel/rv/trampoline.S": [
        ["lw t0, CPU_ASID_MASK(tp)", "beqz t0, fence_out", "csrw satp, t1"],
        ["csrw satp, t2", "bnez t1, fence_in"],
        ["fence_in:", FENCE_ALL],
        ["fence_out:", "csrw satp, t1", FENCE_ALL, "j leave"],
    ],
    "kernel/rv/swtch.S": [["csrw satp, a2", "beqz a3, 1f", FENCE_ALL, "1:"]],
    "kernel/rv/entry.S": [
        [FENCE_ALL, "csrw satp, t0", "csrr t1, satp"],
        ["ld t0, kernel_satp", "csrw satp, t0", FENCE_ALL],
    ],
}
ROUNDS = [(12, 20000, 1), (24, 30000, 101)]  # seeds, steps, first seed: most mutants die in the first round

EXEMPT = {}  # "file function(): call": why no test can detect its removal


class Context:
    """The context that hosttest.py needs: a build directory, and a function that runs commands."""

    def __init__(self, out, name):
        self.out, self.dir = out, os.path.join(out, "test", "mutants", name)
        os.makedirs(self.dir, exist_ok=True)

    def must(self, command):
        code, text = children.run(command)
        if code:
            sys.exit(f"{' '.join(command)}\n{text}")


class Mutant:
    """A fence to remove: the file, the place of the call, and its function."""

    def __init__(self, path, text, start, end):
        self.path, self.call = path, " ".join(text[start:end].split())
        self.line = text.count("\n", 0, start) + 1
        self.text = text[:start] + "(void)0" + text[end:]
        self.function = next((f.name for f in source.functions(path, text)
                              if f.line <= self.line < f.line + len(f.body)), "?")
        self.name = f"{path} {self.function}(): {self.call}"


class Beast(Mutant):
    """An error of tests/zoo: why it is one, the file, lines to be replaced (-) and their replacement (+)."""

    def __init__(self, kept):
        lines = source.read(kept).split("\n")
        self.path = next(line[5:] for line in lines if line.startswith("file "))
        old, new = ("".join(line[1:] + "\n" for line in lines if line.startswith(sign)) for sign in "-+")
        text = source.read(self.path)
        if text.count(old) != 1:
            sys.exit(f"FAIL {kept}: its lines are not, or not once, in {self.path}")
        super().__init__(self.path, text, text.index(old), text.index(old))
        self.call = os.path.basename(kept)
        self.text, self.name = text.replace(old, new), f"{kept}: {lines[0][2:]}"


def call_end(text, paren):
    """The end of the call whose arguments open at `paren`; 0 if it is no statement of its own."""
    depth = 0
    for i in range(paren, len(text)):
        depth += (text[i] == "(") - (text[i] == ")")
        if depth == 0:
            return i + 1 if text[i + 1 : i + 2] == ";" else 0
    return 0


def calls(path, pattern):
    """Start and end of each statement that calls a function of that name; definitions begin in column 0."""
    text = source.read(path)
    blanked = source.blank(text)
    for m in pattern.finditer(blanked):
        end = call_end(blanked, m.end() - 1)
        if end and blanked[blanked.rfind("\n", 0, m.start()) + 1].isspace():
            yield text, m.start(), end


def mutants(paths):
    return [Mutant(path, *where) for path in paths for where in calls(path, FENCE)]


# -- text: around each write of satp in assembly


def assembly_lines(text):
    """The instructions and labels of a file, in order, each on its own."""
    lines = [re.sub(r"//.*", "", line) for line in text.split("\n")]
    return [" ".join(word.split()) for line in lines for word in re.split(r"(?<=\w:)", line) if word.strip()]


def assembly_problems(path, text):
    """The sequences that are missing, and writes of satp that are in no sequence."""
    lines = assembly_lines(text)
    writes = sum(line.startswith("csrw satp") for line in lines)
    known = sum(s.startswith("csrw satp") for sequence in ASSEMBLY[path] for s in sequence)
    if writes != known:
        yield f"{path}: {writes} writes of satp, not the {known} that are known"
    for want in ASSEMBLY[path]:
        if not any(lines[i : i + len(want)] == want for i in range(len(lines))):
            yield f"{path}: nowhere: {'; '.join(want)}"


def check_assembly(path):
    """Problems of the file, and of the check itself, which must report each fence when that is removed."""
    text = source.read(path)
    yield from assembly_problems(path, text)
    lines = text.split("\n")
    for n, line in enumerate(lines):
        if re.match(r"\s*(?:\w+:)?\s*(?:sfence\.vma|fence\.i)\b", line):
            without = "\n".join(lines[:n] + lines[n + 1 :])
            verdict = "needed" if list(assembly_problems(path, without)) else "NOT NEEDED"
            print(f"{verdict}: {path}:{n + 1} {line.strip()}")
            if verdict != "needed":
                yield f"{path}:{n + 1}: {line.strip()} is not in a place where it is known to be needed"


# -- the model


class Model:
    """The model's program, with one file replaced."""

    def __init__(self, out):
        self.out = out
        context = Context(out, "baseline")
        self.flags = [*hosttest.CFLAGS, *hosttest.includes(TEST, context), *hosttest.test_flags(TEST)]
        self.sources = [TEST, *hosttest.sources(TEST)]
        self.objects = {src: hosttest.compile_one(context, "gcc", self.flags, src) for src in self.sources}

    def sound(self):
        """The unchanged model must not fail, or its failures prove nothing."""
        program = os.path.join(self.out, "test", "mutants", "baseline", "program")
        self.link(program, self.objects.values())
        failure = self.failure(program, ROUNDS[:1])
        if failure:
            sys.exit(f"FAIL: with all fences in place, {failure}")

    def link(self, program, objects):
        Context(self.out, "baseline").must(["gcc", *hosttest.CFLAGS, "-o", program, *objects, "-lm"])

    def made_from(self, path):
        """The model's sources that must be compiled when that file has changed."""
        if path.endswith(".c"):
            return [path] if path in self.objects else []
        name = f'#include "{path.removeprefix("kernel/")}"'
        return [src for src in self.sources if name in source.read(src)]

    def build(self, mutant, context):
        path = os.path.join(context.dir, mutant.path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(mutant.text)
        objects = dict(self.objects)
        for src in self.made_from(mutant.path):
            objects[src] = os.path.join(context.dir, os.path.basename(src) + ".o")
            changed = path if src == mutant.path else src
            flags = ["-iquote", os.path.join(context.dir, "kernel"), *self.flags, "-w", "-iquote", os.path.dirname(src)]
            context.must(["gcc", *flags, "-c", "-o", objects[src], changed])
        program = os.path.join(context.dir, "program")
        self.link(program, objects.values())
        return program

    def failure(self, program, rounds):
        """How the program fails; None: it does not."""
        for seeds, steps, first in rounds:
            for design in DESIGNS:
                code, text = children.run(["timeout", "300", program, str(seeds), str(steps), str(first), design])
                if code:
                    return f"{design}: {hosttest.failure_line(text)}"
        return None

    def run(self, mutant, n):
        """How the model fails without the fence; None: it does not, or it has no such file."""
        if not self.made_from(mutant.path):
            return None
        return self.failure(self.build(mutant, Context(self.out, str(n))), ROUNDS)


def examine(model, mutant, n):
    """Prints one line for the mutant; returns whether a test has detected it."""
    failure = model.run(mutant, n)
    where = f"{mutant.path}:{mutant.line} {mutant.function}(): {mutant.call}"
    if mutant.name in EXEMPT:
        return (f"exempt: {where}: {EXEMPT[mutant.name]}", True) if not failure else \
            (f"EXEMPT BUT NOTICED: {where}: {failure}", False)
    return (f"noticed: {where}\n        {failure}", True) if failure else (f"NOT NOTICED: {where}", False)


def arguments():
    ap = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    ap.add_argument("--out", default="build", help="where the build is")
    ap.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    ap.add_argument("--list", action="store_true", help="only name the fences")
    ap.add_argument("--only", default="", help="only fences whose line contains this")
    ap.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th, which takes so much less time")
    return ap.parse_args()


def main():
    options = arguments()
    children.end_with_me()
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    paths = source.files("kernel/mm/**/*.[ch]", "kernel/proc/**/*.[ch]")
    found = [*mutants(paths), *map(Beast, source.files("tests/zoo/*.mutant"))]
    found = [m for m in found if options.only in m.name][::options.every]
    if options.list:
        print("\n".join(m.name for m in found))
        return
    problems = [p for path in ASSEMBLY for p in check_assembly(path)]
    problems += [f"{name}: exempt, but there is no such fence" for name in EXEMPT
                 if not options.only and options.every == 1 and name not in {m.name for m in found}]
    model = Model(options.out)
    model.sound()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for line, good in pool.map(lambda job: examine(model, job[1], job[0]), enumerate(found)):
            print(line, flush=True)
            problems += [] if good else [line]
    print("\n".join(f"FAIL {p}" for p in problems) or f"{len(found)} mutants, each one noticed")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
