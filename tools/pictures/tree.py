# SPDX-License-Identifier: MIT
"""tree.py - the picture of a process's tables: each table with the entries that it uses, and the pages at the end."""
from draw import Picture, colour_of
from space import region_word

LEFT, TOP, ROW, WIDE, APART = 30, 96, 26, 190, 250


def tables(entries, root):
    """{address of a table: its entries}, in the order of a walk."""
    found = {root: []}
    for e in entries:
        found.setdefault(int(e["at"], 16) & ~4095, []).append(e)
        if e["is"] == "table":
            found.setdefault(int(e["pa"], 16), [])
    return found


def place(found):
    """{address: (column, y)}: tables stand in the column of their level, below one another."""
    where, below = {}, {}
    for at, entries in found.items():
        column = 2 - entries[0]["level"]
        y = below.get(column, TOP)
        where[at] = (column, y)
        below[column] = y + 34 + ROW * len(entries) + 24
    return where, max(below.values())


def row(p, say, e, x, y, where):
    """One entry, and what it leads to."""
    leaf = e["is"] == "leaf"
    colour = colour_of(e["flags"], e["region"]) if leaf else "table"
    p.box(x, y, WIDE, ROW, colour)
    p.text(x + 6, y + 17, f"[{e['index']}] {e['pte']}", size=12)
    if leaf:
        p.line([(x + WIDE, y + ROW / 2), (x + WIDE + 24, y + ROW / 2)], colour, arrow=True)
        p.text(x + WIDE + 32, y + 17, f"{e['flags']} {region_word(say, e['region'])}", size=12)
        return
    column, top = where[int(e["pa"], 16)]
    middle = x + WIDE + (APART - WIDE) / 2 + (6 if e["index"] else -6)
    p.line([(x + WIDE, y + ROW / 2), (middle, y + ROW / 2), (middle, top + 14), (LEFT + column * APART, top + 14)],
           "table", arrow=True)


def draw(facts, say):
    view = facts["tree"]
    found = tables(view["entries"], int(view["root"], 16))
    where, foot = place(found)
    p = Picture(LEFT + 2 * APART + WIDE + 210, foot + 20, say("tree", pid=view["pid"], name=view["name"]))
    leaves = sum(e["is"] == "leaf" for e in view["entries"])
    p.text(20, 52, say("tree_sum", tables=len(found), leaves=leaves), "soft")
    for n in range(3):
        p.text(LEFT + n * APART + WIDE / 2, TOP - 14, say("level", level=2 - n), "soft", 12, "middle")
    for at, entries in found.items():
        column, y = where[at]
        x = LEFT + column * APART
        name = say("table_at", at=f"{at:#x}") if column else f"{say('root')} {at:#x}"
        p.label(x, y, WIDE, 28, name, size=12, bold=True)
        for n, e in enumerate(entries):
            row(p, say, e, x, y + 28 + n * ROW, where)
    return p
