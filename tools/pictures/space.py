# SPDX-License-Identifier: MIT
"""space.py - the picture of an address space: its ranges, and what is not mapped between them."""
from draw import Picture, colour_of

TOP, ROW, GAP, LEFT, WIDE = 96, 30, 24, 180, 240


def size_of(n):
    """A size as pgtbl writes it."""
    for unit, letter in ((1 << 30, "G"), (1 << 20, "M"), (1 << 10, "K")):
        if n % unit == 0:
            return f"{n // unit}{letter}"
    raise ValueError(n)


def about(say, n):
    """A size in a unit that keeps it short."""
    return say("about", size=size_of(round(n / (1 << 30)) << 30)) if n > 100 << 30 else size_of(n)


def rows(ranges):
    """From the highest address down: ranges, and (start, size) of what is not mapped."""
    end, found = 0, []
    for r in ranges:
        start = int(r["start"], 16)
        if start > end:
            found.append((end, start - end))
        found.append(r)
        end = start + int(r["size"], 16)
    return found[::-1]


def region_word(say, region):
    """The name of a region."""
    return say("datas" if region == "data" else region)


def mapped(p, say, y, r):
    """The row of a range."""
    start, size = int(r["start"], 16), int(r["size"], 16)
    p.label(LEFT, y, WIDE, ROW, region_word(say, r["region"]), colour_of(r["flags"], r["region"]), bold=True)
    p.text(LEFT - 10, y + ROW - 2, f"{start:#x}", anchor="end")
    p.text(LEFT + WIDE + 16, y + 20, r["flags"])
    p.text(LEFT + WIDE + 190, y + 20, size_of(size), anchor="end")
    p.text(LEFT + WIDE + 210, y + 20, f"{r['frames']['kind']}:{r['frames']['owner']}", "soft", 12)


def draw(facts, say):
    view = facts["space"]
    found = rows(view["ranges"])
    high = TOP + sum(ROW if isinstance(r, dict) else GAP for r in found) + 30
    p = Picture(760, high, say("space", pid=view["pid"], name=view["name"]))
    pages = sum(int(r["size"], 16) for r in view["ranges"]) >> 12
    p.text(20, 52, say("space_sum", pages=pages, tables=view["tables"]), "soft")
    p.text(LEFT + WIDE / 2, TOP - 14, say("head_region"), "soft", 12, "middle")
    p.text(LEFT + WIDE + 16, TOP - 14, say("head_flags"), "soft", 12)
    p.text(LEFT + WIDE + 190, TOP - 14, say("head_size"), "soft", 12, "end")
    last = view["ranges"][-1]
    p.text(LEFT - 10, TOP + 4, f"{int(last['start'], 16) + int(last['size'], 16):#x}", anchor="end")
    y = TOP
    for r in found:
        if isinstance(r, dict):
            mapped(p, say, y, r)
            y += ROW
        else:
            p.box(LEFT, y, WIDE, GAP, "hole", dash=True)
            p.text(LEFT + WIDE / 2, y + 16, say("nothing", size=about(say, r[1])), "soft", 12, "middle")
            y += GAP
    return p
