# SPDX-License-Identifier: MIT
"""stale.py - the picture of a stale translation: two harts, the entry in memory, and what a TLB may have."""
import re

from draw import Picture

TOP, ROW, LEFT = 110, 74, 110
LANES = (("hart", 0), ("memory", 1), ("hart", 2))  # from the left
WIDE, APART = 250, 290


def facts_of(report):
    """The parts of the machine's report."""
    changed = re.search(r"entry at (\w+) from (\w+) to (\w+) in \S+ \((\S+?)\), ([\d,]+) steps ago", report["since"][0])
    read = re.search(r"reads (\w+) in \S+ \((\S+?)\), step (\d+)", report["what"])
    old = re.search(r"may have: (\w+), entry (\w+)", report["near"][0])
    new = re.search(r"memory says: (\w+), entry (\w+)", report["walk"])
    step = int(read[3])
    return {"at": changed[1], "from": changed[2], "to": changed[3], "writer": changed[4], "va": read[1],
            "reader": read[2], "step": step, "written": step - int(changed[5].replace(",", "")), "old": old[1],
            "new": new[1]}


def event(p, lane, n, lines, colour):
    """Draws an event in a lane."""
    x, y = LEFT + lane * APART, TOP + n * ROW + 8
    p.box(x, y, WIDE, 58, colour)
    for i, line in enumerate(lines):
        p.text(x + WIDE / 2, y + 24 + 20 * i - (0 if len(lines) > 1 else -10), line, size=12, anchor="middle",
               bold=i == 0)


def link(p, n, start, end, colour, dash=False):
    """An arrow between two lanes."""
    y = TOP + n * ROW + 37
    a, b = (LEFT + start * APART + (WIDE if end > start else 0), LEFT + end * APART + (0 if end > start else WIDE))
    p.line([(a, y), (b, y)], colour, arrow=True, dash=dash)


def draw(facts, say):
    f = facts_of(facts["stale"])
    p = Picture(LEFT + 3 * APART - 20, TOP + 4 * ROW + 60, say("stale"))
    p.text(20, 54, say("at_place", place=f"{f['writer']}, {f['reader']}"), "soft", 12)
    for key, lane in LANES:
        p.text(LEFT + lane * APART + WIDE / 2, TOP - 12, say("hart", n=lane // 2) if key == "hart" else say("memory"),
               anchor="middle", bold=True)
    times = [say("before"), say("step", n=f["written"]), say("then"), say("step", n=f["step"])]
    for n, time in enumerate(times):
        p.text(LEFT - 14, TOP + n * ROW + 42, time, "soft", 12, "end")
    event(p, 2, 0, [say("reads", va=f["va"]), say("fills", pa=f["old"])], "text")
    event(p, 1, 0, [f["at"], say("entry_is", pte=f["from"], pa=f["old"])], "table")
    link(p, 0, 1, 2, "table")
    event(p, 0, 1, [say("writes_entry"), f["writer"]], "data")
    event(p, 1, 1, [f["at"], say("entry_is", pte=f["to"], pa=f["new"])], "table")
    link(p, 1, 0, 1, "data")
    event(p, 0, 2, [say("fences")], "readonly")
    event(p, 2, 3, [say("reads_again", va=f["va"]), say("may_use", pa=f["old"])], "guard")
    event(p, 1, 3, [f["at"], say("entry_is", pte=f["to"], pa=f["new"])], "table")
    p.text(20, p.high - 24, say("remedy"), bold=True)
    return p
