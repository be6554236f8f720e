# SPDX-License-Identifier: MIT
"""hosttest.py - builds and runs the tests that need no machine: tests/host/ROOM/t_NAME.c and tests/fuzz/fz_NAME.c.

Each names the sources to link in a comment line `// SOURCES: kernel/lib/parse/fdt.c kernel/pt/*.c`, paths from the
root. Everything is compiled with the sanitizers; objects are cached by content of the command and of all files read.
"""
import glob
import hashlib
import os
import re
import shutil
import subprocess
import threading

from machine import Failure, slowness

SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
PLAIN = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-fno-omit-frame-pointer"]
CFLAGS = [*PLAIN, *SANITIZE]
HELP = [f"-I{d}" for d in sorted(glob.glob("tests/host/help") + glob.glob("tests/host/*/help"))]
INCLUDES = ["-Itests/host/shim", "-Itests/host", *HELP, "-Imachine", "-Ikernel", "-Iinclude"]
USER_INCLUDES = [*HELP, "-Iuser/include", "-Iinclude"]
LOCKS, LOCKS_LOCK = {}, threading.Lock()


def have(tool):
    return shutil.which(tool) is not None


def units():
    return sorted(os.path.basename(p)[2:-2] for p in glob.glob("tests/host/*/t_*.c"))


def unit_path(name):
    """The source of a unit test, in whichever room it is."""
    return glob.glob(f"tests/host/*/t_{name}.c")[0]


def fuzzers():
    return sorted(os.path.basename(p)[3:-2] for p in glob.glob("tests/fuzz/fz_*.c"))


def sources(path):
    """The files that the SOURCES lines of a test name; fails on a name that matches nothing."""
    with open(path, encoding="utf-8") as f:
        words = " ".join(re.findall(r"^// SOURCES: (.*)$", f.read(), re.M)).split()
    found = []
    for word in words:
        hits = sorted(glob.glob(word))
        if not hits:
            raise Failure(f"{path}: SOURCES names {word}, which does not exist")
        found += [h for h in hits if h not in found]
    return found


def lock_for(path):
    with LOCKS_LOCK:
        return LOCKS.setdefault(path, threading.Lock())


def stale(obj, command):
    """Whether the object is missing, was made by another command, or is older than a file it was made from."""
    try:
        made = os.path.getmtime(obj)
        with open(obj + ".d", encoding="utf-8") as f:
            files = f.read().replace("\\\n", " ").split(":", 1)[1].split()
        with open(obj + ".cmd", encoding="utf-8") as f:
            return f.read() != command or any(os.path.getmtime(x) > made for x in files)
    except (FileNotFoundError, IndexError):
        return True


def compile_one(context, cc, flags, src):
    """The object of one source, compiled unless an up-to-date one is there."""
    tag = hashlib.sha1(" ".join([cc, *flags]).encode()).hexdigest()[:8]
    obj = os.path.join(context.out, "host", tag, src.replace("/", "_") + ".o")
    command = [cc, *flags, "-MD", "-MF", obj + ".d", "-c", "-o", obj, src]
    with lock_for(obj):
        if stale(obj, " ".join(command)):
            os.makedirs(os.path.dirname(obj), exist_ok=True)
            context.must(command)
            with open(obj + ".cmd", "w", encoding="utf-8") as f:
                f.write(" ".join(command))
    return obj


def includes(path, context):
    """Tests of user code see the user's headers, all others the kernel's."""
    user = any(s.startswith("user/") for s in sources(path))
    return (USER_INCLUDES if user else INCLUDES) + [f"-I{context.out}/gen"]


def build(context, path, cc="gcc", extra_flags=(), extra_sources=(), link=(), sanitize=SANITIZE):
    """Links the test with its sources, returns the program's path."""
    files = [path, *sources(path), *extra_sources]
    flags = [*PLAIN, *sanitize, *extra_flags, *includes(path, context), *test_flags(path)]
    objects = [compile_one(context, cc, flags, f) for f in files]
    program = os.path.join(context.dir, "program")
    context.must([cc, *PLAIN, *sanitize, *link, "-o", program, *objects, "-lm"])
    return program


def test_flags(path):
    """More compiler flags, from `// CFLAGS: -D...` lines of the test."""
    with open(path, encoding="utf-8") as f:
        return " ".join(re.findall(r"^// CFLAGS: (.*)$", f.read(), re.M)).split()


def execute(context, command, seconds=600):
    limit = seconds * slowness()
    env = {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", "UBSAN_OPTIONS": "print_stacktrace=1"}
    code, text = context.sh(["timeout", "-k", "5", str(int(limit)), *command], **env)
    if code == 124:
        raise Failure(f"does not end within {limit:.0f} s")
    if code:
        raise Failure(failure_line(text) or f"exit code {code}")


def failure_line(text):
    """The cause of a unit test's failure: a sanitizer's report, else its last line."""
    lines = [s.strip() for s in text.splitlines() if s.strip()]
    for line in lines:
        if any(word in line for word in ("runtime error", "ERROR: ", "FAIL", "Assertion")):
            return line
    return lines[-1] if lines else ""


def run_unit(context, name):
    execute(context, [build(context, unit_path(name))])


def corpus(name):
    return sorted(glob.glob(f"tests/fuzz/corpus/{name}/*"))


def run_replay(context, name, rounds=1000):
    """Runs the checked-in corpus and a number of seeded mutations of it, without libFuzzer."""
    program = build(context, f"tests/fuzz/fz_{name}.c", extra_sources=["tests/fuzz/replay.c"])
    execute(context, [program, "-r", str(rounds), *corpus(name)])


def run_libfuzzer(context, name, words):
    """Fuzzes until stopped, with clang's libFuzzer; new inputs go to the build directory."""
    flags = ["-fsanitize=fuzzer-no-link"]
    program = build(context, f"tests/fuzz/fz_{name}.c", cc="clang", extra_flags=flags, link=["-fsanitize=fuzzer"])
    found = os.path.join(context.out, "fuzz", name)
    os.makedirs(found, exist_ok=True)
    seeds = f"tests/fuzz/corpus/{name}"
    subprocess.run([program, *words, found, *([seeds] if os.path.isdir(seeds) else [])], check=False)
