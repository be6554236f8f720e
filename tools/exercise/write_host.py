# SPDX-License-Identifier: MIT
"""write_host.py - an answer in C, compiled for this computer with exercises/lab and the exercise's check.c."""
import os
import re
import shutil

import children
from shelf import ROOT, SHELF, Wrong

LAB = os.path.join(SHELF, "lab")
FLAGS = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror=implicit-function-declaration", "-fno-builtin",
         "-fno-strict-aliasing", "-fsanitize=undefined", "-fno-sanitize=alignment", "-fno-sanitize-recover=all",
         "-Dprintf=lab_printf", f"-I{LAB}"]


def complaint(text, say):
    """The compiler's first error as a sentence; a missing prototype has one of its own."""
    missing = re.search(r"implicit declaration of function [‘'](\w+)", text)
    if missing:
        return say("prototype", name=missing[1])
    errors = [s.strip() for s in text.splitlines() if "error:" in s or "undefined reference" in s]
    first = re.sub(r"^/\S*/", "", (errors or text.strip().splitlines() or ["?"])[0])
    return say("not_built", why=first)


def compile_answer(exercise, folder, say):
    """The program, built beside the answer. The check is compiled without the answer's printf."""
    if not shutil.which("gcc"):
        raise Wrong(say("no_tool", tool="gcc"))
    program = os.path.join(folder, ".check")
    files = [os.path.join(folder, f) for f in exercise.about["file"].split() if f.endswith(".c")]
    library = os.path.join(ROOT, "build/exercise/lab.o")
    if not os.path.exists(library) or os.path.getmtime(library) < os.path.getmtime(f"{LAB}/lab.c"):
        os.makedirs(os.path.dirname(library), exist_ok=True)
        lab = [f for f in FLAGS if not f.startswith("-Dprintf")]
        code, text = children.run(["gcc", *lab, "-c", "-o", f"{library}.{os.getpid()}", f"{LAB}/lab.c"])
        if code:
            raise Wrong(text)
        os.replace(f"{library}.{os.getpid()}", library)
    code, text = children.run(["gcc", *FLAGS, f"-I{folder}", "-o", program, *files, exercise.path("check.c"), library],
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
        why = next((s for s in lines if "runtime error" in s), lines[-1])
        raise Wrong(re.sub(r"^/\S*/", "", why))
