# SPDX-License-Identifier: MIT
"""test_fail.py - --fail: one call of an allocator returns 0, or each in turn, from the same prompt."""
import re

from glassrun import demand, mini, run
from machine import Failure

WORDS = ("--mem", "4M", "--harts", "2")


def test_fail_one(context):
    """One call fails: it is named, its consequences are reported, and going back does not change them."""
    kernel = mini(context)
    text = run(context, *WORDS, "--fail", "kalloc:2", kernel, "--", "go", status=3)
    demand(" ".join(text.split()), "panic: kerneltrap",
           r"glass: call 2 failed @[0-9,]+: kalloc \(.*kalloc.c:[0-9]+\) < allocproc \(.*proc.c:[0-9]+\) < fork")

    def end(*more):
        text = run(context, *WORDS, "--fail", "kalloc:2", "--hash", *more, kernel, "--", "go", status=3)
        return re.search("hash [0-9a-f]+ at [0-9]+", text)[0]

    if end() != end("--history", "0"):
        raise Failure("the run is another one when it goes back")
    text = run(context, *WORDS, "--fail", "kalloc:9999", kernel, "--", "exit")
    demand(text, "no call has failed: there were [0-9]+ only")


def test_fail_all(context):
    """Each call fails once; those that are not survived are told by place, with the command that shows the first."""
    text = run(context, *WORDS, "--fail", "kalloc:all", "--again", "watch it {at} -- go", mini(context), "--", "go",
               status=3)
    flat = " ".join(text.split())
    demand(flat, r"panics, [0-9]+ times?, first at call 2: kalloc \(.*kalloc.c:[0-9]+\) < allocproc \(.*\) < fork",
           "it prints: panic: kerneltrap glass: ", "the first again: watch it --fail kalloc:1 --stop -- go$")
    total = re.search(r"([0-9]+) calls of kalloc, each failed once: the system survives ([0-9]+), loses pages at "
                      r"([0-9]+), panics at ([0-9]+), hangs at ([0-9]+), ends at ([0-9]+)", flat)
    calls, *outcomes = map(int, total.groups())
    if calls != sum(outcomes) or not outcomes[0] or not outcomes[2]:
        raise Failure(f"{total[0]}")


def test_fail_words(context):
    """Words that --fail does not know."""
    kernel = mini(context)
    for words, said in (("kalloc", "a function and a number"), ("kalloc:0", "a function and a number"),
                        ("kalloc:x", "a function and a number"), ("nothing:1", "the kernel has no function nothing"),
                        ("kalloc:all", "needs lines to be typed")):
        demand(run(context, *WORDS, "--fail", words, kernel, status=2), f"--fail {words}:? .*{said}|{said}")
