# SPDX-License-Identifier: MIT
"""hunt.py - ./vitrine watch DIR --seeds 1-200 -- LINE...: runs the lines under many seeds, on all cores.

Each kind of failure is printed once, in a line, and repetitions are counted. At the end come a summary and the command
that repeats the first failure. Ctrl-C ends the hunt with a summary of the runs so far.
"""
import collections
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

from words import tr

MAX = 20_000_000_000  # instructions of a run, unless --max says otherwise
LIMIT, STUCK, USAGE = 124, 125, 2
FAILED = re.compile(r"^.*\b(?:FAILED|panic:).*$", re.M)  # messages of the kernel or of its tests

Failure = collections.namedtuple("Failure", "seed what at")


def seeds(text):
    """1-200 or 7 as a range; None: it is neither."""
    found = re.fullmatch(r"(\d+)(?:-(\d+))?", text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    return range(first, last + 1) if first <= last else None


def judge(seed, status, text, reports):
    """The failure of a run; None: none."""
    if reports:
        first = reports[0]
        place = tr("%s in %s") % (first["kind"], first["place"]) if first["function"] else first["kind"]
        return Failure(seed, place, first["at"])
    printed = FAILED.search(text)
    if printed:
        return Failure(seed, tr("it prints: %s") % printed[0].strip()[:50], None)
    said = {LIMIT: tr("it does not end before --max"), STUCK: tr("no hart can go on")}
    if status:
        return Failure(seed, said.get(status, tr("it ends with status %d") % status), None)
    return None


class Hunt:
    """Runs of one command with different seeds."""

    def __init__(self, command, lines):
        self.command, self.lines, self.stop = command, lines, False
        self.running = set()

    def run(self, seed):
        """One run; returns its Failure, or None. Words that the machine refuses end the program."""
        if self.stop:
            return None
        with tempfile.NamedTemporaryFile("r", prefix="hunt", suffix=".json") as told:
            words = [*self.command, "--seed", str(seed), "--json", told.name, *self.lines]
            with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT) as process:
                self.running.add(process)
                text = process.stdout.read().decode(errors="replace")
            self.running.discard(process)
            if process.returncode == USAGE:
                self.stop = True
                raise SystemExit(text.strip())
            reports = [r for r in map(json.loads, told) if not r["note"]]
        return None if self.stop else judge(seed, process.returncode, text, reports)

    def end(self):
        self.stop = True
        for process in list(self.running):
            process.kill()


def show(text):
    print(text if len(text) <= 80 else text[:77] + "...", flush=True)


def tell(failure, known):
    """Prints a line for a new kind of failure."""
    known[failure.what].append(failure.seed)
    if len(known[failure.what]) == 1:
        show(tr("seed %d: %s") % (failure.seed, failure.what))


def summary(done, failures, again):
    n = len(failures)
    show((tr("1 seed: %s") if done == 1 else tr("%d seeds: %%s") % done)
         % (tr("none fail") if n == 0 else tr("1 fails") if n == 1 else tr("%d fail") % n))
    if not failures:
        return 0
    first = min(failures, key=lambda f: f.seed)
    where = "" if first.at is None else f"--stop --at {first.at}"
    print(tr("the first again: ") + " ".join(again(first.seed, where).split()))
    return 3


def hunt(command, lines, asked, again):
    """Runs all seeds. again(seed, where) is the command for one of them. Returns the program's exit status."""
    work, known, failures, done = Hunt(command, lines), collections.defaultdict(list), [], 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        jobs = {pool.submit(work.run, seed): seed for seed in asked}
        try:
            for job in concurrent.futures.as_completed(jobs):
                failure = job.result()
                done += 1
                if failure:
                    failures.append(failure)
                    tell(failure, known)
        except KeyboardInterrupt:
            print(file=sys.stderr)
        finally:
            work.end()
            for job in jobs:
                job.cancel()
    for what, which in known.items():
        if len(which) > 1:
            show(tr("%d times: %s") % (len(which), what))
    return summary(done, failures, again)


def quoted(words):
    return " ".join(shlex.quote(w) for w in words)
