# SPDX-License-Identifier: MIT
"""test_words.py - the glass machine's report of each mistake, word for word, in English and in Chinese.

The reports are compared with tests/golden/watch-LANGUAGE.txt, after everything that may differ from build to build
(addresses, line numbers, counts of instructions) has become #. Where they differ, the new text is in the test's
directory: copy it if it is better.
"""
import difflib
import os
import re

import facts
from glassrun import golden, mini, run
from machine import Failure, columns

# The mistakes of the kernel of tests/machine/mini, and how the run ends.
MISTAKES = ["LEVEL_SHIFT", "TRAPFRAME_U", "USYSCALL_NO_U", "COW_BY_EQUALITY", "FAULT_UNRESOLVED", "GROW_OVERLAPS",
            "SHRINK_TOO_MUCH", "SHRINK_KEEPS_LEAVES", "NULL_USED", "JUMP_TO_NOTHING", "ROOT_FREED", "YIELD_WITH_LOCK",
            "FREE_ZERO", "USER_NO_GUARD", "CLEAR_KEEPS_W", "LEAF_FOR_TABLE", "TABLE_SHARED", "COPYOUT_NOT_LAZY",
            "UNMAP_NOT_WRITTEN", "FORK_NO_FILEDUP", "CHDIR_GIVES_AWAY", "A0_NOT_SAVED", "COPY_AT_PAGE_START",
            "GIVES_TWICE", "SP_AT_BOTTOM", "HART_NOT_STORED", "LOG_LEFT_OPEN", "COPY_WITHOUT_U",
            "NOFF_LEFT", "INTERRUPTS_EARLY", "NOTHING_FREE", "COPY_NO_X", "COW_NO_W", "ECALL_TO_M", "SHRINK_CUTS_IN",
            "CLEARS_TOO_MUCH", "ALLOCPROC_LEAKS", "EXIT_KEEPS_FILES", "BREAD_NO_COUNT", "BRELSE_KEEPS", "STRING_NO_NUL",
            "FORK_KEEPS_A0", "CHDIR_KEEPS", "COPY_FLAGS_EARLY", "COPY_MARK_LOST", "MMAP_OVERLAPS",
            "MUNMAP_KEEPS_OFFSET", "MUNMAP_KEEPS_BEGIN", "COPY_SKIPS_FIRST", "FREE_FILLS_EARLY",
            "COPY_NO_COUNT", "COPY_COUNTS_TWICE", "COW_FOR_TWO", "FILE_NO_W", "MMAP_READONLY",
            "MUNMAP_NO_CLOSE", "MUNMAP_LESS", "MUNMAP_MORE"]
# The first line of input, where it is not "go".
LINES = {"COPYOUT_NOT_LAZY": "lazy", "UNMAP_NOT_WRITTEN": "files", "FORK_NO_FILEDUP": "files",
         "CHDIR_GIVES_AWAY": "files", "COPY_WITHOUT_U": "below", "EXIT_KEEPS_FILES": "files", "BREAD_NO_COUNT": "files",
         "BRELSE_KEEPS": "files", "CHDIR_KEEPS": "directories",
         "MMAP_OVERLAPS": "files", "MUNMAP_KEEPS_OFFSET": "files", "MUNMAP_KEEPS_BEGIN": "files",
         "FILE_NO_W": "files", "MMAP_READONLY": "files", "MUNMAP_NO_CLOSE": "files",
         "MUNMAP_LESS": "files", "MUNMAP_MORE": "files"}


def kernel(context, mistake):
    """The kernel with the mistake, and the file with the facts of it."""
    path = mini(context, "NONE", f"-D{mistake}") if mistake == "A0_NOT_SAVED" else mini(context, mistake)
    known = facts.find(path, facts.questions(), os.path.abspath(f"{context.out}/test/facts"))
    if known is None:
        raise Failure("gdb has told no facts of the kernel")
    if mistake != "A0_NOT_SAVED":
        return path, known
    more = os.path.join(context.dir, "facts")
    with open(known, encoding="utf-8") as f, open(more, "w", encoding="utf-8") as out:
        out.write(f.read() + "TRAPFRAME_RA 0x8\nTRAPFRAME_A0 0x50\n")  # an array: regs[1], regs[10]
    return path, more


def said(context, mistake, language):
    path, known = kernel(context, mistake)
    text = run(context, "--mem", "4M", "--harts", "1", "--max", "40000000", "--lang", language, "--facts", known, path,
               "--", LINES.get(mistake, "go"), "go", "exit", status=None)
    wide = [x for x in text.splitlines() if columns(x) > 80]
    if wide:
        raise Failure(f"{mistake}: more than 80 columns: {wide[0]}")
    last = "glass: reports: 1; " if language == "en" else "glass: 报告: 1 条; 所报告的情况共发生 "
    if mistake == "NULL_USED" and last not in text:
        raise Failure(f"{mistake}: no {last!r} at the end")
    return f"## {mistake}\n{golden(text)}\n"


def compare(context, language):
    path = f"tests/golden/watch-{language}.txt"
    # One language begins at the end: it finds facts that the other has asked for, if both run at the same time.
    texts = {m: said(context, m, language) for m in (MISTAKES if language == "en" else reversed(MISTAKES))}
    text = "".join(texts[m] for m in MISTAKES)
    seen = os.path.join(context.dir, os.path.basename(path))
    with open(seen, "w", encoding="utf-8") as f:
        f.write(text)
    with open(path, encoding="utf-8") as f:
        want = f.read()
    diff = [x for x in difflib.unified_diff(want.splitlines(), text.splitlines(), lineterm="", n=0)
            if x[0] in "+-" and x[:3] not in ("+++", "---")]
    if diff:
        raise Failure(f"{path} and {seen} differ: {' / '.join(diff[:4])}")


def test_words_same_run(context):
    """Watching changes nothing: the run ends in the same state without it."""
    path, known = kernel(context, "NONE")
    for seed in "12":
        words = ["--mem", "4M", "--seed", seed, "--hash", "--max", "20000000"]
        watched = run(context, *words, "--facts", known, path, "--", "go", "go", "go", "go", status=None)
        blind = run(context, *words, "--blind", path, "--", "go", "go", "go", "go", status=None)
        hashes = [re.findall("hash .*", text) for text in (watched, blind)]
        if hashes[0] != hashes[1] or len(hashes[0]) != 1:
            raise Failure(f"seed {seed}: {hashes}")


def test_words_en(context):
    """Each mistake in English."""
    compare(context, "en")


def test_words_zh(context):
    """Each mistake in Chinese."""
    compare(context, "zh")
