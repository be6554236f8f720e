#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_docs.py [--results FILE] - everything that the pages refer to exists.

Links between pages; files and functions in backquotes; samples of 80 columns; the sittings of doc/tour.md; lock
ranks, sleep locks and anchors of the manual; README's table of costs; the rows of doc/mission.md and the tests that
they name. With --results, the table that test.py writes (name, outcome), each test that a row names must also have
passed.
"""
import functools
import os
import re
import subprocess
import sys

import source
from machine import columns

PAGES = ("README.md", "README.zh.md", "CONTRIBUTING.md", "doc/*.md", "doc/zh/**/*.md", "doc/guides/*.md",
         "doc/decisions/*.md", "tests/bugs/*.md")
FENCED = re.compile(r"^```.*?^```$", re.M | re.S)
STEP = re.compile(r"^```\w+ (?:new|into)=(\S+)")  # a guide's change of a file (tests/qemu/test_guides.py)
LINK = re.compile(r"\]\(([^)\s]+)\)")
QUOTED = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"(?:\./)?[\w.{},/*-]*\.(?:c|h|S|py|md|tbl|ld|tsv|sh|\{[chS,]+\})|Makefile")
CALL = re.compile(r"([a-z_]\w*)\(\)")
PLACES = ("", "kernel/", "include/", "doc/", "tests/host/*/", "tests/qemu/", "user/", "tools/", "user/tests/",
          "user/tests/usertests/", "user/include/")
SITTING = 650  # lines
WIDTH = 80  # columns of a terminal
IDS = [f"M{n:03}" for n in range(1, 140)] + [f"P{n:02}" for n in range(1, 18)] + [f"T{n:02}" for n in range(1, 21)]
ANCHOR_WORDS = {"priv"}  # words behind a comma that are no anchors


def pages():
    return [p for p in source.files(*PAGES)]


def blank_fenced(text):
    return FENCED.sub(lambda m: "\n" * m[0].count("\n"), text)


@functools.lru_cache(maxsize=None)
def prose(page):
    """The page with its fenced blocks blanked; line numbers stay."""
    return blank_fenced(source.read(page))


def anchors(page):
    """The names under which the headings of a page can be linked to."""
    heads = re.findall(r"^#+ (.*)$", prose(page), re.M)
    return {re.sub(r"[^\w -]", "", h.lower()).strip().replace(" ", "-") for h in heads}


def links(page):
    text = prose(page)
    for m in LINK.finditer(text):
        target, _, anchor = m[1].partition("#")
        if "://" in target:
            continue
        path = os.path.normpath(os.path.join(os.path.dirname(page), target)) if target else page
        if not os.path.exists(path):
            yield f"{page}:{source.line_of(text, m.start())}: {m[1]} leads nowhere"
        elif anchor and anchor not in anchors(path):
            yield f"{page}:{source.line_of(text, m.start())}: {path} has no heading #{anchor}"


def braces(word):
    """a/{b,c}.h as a/b.h and a/c.h."""
    m = re.search(r"\{([^{}]*)\}", word)
    return [w for part in m[1].split(",") for w in braces(word[: m.start()] + part + word[m.end() :])] if m else [word]


@functools.lru_cache(maxsize=None)
def resolve(word):
    """The files that a name in the text stands for; it may be relative to any of PLACES."""
    for place in PLACES:
        found = source.files(place + word.removeprefix("./"))
        if found:
            return tuple(found)
    return tuple(source.files("kernel/**/" + word)) if "/" not in word else ()


@functools.lru_cache(maxsize=None)
def defined():
    """The names that the sources use as functions or macros."""
    text = "\n".join(source.read(p) for p in [*source.own_sources(), *source.files("kernel/**/*.S", "tools/*.py",
                                                                                  "include/abi/syscall.tbl")])
    return set(re.findall(r"\b([a-z_]\w*)\(", text)) | set(re.findall(r"^\d+\s+([\w/]+)", text, re.M))


@functools.lru_cache(maxsize=None)
def made(page):
    """The steps of a guide as text: the names of the files that they make, and their contents."""
    return "\n".join(m[0] for m in FENCED.finditer(source.read(page)) if STEP.match(m[0]))


def names(page):
    """Files and functions in backquotes: those of the tree, and those that the page makes."""
    text = prose(page)
    for m in QUOTED.finditer(text):
        where = f"{page}:{source.line_of(text, m.start())}"
        if FILE.fullmatch(m[1]) and m[1][0] != "." and "NAME" not in m[1]:
            for word in braces(m[1]):
                if not resolve(word) and f"new={word}" not in made(page):
                    yield f"{where}: there is no file {word}"
        call = CALL.fullmatch(m[1])
        if call and call[1] not in defined() and m[1][:-1] not in made(page):
            yield f"{where}: there is no function {m[1]}"


def samples(page):
    """Lines of fenced blocks fit a terminal."""
    for m in FENCED.finditer(source.read(page)):
        if STEP.match(m[0]):
            continue
        first = source.line_of(source.read(page), m.start())
        for n, line in enumerate(m[0].splitlines()):
            if columns(line) > WIDTH:
                yield f"{page}:{first + n}: a sample of {columns(line)} columns, more than {WIDTH}"


# -- the tour


def tour():
    """Each sitting `## N. ...` lists files in the first column of a table; together they have at most SITTING lines."""
    page = "doc/tour.md"
    parts = re.split(r"^## (\d+)\. .*$", source.read(page), flags=re.M)[1:]
    if len(parts) != 20:
        yield f"{page}: {len(parts) // 2} sittings, not ten"
    for number, text in zip(parts[::2], parts[1::2]):
        cells = " ".join(re.findall(r"^\| ([^|]+) \|", text, re.M))
        files = [f for word in re.findall(r"`([^`]+)`", cells) for w in braces(word) for f in resolve(w)]
        lines = sum(source.read(f).count("\n") for f in files)
        if not files or lines > SITTING:
            yield f"{page}: sitting {number} has {lines} lines, not 1 to {SITTING}"
        if "```console" not in text:
            yield f"{page}: sitting {number} ends without a question that a command answers"


# -- lists that must be complete


def ranks():
    text = source.read("doc/locking.md")
    for rank in re.findall(r"^\s+RANK_(\w+)", source.blank(source.read("kernel/sync/rank.h")), re.M):
        if f"| {rank} |" not in text:
            yield f"doc/locking.md: RANK_{rank} is not in the table"
    for path in source.files("kernel/**/*.c"):
        for lock in re.findall(r"\binitsleeplock\(&(?:\w+->|\w+\.)?(\w+)", source.read(path)):
            if not re.search(rf"\| `(?:\w+\.)?{lock}` \|", text):
                yield f"doc/locking.md: the sleep lock {lock} of {path} is not in the table"


def cited(text):
    """The anchors of the privileged manual that comments name: `priv sv39pte`, `Manual priv: sv39, satp`."""
    found = set()
    for comment in re.findall(r"//.*|/\*.*?\*/", text):
        comment = re.sub(r"(?<=\w) \((?!priv)[^()]*\)", "", comment)
        for m in re.finditer(r"\bpriv:? ((?:[a-z][\w.]*(?:, )?)+)", comment):
            found |= {w for w in m[1].split(", ") if w and w not in ANCHOR_WORDS}
    return found


def spec():
    page = "doc/spec.md"
    listed = set(re.findall(r"^\| `([\w.]+)` \|", source.read(page), re.M))
    used = {}
    for path in source.files("kernel/**/*.[chS]"):
        for anchor in cited(source.read(path)):
            used.setdefault(anchor, path)
    yield from (f"{used[a]}: the anchor {a} is not in {page}" for a in sorted(set(used) - listed))
    yield from (f"{page}: no comment in kernel/ names {a}" for a in sorted(listed - set(used)))


def invariants():
    """The name of an invariant of page tables or frames stands in a file that its row names."""
    page = "doc/invariants.md"
    text = source.read(page).split("\n## Memory of processes")[0]
    for name, where in re.findall(r"^\| ([a-z]+(?:-[a-z]+)+) \|(.*)\|$", text, re.M):
        files = [f for word in QUOTED.findall(where) if FILE.fullmatch(word) for f in resolve(word)]
        if not any(name in source.read(f) for f in files or resolve("pt/read/check.c")):
            yield f"{page}: no file named beside {name} has that name in it"


def words():
    """The words of the kernel's command line, in the source and in the page about them."""
    page = "doc/command-line.md"
    known = set(re.findall(r'\{"([a-z]+=?)", ', source.read("kernel/boot/bootargs.c")))
    listed = set(re.findall(r"^\| `([a-z]+=?)` \|", source.read(page), re.M))
    yield from (f"{page}: the word {w} is missing" for w in sorted(known - listed))
    yield from (f"{page}: the kernel does not know the word {w}" for w in sorted(listed - known))


def rows(table):
    return [line.split("\t") for line in source.read(table).splitlines() if not line.startswith("#")]


def costs():
    """README's table has the figures of the bench, each at most half of Linux's."""
    ours = dict(row for row in rows("tools/figures.tsv") if len(row) == 2)
    for key, title, xv6, linux, *_ in rows("tools/reference.tsv"):
        if xv6 == "-":
            continue
        cost, beside = float(ours[key]), float(linux)
        figures = f"| {cost:,.0f} | {beside:,.0f} | {cost / beside:.2f} |"
        for page, line in (("README.md", f"| {title} {figures}"), ("README.zh.md", figures)):
            if line not in source.read(page):
                yield f"{page}: the table of costs lacks {line}"
        if cost > beside / 2:
            yield f"README.md: {title}: more than half of Linux"


# -- the mission


@functools.lru_cache(maxsize=None)
def tests_listed():
    r = subprocess.run([sys.executable, "tools/test.py", "--list"], check=True, stdout=subprocess.PIPE)
    return {s.split()[0]: "(long)" in s for s in r.stdout.decode().splitlines()}


def host_case(test, case):
    return any(case in source.read(p) for p in source.files(f"tests/host/*/t_{test}.c"))


@functools.lru_cache(maxsize=None)
def subtests():
    """The names in the tables of usertests."""
    text = "\n".join(source.read(p) for p in source.files("user/tests/usertests/*.c"))
    return set(re.findall(r"\bTEST\((\w+)", text))


def proof(word, results):
    """The error in one proof in backquotes; None: none. Other words in backquotes are ignored."""
    m = re.fullmatch(r"((?:host|fuzz|check|build|runner|glass|exercise|qemu)\.[\w.*-]+)(?: (\w+))?", word)
    if m:
        known = tests_listed()
        if m[1] not in known or known[m[1]]:
            return f"there is no test {m[1]} in the gate"
        if m[2] and not host_case(m[1][5:], m[2]):
            return f"{m[1]} has no {m[2]}"
        return outcome(m[1], results)
    m = re.fullmatch(r"usertests (\w+)", word)
    if m:
        return outcome("qemu.usertests-8", results) if m[1] in subtests() else f"usertests has no {m[1]}"
    m = re.fullmatch(r"(\S+): (.+)", word)
    if m and FILE.fullmatch(m[1]):
        return None if any(m[2] in source.read(f) for f in resolve(m[1])) else f"{m[1]} has no text {m[2]!r}"
    return None


def outcome(test, results):
    return None if results is None or results.get(test) == "ok" else f"{test} has not passed"


def is_proof(word):
    return re.match(r"(?:host|fuzz|check|build|runner|glass|exercise|qemu)\.\w|usertests \w|\S+: ", word)


def mission(results):
    page = "doc/mission.md"
    rows = re.findall(r"^\| ([MPT]\d+) \| (.*) \| (.*) \|$", source.read(page), re.M)
    for missing in sorted(set(IDS) ^ {r[0] for r in rows}):
        yield f"{page}: {missing} is missing, or is no row of the mission"
    for row, _, how in rows:
        words = QUOTED.findall(how)
        shown = any(is_proof(w) for w in words) or LINK.search(how)
        if not shown and "not yet" not in how:
            yield f"{page}: {row} names no test, page or text that shows it"
        yield from (f"{page}: {row}: {p}" for p in (proof(w, results) for w in words) if p)


def read_results(path):
    with open(path, encoding="utf-8") as f:
        return dict(line.rstrip("\n").split("\t") for line in f)


def static_problems():
    for page in pages():
        yield from links(page)
        yield from names(page)
        yield from samples(page)
    yield from tour()
    yield from ranks()
    yield from spec()
    yield from invariants()
    yield from words()
    yield from costs()


def main():
    results = None
    if "--results" in sys.argv:
        at = sys.argv.index("--results")
        results = read_results(sys.argv[at + 1])
        del sys.argv[at : at + 2]
    source.arguments(__doc__)
    source.report(mission(results) if results is not None else [*static_problems(), *mission(None)])


if __name__ == "__main__":
    main()
