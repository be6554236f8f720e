#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench.py [KEY...] [--json] [--against FILE] [--scale] [--mips] [KEY=VALUE...] - measures Vitrine.

Instructions come from a run under -icount shift=0 (exact, repeatable, idle time included), microseconds from
one without it (noisy: only the ratio means anything). Each kernel-table design of the list is measured, and
the table has xv6 and Linux beside. --against names the rows that moved since a saved run. The
figures go to build/bench.tsv as well: design, key, instructions, microseconds, and the four of the others.
"""
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import benchdiff  # noqa: E402
import children  # noqa: E402
import glassbench  # noqa: E402
from machine import Failure, Machine  # noqa: E402
from options import Parser  # noqa: E402
from words import tr  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DESIGNS = ("unified", "global", "fullcopy", "sharedroot")
ICOUNT = ["-icount", "shift=0"]
LINE = re.compile(r"^bench (\w+) (\d+) (\d+) (\d+)$", re.M)
FILES = re.compile(r"^fsbench (\w+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) \d+$", re.M)


def reference(path="tools/reference.tsv"):
    """[(key, title, [figures of the others])], in the order of the table; None: unknown."""
    rows = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#"):
                key, title, *figures = line.rstrip("\n").split("\t")
                rows.append((key, title, [None if x == "-" else float(x) for x in figures]))
    return rows


def measure(options, design, icount, command, cpus=1, cache="unsafe"):
    """Returns the output of the bench program on a machine of that design; cache: as of QEMU's -drive."""
    unit = tr("instructions") if icount else tr("time")
    print(f"  kpt={design}, {unit} ...", file=sys.stderr, flush=True)
    work = f"{options.out}/bench/{design}-{'instr' if icount else 'time'}-{cpus}"
    with Machine(f"{options.out}/kernel/kernel", f"{options.out}/test.img", work, cpus=cpus,
                 append=f"quiet kpt={design}", extra=ICOUNT if icount else [], cache=cache) as m:
        m.boot()
        text = m.run(command, hang=300)
        m.poweroff()
    return text


def instructions(text):
    """{key: instructions} for one operation, from what the bench program prints under -icount."""
    return {k: int(i) / int(n) for k, n, i, _ in LINE.findall(text)}


def figures(options, design, keys):
    """{key: (instructions, microseconds)}, for one operation."""
    command = " ".join(["bench", *keys])
    instr = instructions(measure(options, design, True, command))
    time = {k: int(ns) / int(n) / 1000 for k, n, _, ns in LINE.findall(measure(options, design, False, command))}
    return {k: (instr[k], time[k]) for k in instr if k in time}


def number(x):
    return "-" if x is None else f"{x:,.1f}" if x < 100 else f"{x:,.0f}"


def print_columns(table):
    """Prints rows of text; the first column is left-aligned, the others right-aligned."""
    widths = [max(len(r[i]) for r in table) for i in range(len(table[0]))]
    for r in table:
        print(r[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(r[1:], widths[1:])))


def print_table(rows, results):
    """Prints the meaning of the keys, then a table for each unit, in 80 columns."""
    print("\n".join(f"{key:10}  {tr(title)}" for key, title, _ in rows))
    for unit, at, linux_at, xv6_at in (("instr", 0, 1, 0), ("us", 1, 3, 2)):
        table = [[unit, *results, "Linux", "xv6", "/Linux"]]
        for key, _, others in rows:
            ours = [results[d].get(key, (None, None))[at] for d in results]
            linux = others[linux_at]
            ratio = f"{ours[0] / linux:.2f}" if ours[0] is not None and linux else "-"
            table.append([key, *map(number, [*ours, linux, others[xv6_at]]), ratio])
        print()
        print_columns(table)


def save(path, rows, results):
    with open(path, "w", encoding="utf-8") as f:
        f.write("design\tkey\tinstr\tus\txv6_instr\tlinux_instr\txv6_us\tlinux_us\n")
        for design, found in results.items():
            for key, _, others in rows:
                if key in found:
                    words = [f"{x:.3f}" for x in found[key]] + ["-" if x is None else f"{x:g}" for x in others]
                    f.write("\t".join([design, key, *words]) + "\n")


def files(options, design):
    """{key: [reads, writes, flushes, microseconds]} for one operation of fsbench; a flush waits for the host's disk."""
    found = {}
    for key, n, _, ns, *requests in FILES.findall(measure(options, design, False, "fsbench", cache="writeback")):
        found[key] = [int(x) / int(n) for x in requests] + [int(ns) / int(n) / 1000]
    return found


def print_files(options, design):
    """Prints the cost of operations on files, disk included, beside Linux: requests, and time."""
    ours, rows = files(options, design), reference("tools/reference_disk.tsv")
    print("\n" + tr("files") + f", kpt={design}")
    print("\n".join(f"{key:10}  {tr(title)}" for key, title, _ in rows) + "\n")
    table = [["", "reads", "Linux", "writes", "Linux", "flushes", "Linux", "us", "Linux"]]
    for key, _, linux in rows:
        cells = [number(x) if i == 3 else "-" if x is None else f"{x:.2f}"
                 for i, pair in enumerate(zip(ours.get(key, [None] * 4), linux)) for x in pair]
        table.append([key, *cells])
    print_columns(table)
    missing = [key for key, _, _ in rows if key not in ours]
    if missing:
        sys.exit("bench: " + tr("not measured: %s") % " ".join(missing))


def parse_arguments():
    ap = Parser(prog="./vitrine bench", description=tr("measures Vitrine"))
    ap.add_argument("words", metavar=tr("WORD"), nargs="*",
                    help=tr("rows (keys of tools/reference.tsv), KPT=..., O=..."))
    ap.add_argument("--json", action="store_true", help=tr("print the figures as JSON, and no table"))
    ap.add_argument("--against", metavar=tr("FILE"),
                    help=tr("name the rows that moved by over 1 %% since a saved run (--json, or bench.tsv)"))
    ap.add_argument("--figures", action="store_true", help=tr("only write %s, the gate's limits") % benchdiff.FIGURES)
    ap.add_argument("--scale", action="store_true", help=tr("only one operation on eight harts at once, counted"))
    ap.add_argument("--mips", action="store_true", help=tr("only how fast the glass machine is, beside QEMU"))
    ap.add_argument("--no-build", action="store_true", help=tr("take what was built before"))
    return ap.parse_args()


def build(options, values):
    """Builds the programs to measure; with options.scale or options.mips, the glass machine too."""
    goals = ["all"]
    if options.scale or options.mips:
        goals.append(f"{options.out}/machine/glass")
    if options.mips and shutil.which("node"):
        goals.append(f"{options.out}/machine/glass.wasm")
    subprocess.run(["make", "-s", "--no-print-directory", f"-j{os.cpu_count() or 1}", f"O={options.out}", *goals,
                    *(f"{k}={v}" for k, v in values.items())], check=True)


def print_moved(before, results, to):
    rows = [benchdiff.sentence(*row) for row in benchdiff.moved(before, results)]
    print("", *(rows or [tr("no row has moved by over 1 %")]), sep="\n", file=to)


def measure_all(options, designs, keys, rows):
    """The table, for each design; exits if a row has no figure."""
    before = benchdiff.load(options.against) if options.against else None
    results = {d: figures(options, d, keys) for d in designs}
    save(f"{options.out}/bench.tsv", rows, results)
    if options.json:
        print(benchdiff.as_json(results))
    else:
        print_table(rows, results)
    if before:
        print_moved(before, results, sys.stderr if options.json else sys.stdout)
    if not keys and not options.json:
        print_files(options, designs[0])
    missing = [r[0] for r in rows if any(r[0] not in found for found in results.values())]
    if missing:
        sys.exit("bench: " + tr("not measured: %s") % " ".join(missing))


def write_figures(options):
    found = instructions(measure(options, "unified", True, "bench"))
    benchdiff.write_figures(benchdiff.FIGURES, f"{options.out}/kernel/kernel", found)


def run(options, designs, keys, rows):
    """Does the work that the options ask for."""
    if options.figures:
        write_figures(options)
    if options.scale:
        glassbench.print_scale(options, designs[0])
    if options.mips:
        glassbench.print_speed(options)
    if not (options.figures or options.scale or options.mips):
        measure_all(options, designs, keys, rows)


def main():
    options = parse_arguments()
    options.against = os.path.abspath(options.against) if options.against else None
    os.chdir(ROOT)
    children.end_with_me()
    values = dict(w.split("=", 1) for w in options.words if "=" in w)
    options.out = values.pop("O", "build")
    designs = [values.pop("KPT")] if "KPT" in values else DESIGNS
    keys = [w for w in options.words if "=" not in w]
    rows = [r for r in reference() if not keys or r[0] in keys]
    if len(rows) < len(keys):
        sys.exit("bench: " + tr("no such row; there are %s") % " ".join(r[0] for r in reference()))
    if not options.no_build:
        build(options, values)
    try:
        run(options, designs, keys, rows)
    except (Failure, OSError, ValueError) as why:
        sys.exit(f"bench: {why}")


if __name__ == "__main__":
    main()
