# SPDX-License-Identifier: MIT
"""test_bench.py - the rows of the bench need no more instructions than the tree says, and saved runs are compared."""
import contextlib
import io
import os

import bench
import benchdiff
from machine import Failure

# Two runs: one row is the same, one is better by 1 %, one worse by 3 %; one is new.
BEFORE = {"unified": {"null": (100.0, 1.0), "fork": (2000.0, 9.0), "read": (300.0, 2.0)}}
NOW = {"unified": {"null": (100.0, 2.0), "fork": (1980.0, 9.0), "read": (309.0, 2.0), "map": (5.0, 1.0)}}


def test_bench_figures(context):
    """No row is worse by more than 2 %, all are there, and the table of four designs fits 80 columns."""
    compiler, figures = benchdiff.read_figures()
    if benchdiff.compiler_of(context.options.kernel) != compiler:
        context.skip(f"the figures are of {compiler}")
    with context.machine(append="quiet kpt=unified", cpus=1, extra=bench.ICOUNT) as m:
        m.boot()
        found = bench.instructions(m.run("bench", hang=300))
        m.poweroff()
    complaints = benchdiff.worse(figures, found)
    if complaints:
        raise Failure("; ".join(complaints))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        bench.print_table(bench.reference(), {d: {k: (i, 50000.0) for k, i in found.items()} for d in bench.DESIGNS})
    widest = max(printed.getvalue().splitlines(), key=len)
    if len(widest) > 80:
        raise Failure(f"a line of the table has {len(widest)} columns: {widest}")


def test_bench_against(context):
    """A saved run is read back, as JSON or a table; rows that moved by more than 1 % are named, others not."""
    path = os.path.join(context.dir, "run")
    with open(path, "w", encoding="utf-8") as f:
        f.write(benchdiff.as_json(BEFORE))
    if benchdiff.load(path) != BEFORE:
        raise Failure("what --json wrote is read otherwise")
    bench.save(path, [("null", "", [None] * 4), ("fork", "", [1, None, 2.5, 3])], BEFORE)
    if benchdiff.load(path) != {"unified": {k: BEFORE["unified"][k] for k in ("null", "fork")}}:
        raise Failure("what bench.tsv holds is read otherwise")
    if benchdiff.moved(BEFORE, NOW) != [("unified", "read", 300.0, 309.0)]:
        raise Failure(f"moved: {benchdiff.moved(BEFORE, NOW)}")
    found = {k: i for k, (i, _) in NOW["unified"].items()}
    complaints = benchdiff.worse({"null": 100.0, "fork": 2000.0, "read": 300.0, "gone": 1.0}, found)
    if [c.split(":")[0] for c in complaints] != ["map", "gone", "unified read"]:
        raise Failure(f"the gate complains of {complaints}")
    with open(path, "w", encoding="utf-8") as f:
        f.write("[1, 2]")
    try:
        benchdiff.load(path)
    except ValueError:
        return
    raise Failure("a file that is no saved run is taken for one")
