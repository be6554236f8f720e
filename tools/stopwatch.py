#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""stopwatch.py - how long a new user waits: first prompt, first walk, first explained fault, first exercise solved.

In a fresh clone, without a build: `git clone . /tmp/new; cd /tmp/new; python3 tools/stopwatch.py`. The times count from
the first command on, without the time to read and type. Beside each is the processor time, which other programs on the
computer do not change. It follows README.md: ./vitrine run, two lines at the prompt, then exercise 23. LANG decides the
language.
"""
import glob
import os
import re
import select
import shutil
import subprocess
import sys
import time

TICK = os.sysconf("SC_CLK_TCK")
PATIENCE = 600  # seconds
FOLDER = "exercise-23"


def processor_time(session):
    """Seconds that the processes of the session have used, with those that have ended."""
    total = 0
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="utf-8", errors="replace") as f:
                fields = f.read().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if fields[3] == str(session):
            total += sum(map(int, fields[11:15]))
    return total / TICK


class Watch:
    """Counts from its start; print() writes a row."""

    def __init__(self):
        self.start, self.before = time.monotonic(), 0.0

    def print(self, what, used):
        print(f"{what:24} {time.monotonic() - self.start:6.1f} s  {self.before + used:6.1f} s", flush=True)


def wait(process, pattern):
    """Reads output until it matches."""
    text, end = "", time.monotonic() + PATIENCE
    while not re.search(pattern, text):
        if time.monotonic() > end or not select.select([process.stdout], [], [], PATIENCE)[0]:
            sys.exit(f"stopwatch: no {pattern!r} within {PATIENCE} s")
        data = os.read(process.stdout.fileno(), 1 << 16)
        if not data:
            sys.exit(f"stopwatch: the end, before {pattern!r}: {text[-300:]}")
        text += data.decode("utf-8", "replace")


def at_the_prompt(watch):
    """./vitrine run, a walk, a fault, and poweroff."""
    with subprocess.Popen(["./vitrine", "run"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, start_new_session=True) as run:
        steps = (("first prompt", None, r"\n\$ "), ("first walk", "pgtbl walk 1 0x18", r"0x18:(?s:.*)\n\$ "),
                 ("first explained fault", "die load", r"scause(?s:.*)\n\$ "))
        for what, line, pattern in steps:
            if line:
                run.stdin.write(f"{line}\n".encode())
                run.stdin.flush()
            wait(run, pattern)
            used = processor_time(run.pid)
            watch.print(what, used)
        run.stdin.write(b"poweroff\n")
        run.stdin.close()
        run.stdout.read()
    watch.before = used


def exercise(watch):
    """Exercise 23, as doc/exercises.md does it: start, watch, answer, check."""
    answer = f"echo 'where = usertrapret' > {FOLDER}/answer.txt"
    line = (f"./vitrine exercise start 23; ./vitrine watch {FOLDER} -- go exit; {answer}; "
            "./vitrine exercise check 23; times")
    done = subprocess.run(["sh", "-c", line], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    said = done.stdout.decode()
    if not re.search(r"^exercise 23: right|^练习 23: 正确", said, re.M):
        sys.exit(f"stopwatch: exercise 23 is not solved: {said[-300:]}")
    parts = re.findall(r"(\d+)m([\d.]+)s", said)[-2:]  # of the shell's children
    watch.print("first exercise solved", sum(60 * int(m) + float(s) for m, s in parts))
    shutil.rmtree(FOLDER)


def main():
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for there in ("build", FOLDER):
        if os.path.exists(there):
            sys.exit(f"stopwatch: {there} exists: use a fresh clone")
    print(f"{'':24} {'time':>8}  {'processor':>8}")
    watch = Watch()
    at_the_prompt(watch)
    exercise(watch)


if __name__ == "__main__":
    main()
