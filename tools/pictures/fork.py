# SPDX-License-Identifier: MIT
"""fork.py - the picture of fork and copy-on-write: one page of parent and child, at three moments of a run."""
from draw import Picture
from walk import flags_of

TOP, APART, LEFT, WIDE = 84, 330, 20, 300


def table_of(entry):
    """The address of the table or page that an entry leads to."""
    return f"{int(entry['pte'], 16) >> 10 << 12:#x}"


def side(p, say, x, y, who, walk):
    """One process: its entry of level 1, and its leaf; returns where an arrow leaves, and the page (None: deferred)."""
    last = walk["steps"][-1]
    p.text(x, y - 6, say(who, pid=walk["pid"]), size=12, bold=True)
    if last["is"] == "deferred":
        p.label(x, y, WIDE, 28, say("deferred", pte=last["pte"]), "hole", "soft", size=12)
        return None
    p.box(x, y, WIDE, 54)
    p.text(x + 6, y + 18, say("leaf_table", at=table_of(walk["steps"][-2])), size=12)
    p.label(x, y + 26, WIDE, 28, f"[{last['index']}] {last['pte']}  {flags_of(int(last['pte'], 16))}",
            "data" if "w" in flags_of(int(last["pte"], 16)) else "readonly", size=12)
    return table_of(last)


def page(p, say, x, y, at, references, colour):
    """A frame of memory."""
    p.box(x, y, 140, 44, colour)
    p.text(x + 70, y + 18, at, size=12, anchor="middle", bold=True)
    p.text(x + 70, y + 35, say("users", n=references), size=11, anchor="middle")


def lent(p, say, x, parent, memory):
    """The moment after the fork: both lead to one table."""
    last = parent["steps"][-1]
    y = TOP + 212
    p.box(x + 50, y, WIDE - 100, 54)
    p.text(x + 56, y + 18, say("leaf_table", at=table_of(last)), size=12)
    p.label(x + 50, y + 26, WIDE - 100, 28, f"[0] {memory['flags']}", "data", size=12)
    p.line([(x, TOP + 74), (x - 8, TOP + 74), (x - 8, y + 14), (x + 50, y + 14)], "table", arrow=True, dash=True)
    right = x + WIDE - 20
    p.line([(right, TOP + 178), (right, y + 14), (right - 30, y + 14)], "table", arrow=True, dash=True)
    p.line([(x + WIDE / 2, y + 54), (x + WIDE / 2, y + 78)], "data", arrow=True)


def panel(p, say, n, moment, first):
    """One moment; `first` is the page that both had."""
    parent, child, memory = moment
    x = LEFT + n * APART
    p.text(x, TOP, say(f"fork_{n}"), size=14, bold=True)
    own = side(p, say, x, TOP + 60, "parent", parent)
    his = side(p, say, x, TOP + 150, "child", child)
    foot = TOP + 290
    if not own and not his:
        lent(p, say, x, parent, memory)
        page(p, say, x + 80, foot, first, memory["frames"]["references"], "data")
    elif own and his and own != his:
        page(p, say, x, foot, own, memory["frames"]["references"], "data")
        page(p, say, x + 160, foot, his, 1, "readonly")
        p.line([(x, TOP + 100), (x - 8, TOP + 100), (x - 8, foot + 22), (x, foot + 22)], "data", arrow=True)
        p.line([(x + 230, TOP + 204), (x + 230, foot)], "readonly", arrow=True)
    else:
        page(p, say, x + 80, foot, first, memory["frames"]["references"], "readonly")
        p.line([(x + 150, TOP + 204), (x + 150, foot)], "readonly", arrow=True)
        p.line([(x, TOP + 74), (x - 8, TOP + 74), (x - 8, foot + 22), (x + 80, foot + 22)],
               "table", arrow=True, dash=True)
    p.text(x, foot + 74, say(f"fork_{n}_note"), size=12)
    p.text(x, foot + 92, say(f"fork_{n}_more"), size=12)


def draw(facts, say):
    moments = facts["fork"]
    p = Picture(2 * LEFT + 3 * APART - 30, TOP + 400, say("fork", va=moments[0][0]["va"]))
    first = table_of(moments[1][1]["steps"][-1])
    for n, moment in enumerate(moments):
        panel(p, say, n, moment, first)
    return p
