# SPDX-License-Identifier: MIT
"""designs.py - the picture of the four designs: the tables in user mode and in the kernel."""
from draw import Picture

TOP, ROW, WIDE, APART, LEFT = 150, 34, 116, 250, 20
KERNEL_HALF = 256  # the first index of the root that belongs to the kernel
# Blocks of a column, from the top: name, the regions of pgtbl that it stands for.
BLOCKS = (("image", ("ktext", "krodata", "kdata")), ("kernel_stacks", ("kstack",)), ("devices", ("device",)),
          ("ram", ("ram",)), None, ("trampoline", ("trampoline",)), ("trapframe", ("trapframe",)),
          ("usyscall", ("usyscall",)), ("program", ("text", "data", "stack", "heap")))
LEGEND = (("legend_user", "text"), ("legend_own", "data"), ("legend_shared", "kernel"), ("legend_none", None))
INDEX = {"image": 510, "kernel_stacks": 385, "devices": 384, "ram": 258}  # of the root


def shared(design, name):
    """Does the kernel's own table have this block in the same tables?"""
    own, kernel = design["roots"]
    n = INDEX.get(name)
    n = n if n is not None else 255 if name == "trampoline" else None
    return n is not None and str(n) in own and own[str(n)] == kernel.get(str(n))


def block(p, say, x, y, name, regions, view, lent):
    """One block of a column."""
    there = {r["region"]: r for r in view["ranges"]}
    found = [there[r] for r in regions if r in there]
    if not found:
        p.box(x, y, WIDE, ROW, dash=True)
        return
    user = any("u" in r["flags"] for r in found)
    mirrored = name in ("program", "usyscall") and not user
    label = say("mirror") if mirrored and name == "program" else say(name)
    p.label(x, y, WIDE, ROW, label, "kernel" if lent else "text" if user else "data", size=12)


def column(p, say, x, head, view, lent):
    """A table, block by block; lent(name) tells which blocks lie in the kernel's tables."""
    p.text(x + WIDE / 2, TOP - 10, head, "soft", 12, "middle")
    y = TOP
    for b in BLOCKS:
        if b is None:
            y += 14
            continue
        block(p, say, x, y, b[0], b[1], view, lent(b[0]))
        y += ROW


def panel(p, say, x, name, d):
    """One design."""
    own, kernel = d["roots"]
    sh = next(s for s in d["stats"]["processes"] if s["name"] == "sh")
    single = d["user"]["root"] == d["kernel"]["root"]
    half = [n for n in own if int(n) >= KERNEL_HALF]
    p.text(x + 117, 84, name, size=15, anchor="middle", bold=True)
    p.text(x + 117, 106, say("per_process", n=sh["tables"]), size=12, anchor="middle")
    if single:
        column(p, say, x + 59, say("in_both"), d["kernel"], lambda b: shared(d, b))
    else:
        column(p, say, x, say("in_user"), d["user"], lambda b: False)
        column(p, say, x + WIDE + 3, say("in_kernel"), d["kernel"], lambda b: shared(d, b))
    y = TOP + ROW * 8 + 14
    one = own == kernel
    lines = (say("one_root") if one else say("own_root"),
             say("shared_tables", n=sum(own[n] == kernel.get(n) for n in half), all=len(half)),
             say("switches_0" if single else "switches_2"))
    for n, line in enumerate(lines):
        p.text(x + 117, y + 24 + n * 18, line, size=12, anchor="middle")


def draw(facts, say):
    p = Picture(2 * LEFT + 4 * APART - 15, TOP + ROW * 8 + 130, say("designs"))
    for n, (name, d) in enumerate(facts["designs"].items()):
        panel(p, say, LEFT + n * APART, name, d)
    x, y = LEFT, p.high - 28
    for key, colour in LEGEND:
        p.box(x, y, 22, 14, colour, dash=not colour)
        p.text(x + 30, y + 12, say(key), size=12)
        x += 262
    return p
