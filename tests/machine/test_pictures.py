# SPDX-License-Identifier: MIT
"""test_pictures.py - the pictures of doc/teaching.md say what a run says."""
import json
import os
import re
import sys
import xml.etree.ElementTree as tree

from glassrun import FIRMWARE, glass, run
from machine import Failure

sys.path.append("tools/pictures")
NAMES = ("walk", "space", "tree", "designs", "fork", "stale")
SVG = "{http://www.w3.org/2000/svg}"


def texts(folder, name):
    """The texts of a picture, in order."""
    return [t.text for t in tree.parse(os.path.join(folder, name)).getroot().iter(f"{SVG}text")]


def prompt(context, design, *lines):
    """The text that the same lines print in a run of the test's own."""
    out = context.out
    return run(context, "--firmware", FIRMWARE, "--harts", "1", "--mem", "64M", "--append", f"kpt={design}",
               f"{out}/kernel/kernel", f"{out}/test.img", "--", *lines)


def show(picture, name, *wanted):
    """Fails unless the picture has each of the texts."""
    for text in wanted:
        if not any(text in t for t in picture):
            raise Failure(f"{name} lacks {text!r}")


def made(context):
    """The directory with the pictures."""
    folder = os.path.abspath(os.path.join(context.dir, "pictures"))
    context.must(["./vitrine", "pictures", f"O={context.out}", folder])
    return folder


def test_pictures(context):
    """Entries, addresses and counts in the pictures are those of the text views; both languages show the same ones."""
    folder = made(context)
    for name in NAMES:
        halves = [re.findall(r"0x[0-9a-f]+", " ".join(texts(folder, n))) for n in (f"{name}.svg", f"{name}.zh.svg")]
        if halves[0] != halves[1]:
            raise Failure(f"{name}.zh.svg shows other numbers than {name}.svg")
    said = prompt(context, "global", "pgtbl -n walk 2 0x3fffffd008", "pgtbl -n tree 1", "pgtbl -n map 2")
    walk(said, texts(folder, "walk.svg"))
    entries_of(said, texts(folder, "tree.svg"))
    space(said, texts(folder, "space.svg"))
    for design in ("unified", "global", "fullcopy", "sharedroot"):
        told = re.search(r"(\d+) +\d+  sh$", prompt(context, design, "pgtbl -n stats"), re.M)[1]
        show(texts(folder, "designs.svg"), "designs.svg", design, f"tables of sh: {told}")
    fork(folder)
    stale(context, texts(folder, "stale.svg"))


def walk(said, picture):
    steps = re.findall(r"^\d  level \d entry (\d+) +at 0x\w+: 0x0*(\w+)", said, re.M)
    show(picture, "walk.svg", *(f"[{n}] 0x{pte}" for n, pte in steps))
    data = re.search(r"data +at 0x0*(\w+)", said)[1]
    show(picture, "walk.svg", f"data 0x{data}", f"{len(steps)} entries and the data")


def entries_of(said, picture):
    entries = re.findall(r"^(?: \.\.)+(\d+): pte 0x0*(\w+) pa", said.split("pgtbl -n tree 1")[1], re.M)
    if len(entries) != sum(1 for t in picture if t.startswith("[")):
        raise Failure("tree.svg has other entries than pgtbl tree")
    show(picture, "tree.svg", *(f"[{n}] 0x{pte}" for n, pte in entries))


def space(said, picture):
    rows = re.findall(r"^([0-9a-f]{10}) [0-9a-f]{10} +(\w+) +\w+ ([\w~-]{8})- (\w+)", said, re.M)
    for start, size, flags, region in rows:
        show(picture, "space.svg", f"{int(start, 16):#x}", flags, size, region)
    if len(rows) != sum(1 for t in picture if re.fullmatch(r"[rwxugadc~-]{8}", t)):
        raise Failure("space.svg has other ranges than pgtbl map")


def fork(folder):
    """The page is shared, then the writer has one of its own, as copy-on-write promises."""
    with open(os.path.join(folder, "facts.json"), encoding="utf-8") as f:
        moments = json.load(f)["fork"]
    pages = [[int(w["pa"] or "0", 16) for w in m[:2]] for m in moments]
    picture = texts(folder, "fork.svg")
    show(picture, "fork.svg", "references 2", f"{pages[1][1]:#x}", f"{pages[2][0]:#x}", "r--u-adc", "rw-u-ad-")
    if pages[0] != [0, 0] or pages[1][0] != 0 or pages[2][0] == pages[2][1] or pages[1][1] != pages[2][1]:
        raise Failure(f"the pages of parent and child are {pages}")


def stale(context, picture):
    command = [glass(context), "--harts", "2", "--mem", "64M", "--no-pmp", f"{context.out}/page/fence"]
    _, said = context.sh(["timeout", "300", *command])
    said = " ".join(said.split())
    old, new = re.search(r"from (0x\w+) to (0x\w+) in", said).groups()
    show(picture, "stale.svg", f"{old} -> " + re.search(r"may have: (0x\w+)", said)[1],
         f"{new} -> " + re.search(r"memory says: (0x\w+)", said)[1], re.search(r"step (\d+)", said)[1])


def test_picture_problems(context):
    """A text that is cut, or lies on another one, is found."""
    from draw import Picture  # noqa: PLC0415
    p = Picture(200, 100, "a title")
    p.text(180, 60, "too long for this")
    p.text(20, 34, "too near")
    found = sorted(p.problems())
    if found != ["'too long for this' is cut", "'too near' lies on 'a title'"]:
        raise Failure(f"problems() finds {found}")
