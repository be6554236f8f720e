# SPDX-License-Identifier: MIT
"""test_stock.py - kernels from elsewhere pass their own tests on the glass machine, with no report.

They are not kept here. STOCK names a directory with trees of xv6 in which make has been run, board-2020 for that
year; a tree that is not there is skipped. LINUX names a directory with Image and initrd.cpio, whose init gives the
prompt "$ " and knows `echo`, `fork` and `poweroff`.
"""
import os
import re

from glassrun import FIRMWARE, glass, reports
from machine import Failure, slowness

YEARS = (2020, 2022, 2024, 2025)
TLB = ("strict", "oldest", "random", "late")
SEEDS = 50


def end(context, words, *good):
    """Runs to the end; the patterns must be there, and no report."""
    code, text = context.sh(["timeout", "-k", "5", str(int(3600 * slowness())), glass(context), *words])
    wrong = reports(text)
    missing = [p for p in good if not re.search(p, text)]
    if code != 0 or wrong or missing:
        raise Failure(f"status {code}, {wrong[:1] or missing or text.strip()[-100:]}")


def tree(context, year):
    path = os.path.join(os.environ.get("STOCK", "/nonexistent"), f"board-{year}")
    if not os.path.exists(f"{path}/kernel/kernel"):
        context.skip(f"no xv6 of {year} is built in the directory that STOCK names")
    return path


def xv6(context, year, seed, tlb, line, good):
    path = tree(context, year)
    with open(f"{path}/Makefile", encoding="utf-8") as f:
        version = [] if "force-legacy=false" in f.read() else ["--legacy"]
    end(context, ["--no-pmp", *version, "--seed", str(seed), "--tlb", tlb, f"{path}/kernel/kernel", f"{path}/fs.img",
                  "--", line], good)


def linux(context, harts, tlb):
    path = os.environ.get("LINUX", "/nonexistent")
    if not os.path.exists(f"{path}/Image"):
        context.skip("the directory that LINUX names has no Image")
    end(context, ["--harts", str(harts), "--tlb", tlb, "--firmware", FIRMWARE, "--append", "console=ttyS0 quiet",
                  "--initrd", f"{path}/initrd.cpio", f"{path}/Image", "--", "echo hello", "fork", "fork",
                  "poweroff"], r"\nhello\r?\n", "100 children")


def forks(context, year):
    for seed in range(1, SEEDS + 1):
        xv6(context, year, seed, "strict", "forktest", "fork test OK")


def add(name, function):
    function.is_long = True
    globals()[f"test_stock_{name}"] = function


for y in YEARS:
    add(f"forktest_{y}", lambda context, y=y: forks(context, y))
    for t in TLB:
        add(f"usertests_{y}_{t}", lambda context, y=y, t=t: xv6(context, y, 1, t, "usertests", "ALL TESTS PASSED"))
for t in TLB:
    for h in (1, 3):
        add(f"linux_{h}_{t}", lambda context, h=h, t=t: linux(context, h, t))
