# SPDX-License-Identifier: MIT
"""write_host.py - an answer in C, compiled for this computer with exercises/lab and the exercise's check.c."""
import os
import re
import shutil

import children
from shelf import ROOT, SHELF, Wrong

LAB = os.path.join(SHELF, "lab")
FLAGS = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror=implicit-function-declaration",
         "-Werror=int-conversion", "-Werror=incompatible-pointer-types", "-fno-builtin",
         "-fno-strict-aliasing", "-fsanitize=undefined", "-fno-sanitize=alignment", "-fno-sanitize-recover=all",
         "-Dprintf=lab_printf", f"-I{LAB}"]


def complaint(text, say):
    """The compiler's first error as a sentence; a missing prototype has one of its own."""
    missing = re.search(r"implicit declaration of function [‘'](\w+)", text)
    if missing:
        return say("prototype", name=missing[1])
    errors = [s.strip() for s in text.splitlines() if "error:" in s or "undefined reference" in s]
    first = re.sub(r"^/\S*/", "", (errors or text.strip().splitlines() or ["?"])[0])
    return say("not_built", why=re.sub(r" \{aka [^}]*\}", "", first))


def object_of(source):
    """The object of a file of ours, compiled once. The answer's printf is another one than the library's."""
    made = os.path.join(ROOT, "build/exercise", os.path.relpath(source, SHELF).replace("/", "_") + ".o")
    inputs = [source, f"{LAB}/lab.h", f"{LAB}/check.h"]
    if not os.path.exists(made) or os.path.getmtime(made) < max(map(os.path.getmtime, inputs)):
        os.makedirs(os.path.dirname(made), exist_ok=True)
        flags = [f for f in FLAGS if not f.startswith("-Dprintf")]
        code, text = children.run(["gcc", *flags, "-c", "-o", f"{made}.{os.getpid()}", source])
        if code:
            raise Wrong(text)
        os.replace(f"{made}.{os.getpid()}", made)
    return made


def compile_answer(exercise, folder, say):
    """The program, built beside the answer."""
    if not shutil.which("gcc"):
        raise Wrong(say("no_tool", tool="gcc"))
    program = os.path.join(folder, ".check")
    files = [os.path.join(folder, f) for f in exercise.about["file"].split() if f.endswith(".c")]
    ours = [object_of(exercise.path("check.c")), object_of(f"{LAB}/lab.c")]
    code, text = children.run(["gcc", *FLAGS, f"-I{folder}", "-o", program, *files, *ours],
                              env={**os.environ, "LC_ALL": "C"})
    if code:
        raise Wrong(complaint(text, say))
    return program


def check(exercise, folder, say):
    program = compile_answer(exercise, folder, say)
    code, text = children.run(["timeout", "20", program], env={**os.environ, "EXERCISE_LANG": say.lang})
    os.remove(program)
    if code:
        lines = text.strip().splitlines() or [f"status {code}"]
        wild = next((s for s in lines if "runtime error: " in s), None)
        raise Wrong(say("undefined", why=re.sub(r"^/\S*/", "", wild)) if wild else lines[-1])
