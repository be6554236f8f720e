# SPDX-License-Identifier: MIT
"""walk.py - the picture of a walk: the address in its parts 9/9/9/12, and each entry that is read."""
from draw import Picture

LEVELS = 3
LEFT, TOP, COLUMN, TABLE = 40, 74, 228, 168  # where the first table begins; from table to table; a table's width


def parts_of(va):
    """[(index or offset, bits)] from the left."""
    return [(va >> 30 & 511, 9), (va >> 21 & 511, 9), (va >> 12 & 511, 9), (va & 4095, 12)]


def flags_of(pte):
    """The flags of an entry as pgtbl writes them."""
    return "".join(c if pte >> n & 1 else "-" for n, c in enumerate("rwxugad", 1)) + ("c" if pte >> 8 & 1 else "-")


def address(p, say, va):
    """The bits of the address; returns the middle of each part."""
    places, x = [], LEFT
    for n, (value, bits) in enumerate(parts_of(va)):
        wide = TABLE if bits == 9 else TABLE + 60
        name = say("offset") if bits == 12 else say("index", level=LEVELS - 1 - n)
        p.text(x + wide / 2, TOP + 16, f"{name}: {say('bits', n=bits)}", "soft", 12, "middle")
        p.label(x, TOP + 24, wide, 26, f"{value:0{bits}b}", "table", bold=True)
        p.text(x + wide / 2, TOP + 68, f"= {value}" if bits == 9 else f"= {value:#x}", anchor="middle", bold=True)
        places.append(x + wide / 2)
        x += COLUMN
    return places


def table(p, say, n, step, here):
    """A table with the entry that is read; returns the entry's height."""
    x, top, high = LEFT + n * COLUMN, TOP + 142, 190
    pte = int(step["pte"], 16)
    y = top + 20 + (high - 74) * step["index"] / 511
    p.text(x + TABLE / 2, top - 24, say("level", level=step["level"]), "soft", 12, "middle")
    p.text(x + TABLE / 2, top - 8, say("table_at", at=here), size=12, anchor="middle")
    p.box(x, top, TABLE, high)
    p.box(x, y, TABLE, 34, "table" if step["is"] == "table" else "readonly")
    p.text(x + 6, y + 14, f"[{step['index']}] {step['pte']}", size=12, bold=True)
    kind = say("pointer") if step["is"] == "table" else say("leaf", flags=flags_of(pte))
    p.text(x + 6, y + 29, kind, size=12)
    return y + 17


def page(p, say, view):
    """The page that the leaf maps, with the data."""
    va, pa = int(view["va"], 16), int(view["pa"], 16)
    x, top = LEFT + LEVELS * COLUMN, TOP + 142
    p.text(x + TABLE / 2, top - 8, say("page_at", at=f"{pa & ~4095:#x}"), size=12, anchor="middle")
    p.box(x, top, TABLE, 190, "readonly")
    y = top + 24 + 130 * (va & 4095) / 4096
    p.label(x, y, TABLE, 26, say("data", at=f"{pa:#x}"), "data", size=12)
    return y + 13


def draw(facts, say):
    view = facts["walk"]
    va, steps = int(view["va"], 16), view["steps"]
    p = Picture(960, 480, say("walk", va=view["va"]))
    p.text(20, 52, say("walk_whose", table=say("process"), pid=view["pid"], name=view["name"]), "soft")
    places = address(p, say, va)
    heights, here = [], f"{int(steps[0]['at'], 16) & ~4095:#x}"
    for n, step in enumerate(steps):
        heights.append(table(p, say, n, step, here))
        here = f"{int(step['pte'], 16) >> 10 << 12:#x}"
    heights.append(page(p, say, view))
    for n, y in enumerate(heights):
        x = LEFT + n * COLUMN
        p.line([(places[n], TOP + 76), (places[n], TOP + 98)], "soft", arrow=True)
        if n:
            right = LEFT + (n - 1) * COLUMN + TABLE
            middle = right + (COLUMN - TABLE) / 2
            p.line([(right, heights[n - 1]), (middle, heights[n - 1]), (middle, TOP + 150), (x, TOP + 150)], "table",
                   arrow=True)
    p.line([(14, TOP + 150), (LEFT, TOP + 150)], "ink", arrow=True)
    p.text(20, TOP + 362, say("satp"), size=12)
    p.line([(14, TOP + 358), (14, TOP + 150)], "ink")
    p.text(20, 466, say("loads", n=len(steps) + 1, entries=len(steps)), bold=True)
    return p
