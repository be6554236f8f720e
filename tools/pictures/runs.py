# SPDX-License-Identifier: MIT
"""runs.py - the runs behind the pictures: lines typed at Vitrine's prompt on the glass machine, and what comes back.

The glass machine gives the same run for the same lines, so a picture can be compared with a run of its own.
"""
import json
import os
import re
import subprocess
import tempfile

import glass

DESIGNS = ("unified", "global", "fullcopy", "sharedroot")


class Runs:
    """Runs of the kernel in the build directory `out`."""

    def __init__(self, out):
        self.out = out

    def typed(self, design, *lines):
        """The output of lines that are typed in a boot with this design."""
        command = [f"{self.out}/machine/glass", *glass.firmware(f"{self.out}/kernel/kernel"), "--harts", "1", "--mem",
                   "64M", "--lang", "en", "--append", f"kpt={design}", f"{self.out}/kernel/kernel",
                   f"{self.out}/test.img", "--", *lines]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
        return done.stdout.decode("utf-8", "replace").replace("\r", "")

    def views(self, design, *lines):
        """The JSON that the lines print, view by view."""
        return [json.loads(s) for s in self.typed(design, *lines).splitlines() if s.startswith("{")]

    def forks(self):
        """[(parent's walk, child's, the memory)] after the fork, the read of the child, the write of the parent."""
        said = self.typed("unified", line_of(0, 0, "0x0"))
        pids = re.search(r"^(\d+) and (\d+) share memory at (\w+)", said, re.M)
        views = self.views("unified", line_of(*pids.groups()))
        memory = [region_at(v, pids[3]) for v in views[2::3]]
        return list(zip(views[::3], views[1::3], memory))

    def stale(self):
        """The report of a translation that another hart still has."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "reports")
            subprocess.run([f"{self.out}/machine/glass", "--json", path, "--lang", "en", "--harts", "2", "--mem", "64M",
                            "--no-pmp", f"{self.out}/page/fence"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False)
            with open(path, encoding="utf-8") as f:
                return json.loads(f.readline())


def line_of(parent, child, memory):
    """The line that walks for one address in both processes of forkpair. Its pids depend on the lines before alone."""
    return f'forkpair sh -c "pgtbl -j walk {parent} {memory}; pgtbl -j walk {child} {memory}; ' \
           f'pgtbl -j map {parent}"'


def everything(runs):
    """All that the pictures show."""
    walk, tree, space = runs.views("global", "pgtbl -j walk 2 0x3fffffd008", "pgtbl -j tree 1", "pgtbl -j map 2")
    designs = {}
    for design in DESIGNS:
        stats, user, kernel, own, shared = runs.views(design, "pgtbl -j stats", "pgtbl -j map 2", "pgtbl -j map -k 2",
                                                      "pgtbl -j tree -k 2", "pgtbl -j tree 0")
        designs[design] = {"stats": stats, "user": user, "kernel": kernel, "roots": [roots(own), roots(shared)]}
    return {"walk": walk, "tree": tree, "space": space, "designs": designs, "fork": runs.forks(), "stale": runs.stale()}


def roots(tree):
    """The entries of the root: index and entry."""
    return {e["index"]: e["pte"] for e in tree["entries"] if e["level"] == 2}


def region_at(view, address):
    """The range of a map that begins at the address."""
    return next(r for r in view["ranges"] if r["start"] == address)
