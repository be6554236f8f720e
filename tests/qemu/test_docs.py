# SPDX-License-Identifier: MIT
"""test_docs.py - compares the sessions in the pages with the machine's output.

A block ```console in README.md, doc/*.md, their Chinese halves, which boot with lang=zh, or tests/bugs/*.md (a page
for each mistake once made) is a session at the console: lines that start with `$ ` are typed, the others must follow;
lines before the first of them are the output of boot, from the banner on. All blocks of a page that boot alike are one
session, in their order. A line `...` stands for any lines.

Words after `console`: `kpt=global` and the like go to the kernel command line (without any, kpt=unified quiet);
`cpus=1`; `insecure`: a kernel built with INSECURE=1; `figures`: numbers may be others. Physical addresses may always
be others, within the page they must not; the same holds for page numbers in entries, and for places in the code of
programs.
"""
import glob
import os
import re
import shutil
import sys

from machine import Failure, unfold

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BLOCK = re.compile(r"^```console(?: ([^\n]*))?\n(.*?)^```$", re.M | re.S)
NUMBER = re.compile(r"\b(?:0x[0-9a-f]+|[0-9a-f]{8,16}|[0-9][0-9,]*(?:\.[0-9]+)?)\b")
ADDRESS = re.compile(r"\b(?:0x)?([0-9a-f]{8,16})\b")
PLACE = re.compile(r"((?:[a-z_][\w.]*\+|\bsepc=)0x)[0-9a-f]+")
BANNER = "vitrine: "
RAM = range(0x80000000, 0x100000000)
ENTRIES = range(0x20000000, 0x40000000)  # entries that map such RAM


class Block:
    """One session: how the machine is booted, and [(line of the page, command or None, expected output)]."""

    def __init__(self, page, line, words, text):
        self.page, self.figures, self.cpus, self.variant, boot = page, False, 3, None, []
        for word in words:
            if word == "figures":
                self.figures = True
            elif word == "insecure":
                self.variant = "INSECURE"
            elif word.startswith("cpus="):
                self.cpus = int(word[5:])
            else:
                boot.append(word)
        self.steps = list(steps(line, text))
        if self.steps[0][1] is not None:
            boot.append("quiet")
        if not any(w.startswith("kpt=") for w in boot):
            boot.insert(0, "kpt=unified")
        if page.endswith(".zh.md") or page.startswith("doc/zh/"):
            boot.insert(0, "lang=zh")
        self.append = " ".join(boot)


def steps(line, text):
    command, start, follows = None, line, []
    for n, s in enumerate(text.splitlines(), line + 1):
        if not s.startswith("$ "):
            follows.append(s)
            continue
        if command is not None or follows:
            yield start, command, follows
        command, start, follows = s[2:], n, []
    yield start, command, follows


def blocks(page):
    with open(os.path.join(ROOT, page), encoding="utf-8") as f:
        text = f.read()
    for m in BLOCK.finditer(text):
        yield Block(page, text.count("\n", 0, m.start()) + 1, (m[1] or "").split(), m[2])


def placed(m):
    value = int(m[1], 16)
    if value in RAM:
        return f"<pa+{value & 0xfff:x}>"
    if value in ENTRIES:
        return f"<entry+{value & 0x3ff:x}>"
    return m[0]


def normal(line, figures):
    """The line without differences between builds."""
    line = ADDRESS.sub(placed, PLACE.sub(r"\1N", line))
    line = re.sub(r"hart \d+ starting", "hart N starting", line)  # the firmware draws lots for the first
    if figures:
        line = re.sub(r"-+", "-", NUMBER.sub("N", line))
    return " ".join(line.split())


def difference(want, got, figures):
    """The index of the first line of `want` that `got` does not have, and the line there instead; None: they agree."""
    want, got = [normal(s, figures) for s in want], [normal(s, figures) for s in got]
    at, gap = 0, False
    for i, line in enumerate(want):
        if line == "...":
            gap = True
            continue
        there = got.index(line, at) if gap and line in got[at:] else at
        if there >= len(got) or got[there] != line:
            return i, got[at] if at < len(got) else "nothing"
        at, gap = there + 1, False
    return None if gap or at == len(got) else (len(want), got[at])


def compare(block, start, want, text):
    want = unfold("\n".join(want)).splitlines()
    wrong = difference(want, unfold(text).strip("\n").splitlines(), block.figures)
    if wrong:
        expected = want[wrong[0]] if wrong[0] < len(want) else "nothing more"
        raise Failure(f"{block.page}:{start + 1 + wrong[0]}: the page has {expected!r}, the machine {wrong[1]!r}")


def play(machine, block):
    for start, command, want in block.steps:
        if command is not None:
            compare(block, start, want, machine.run(command))


def session(context, group):
    with context.machine(append=group[0].append, cpus=group[0].cpus, variant=group[0].variant) as m:
        printed = m.boot()
        for block in group:
            if block.steps[0][1] is None:
                start, _, want = block.steps[0]
                compare(block, start, want, printed[printed.index(BANNER) : -2])
            play(m, block)
        m.poweroff()


def check_page(context, page):
    groups = {}
    for block in blocks(page):
        groups.setdefault((block.append, block.cpus, block.variant), []).append(block)
    for group in groups.values():
        session(context, group)


def pages():
    places = ("README.md", "README.zh.md", "doc/*.md", "doc/zh/*.md", "tests/bugs/*.md")
    found = [os.path.relpath(p, ROOT) for place in places for p in sorted(glob.glob(f"{ROOT}/{place}"))]
    return [p for p in found if os.path.exists(os.path.join(ROOT, p)) and any(True for _ in blocks(p))]


for _page in pages():
    _name = os.path.basename(_page)[:-3].lower().replace("-", "_").removesuffix(".zh")
    _kind = "bug" if _page.startswith("tests/bugs/") else "zh" if "zh" in _page else "doc"
    globals()[f"test_{_kind}_{_name}"] = lambda context, page=_page: check_page(context, page)


# -- the figures of doc/designs.md

DESIGNS = ("unified", "global", "fullcopy", "sharedroot")
MODES = ("sv39", "sv48", "sv57")  # of the first design
COLUMNS = {len(DESIGNS): DESIGNS, len(MODES): MODES}
FIGURE = re.compile(r"^kptbench (\w+) (\w+) (\d+) (\d+) \d+ (\d+) (\d+)$", re.M)
TABLES = re.compile(r"^kptbench (\w+) tables (\d+) \d+$", re.M)


def promised(text):
    """{(column, key): [the figures that the page has]}: instructions, satp writes and fences, table pages."""
    found = {}
    for key, row in re.findall(r"^\| `(\w+)`[^|]*\|(.*)\|$", text, re.M):
        cells = row.split("|")
        for column, cell in zip(COLUMNS.get(len(cells), ()), cells):
            numbers = [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", cell)]
            if numbers:
                found.setdefault((column, key), []).extend(numbers)
    return found


def rewritten(text, got):
    """The page with the measured figures in the places of its own."""

    def row(m):
        cells = m[3].split("|")
        columns = COLUMNS.get(len(cells), ())
        if any((column, m[2]) not in got for column in columns):
            return m[0]
        for i, column in enumerate(columns):
            figures = got[column, m[2]]
            n = len(re.findall(r"\d[\d,]*", cells[i]))
            take = iter(figures[1:] if n == 2 else figures[:1])
            cells[i] = re.sub(r"\d[\d,]*", lambda _, t=take: f"{next(t):,.0f}", cells[i])
        return m[1] + "|".join(cells) + "|"

    return re.sub(r"^(\| `(\w+)`[^|]*\|)(.*)\|$", row, text, flags=re.M)


def measured(context, design, mode, column):
    with context.machine(append=f"quiet kpt={design} mmu={mode}", cpus=1, extra=["-icount", "shift=0"]) as m:
        m.boot()
        text = m.run("kptbench", hang=180)
        m.poweroff()
    found = {(column, key): [int(x) / int(n) for x in rest] for d, key, n, *rest in FIGURE.findall(text) if d == design}
    return found | {(column, "tables"): [float(n)] for d, n in TABLES.findall(text) if d == design}


def test_docs_figures(context):
    """The counts of kptbench are those of doc/designs.md, to a tenth; UPDATE_GOLDEN=1 writes the figures anew."""
    path = os.path.join(ROOT, "doc/designs.md")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    got = {k: v for d in DESIGNS for k, v in measured(context, d, MODES[0], d).items()}
    got |= {k: v[:1] for m in MODES for k, v in measured(context, DESIGNS[0], m, m).items()}
    if os.environ.get("UPDATE_GOLDEN"):
        text = rewritten(text, got)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    want = promised(text)
    if not want or set(want) != set(got):
        raise Failure(f"doc/designs.md and kptbench have different rows: {sorted(set(want) ^ set(got))}")
    for (design, key), numbers in want.items():
        if len(numbers) != len(got[design, key]) or any(
                abs(a - b) > max(1, a / 10) for a, b in zip(numbers, got[design, key])):
            now = " ".join(f"{x:,.0f}" for x in got[design, key])
            raise Failure(f"doc/designs.md: {design} {key}: the page has {numbers}, kptbench counts {now}")


def test_docs_can_fail(_):
    """The comparison detects the differences that it must, and no others."""
    page = ["page table 0x00000000804a5000", " ..0: pte 0x000000002012a401 pa 0x00000000804a9000"]
    same = ["page table 0x00000000804b6000", " ..0: pte 0x000000002012b401 pa 0x00000000804b7000"]
    flag = [same[0], same[1].replace("b401", "b411")]
    for want, got, figures, expected in (
            (page, same, False, None), (page, flag, False, (1, normal(flag[1], False))),
            (page, same[:1], False, (1, "nothing")), (page[:1], same, False, (1, normal(same[1], False))),
            (["...", *page[1:]], same, False, None), ([*page[:1], "..."], same, False, None),
            (["a", "...", "c"], ["a", "b", "d"], False, (2, "b")), (["in f+0x6"], ["in f+0x8"], False, None),
            (["3 pages"], ["4 pages"], False, (0, "4 pages")), (["3 pages"], ["4 pages"], True, None),
            (["3 pages"], ["4 tables"], True, (0, "N tables"))):
        if difference(want, got, figures) != expected:
            raise Failure(f"{want} and {got}: {difference(want, got, figures)}, expected {expected}")


# page, text there, its replacement, expected message of check_docs.py
SPOILED = (
    ("README.md", "](doc/tour.md)", "](doc/detour.md)", "leads nowhere"),
    ("doc/pgtbl.md", "$ pgtbl -n map 1\n", "$ pgtbl -n map 1" + 65 * "." + "\n", "a sample of 81 columns"),
    ("doc/mission.md", "#m014", "#m999", "has no heading"),
    ("doc/tour.md", "`pt/walk.c`", "`pt/wolk.c`", "there is no file pt/wolk.c"),
    ("doc/tour.md", "| `pt/walk.c` |", "| `pt/*.c` |", "sitting 3 has"),
    ("doc/locking.md", "| TREE |", "| BUSH |", "RANK_TREE is not in the table"),
    ("doc/locking.md", "`inode.map_lock`", "`inode.cap`", "the sleep lock map_lock"),
    ("doc/spec.md", "| `sv39pte` |", "| `sv40pte` |", "the anchor sv39pte"),
    ("doc/page-tables.md", "`pt_check()`", "`pt_chock()`", "no function pt_chock"),
    ("doc/invariants.md", "| hole-zero |", "| hole-none |", "beside hole-none has"),
    ("README.md", "| append 4 KiB |", "| append 5 KiB |", "the table of costs lacks"),
    ("tools/reference.tsv", "null system call\t1133\t175", "null system call\t1133\t105", "more than half of Linux"),
    ("doc/mission.md", "| M001 |", "| M140 |", "M001 is missing"),
    ("doc/mission.md", "host.sv39 test_split", "host.sv93 test_split", "no test host.sv93"),
    ("doc/mission.md", "host.sv39 test_split", "host.sv39 test_splat", "has no test_splat"),
    ("doc/mission.md", "usertests kernmem", "usertests kornmem", "usertests has no kornmem"),
    ("doc/mission.md", "PA_BITS - PGSHIFT == 44", "PA_BITS - PGSHIFT == 45", "has no text"),
)


def planted(context):
    tree = os.path.join(context.dir, "tree")
    shutil.rmtree(tree, ignore_errors=True)
    os.makedirs(tree)
    for name in ("README.md", "README.zh.md", "Makefile", "LICENSE"):
        shutil.copy(os.path.join(ROOT, name), os.path.join(tree, name))
    for name in ("doc", "exercises", "include", "kernel", "machine", "tests", "tools", "user", "web"):
        libraries = shutil.ignore_patterns("node_modules")
        shutil.copytree(os.path.join(ROOT, name), os.path.join(tree, name), ignore=libraries)
    return tree


def test_docs_check_can_fail(context):
    """Each deliberate mistake in a page is reported by tools/check_docs.py."""
    tree = planted(context)
    check = [sys.executable, f"{tree}/tools/check_docs.py", "--root", tree]
    context.must(check)
    for page, there, instead, expected in SPOILED:
        path = os.path.join(tree, page)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(there, instead))
        code, said = context.sh(check)
        if there not in text or code != 1 or expected not in said:
            raise Failure(f"{page} with {instead}: {expected!r} is not reported; it says {said.strip()[:200]!r}")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    results = os.path.join(context.dir, "results")
    with open(results, "w", encoding="utf-8") as f:
        f.write("host.sv39\tFAIL\n")
    code, said = context.sh([*check, "--results", results])
    if code != 1 or "host.sv39 has not passed" not in said:
        raise Failure(f"a failed test is not missed by the mission: {said.strip()[:200]!r}")
    shutil.rmtree(tree)
