# SPDX-License-Identifier: MIT
"""test_guides.py - the pages of steps in doc/guides/, followed word by word on a copy of the tree.

A fenced block is a step if the words behind its language say so: `new=FILE` is a file to be made; `into=FILE` with
`below=TEXT`, `above=TEXT` or `instead=TEXT` goes into a file at the first line with that text. A block ```sh is a list
of commands, run in the copy. A block ```console is a session, as in test_docs.py; `dtb=FILE` starts the machine with
that device tree, `ends` says that it stops by itself, and prints these lines. Where the Chinese half of a page has a
session, it is played as well, with lang=zh. The gate follows all pages at once; with --long each has a copy of its own,
and its commands and its Chinese half are tried, too.
"""
import glob
import os
import re
import shlex
import shutil
import sys

from machine import Failure, Machine

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from test_docs import ROOT, Block, play  # noqa: E402

BLOCK = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.M | re.S)
TREE = ("doc", "include", "kernel", "machine", "tests", "tools", "user")
FILES = ("Makefile", "README.md", "README.zh.md", "LICENSE", "vitrine", ".clang-format")


class Step:
    """One block of a page: kind, words with a value, words without, text."""

    def __init__(self, page, line, kind, words, text):
        self.page, self.line, self.kind, self.text = page, line, kind, text
        self.values = dict(w.split("=", 1) for w in words if "=" in w)
        self.words = words

    def fail(self, why):
        raise Failure(f"{self.page}:{self.line}: {why}")


def steps(page):
    with open(os.path.join(ROOT, page), encoding="utf-8") as f:
        text = f.read()
    return [Step(page, text.count("\n", 0, m.start()) + 1, m[1], shlex.split(m[2] or ""), m[3])
            for m in BLOCK.finditer(text)]


def copied(context):
    """A copy of the tree in which nothing has been built."""
    tree = os.path.abspath(os.path.join(context.dir, "tree"))
    shutil.rmtree(tree, ignore_errors=True)
    os.makedirs(tree)
    for name in FILES:
        shutil.copy(os.path.join(ROOT, name), tree)
    links = shutil.ignore_patterns("kernel.sym", "__pycache__", "node_modules")
    for name in TREE:
        shutil.copytree(os.path.join(ROOT, name), os.path.join(tree, name), symlinks=True, ignore=links)
    built = os.path.join(tree, "kernel/kernel")  # a link that the build makes
    if os.path.lexists(built):
        os.unlink(built)
    return tree


def edit(tree, step):
    """Makes or changes a file."""
    if "new" in step.values:
        path = os.path.join(tree, step.values["new"])
        if os.path.exists(path):
            step.fail(f"{step.values['new']} is there already")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(step.text)
        return
    path = os.path.join(tree, step.values["into"])
    how = next(w for w in ("below", "above", "instead") if w in step.values)
    with open(path, encoding="utf-8") as f:
        lines = f.readlines()
    at = next((i for i, line in enumerate(lines) if step.values[how] in line), None)
    if at is None:
        step.fail(f"{step.values['into']} has no line with {step.values[how]!r}")
    lines[at + (how == "below"):at + (how != "above")] = [step.text]
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(lines)


def machine(context, tree, step, append):
    words = ["-dtb", os.path.join(tree, step.values["dtb"])] if "dtb" in step.values else []
    append = None if words else append  # the tree has the command line
    return Machine(f"{tree}/build/kernel/kernel", f"{tree}/build/test.img", context.dir, cpus=3, append=append,
                   extra=words)


def session(context, tree, step):
    block = Block(step.page, step.line, [w for w in step.words if not w.startswith("dtb=") and w != "ends"], step.text)
    with machine(context, tree, step, block.append) as m:
        if "ends" in step.words:
            m.wait_exit()
            for line in step.text.splitlines():
                if line not in m.output:
                    step.fail(f"the machine does not say {line!r}")
            return
        m.boot()
        play(m, block)
        m.poweroff()


def is_edit(step):
    return "new" in step.values or "into" in step.values


def follow(context, page):
    """Follows the page from its first block to its last."""
    tree, chinese = copied(context), steps(page.replace("doc/", "doc/zh/", 1))
    for step, half in zip(steps(page), chinese):
        if is_edit(step):
            edit(tree, step)
        elif step.kind == "sh":
            context.must(["sh", "-ec", f"cd {shlex.quote(tree)}\n{step.text}"])
        elif step.kind == "console":
            session(context, tree, step)
            if "ends" not in step.words and "dtb" not in step.values:
                session(context, tree, half)
    shutil.rmtree(tree)


def test_guides_together(context):
    """All guides followed on one copy: each change finds its place, the tree builds, the sessions are as printed."""
    tree = copied(context)
    for page in PAGES:
        for step in filter(is_edit, steps(page)):
            edit(tree, step)
    context.must(["make", "-s", "-C", tree, f"-j{os.cpu_count() or 1}", "WERROR=1", "kernel", "build/test.img"])
    for page in PAGES:
        for step in steps(page):
            if step.kind == "console" and "dtb" not in step.values:
                session(context, tree, step)
    shutil.rmtree(tree)


PAGES = sorted(os.path.relpath(p, ROOT) for p in glob.glob(f"{ROOT}/doc/guides/*.md"))

for _page in PAGES:
    _name = os.path.basename(_page)[:-3].replace("-", "_")
    _test = lambda context, page=_page: follow(context, page)
    _test.is_long = True
    globals()[f"test_guide_{_name}"] = _test
