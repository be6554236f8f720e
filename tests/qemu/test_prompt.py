# SPDX-License-Identifier: MIT
"""test_prompt.py - help for newcomers at the prompt: the welcome, help, Tab, history, which, more; a short ls."""
import re

from machine import Failure

ROOT = ("README bin cat console dev echo grep init ls lost+found sh statistics stats tests usertests wc "
        "welcome zh").split()

# The text typed before Tab, and the line that the screen shows then; None: it rings the bell.
COMPLETED = [
    ("hel", "help "),
    ("echo REA", "echo README "),
    ("ls /te", "ls /tests/"),
    ("false; unamE|tru", "false; unamE|true "),
    ("! hist", "! history "),
    ("cat q", None),
    ("cat ./REA", "cat ./README "),
    ("cat x", "cat x\\ y "),
    ("cat 'x", "cat 'x y' "),
    ("cat < x", "cat < x\\ y "),
    ("READ", "README "),
    ("cat /nosuch/x", None),
]


def test_prompt_welcome(context):
    with context.machine() as m:
        said = m.boot()
        if "help" not in said.rpartition("init: starting sh\n")[2]:
            raise Failure("the first prompt is not preceded by the welcome")
        m.type("exit\n")
        m.expect("init: starting sh\n[$] ")
        m.poweroff()


def test_prompt_help(context):
    """help names each command and builtin, in 80 columns; the root is short."""
    with context.machine() as m:
        m.boot()
        text, commands = m.run("help"), m.run("ls -1 /bin").split()
        unknown = [c for c in [*commands, "cd", "exit", "history", "lang", "wait", "which"] if c not in text.split()]
        if unknown or "pgtbl" not in commands:
            raise Failure(f"help does not name {unknown}, or /bin is {commands}")
        wide = [line for line in (text + m.run("cat /welcome")).splitlines() if len(line) > 80]
        if wide:
            raise Failure(f"wider than 80 columns: {wide[0]!r}")
        if m.run("ls -1 /").split() != sorted(ROOT):
            raise Failure("the root directory holds something else")
        if m.run("cd /bin; cd /; which which ps die none").splitlines() != [
                "which: built into the shell", "/bin/ps", "/tests/die", "which: none: command not found"]:
            raise Failure("which says something else")
        m.poweroff()


def test_prompt_completion(context):
    with context.machine() as m:
        m.boot()
        m.run("echo a > 'x y'")
        for before, line in COMPLETED:
            m.type(before + "\t")
            m.expect("\a" if line is None else re.escape(line))
            m.type("\x03")
            m.expect(r"\^C\n[$] ")
        m.type("mk\t")
        m.expect("mkdir  mknod\n[$] mk")
        m.type("d\tnew\n")
        m.expect("dir new\n[$] ")
        if "  -1  " not in m.run("history") or "  mkdir new\n" not in m.run("history"):
            raise Failure("the history lacks a line")
        m.poweroff()


def test_prompt_more(context):
    with context.machine() as m:
        m.boot()
        if m.run("seq 100 | more | tail -1") != "100\n":
            raise Failure("more does not copy to a pipe")
        m.type("seq 100 | more\n")
        m.expect("\n23\n-- more")
        m.type("\n")
        m.expect("\n46\n-- more")
        m.type("q\n")
        m.expect("[$] ")
        m.type("seq 30 > s; more s\n")
        m.expect("\n23\n-- more")
        m.type("\n")
        m.expect("\n30\n[$] ")
        m.run("seq 1 22 > s; seq 100 140 | tr '\\n' ' ' >> s")
        m.type("more s\n")  # the last line is longer than a row, and breaks at a blank
        m.expect("\n22\n(1[0-9][0-9] ){19}119\n-- more")
        m.type("\n")
        m.expect("120 (1[0-9][0-9] ){18}139\n140 ?\n[$] ")
        m.type("lang zh; echo " + "页表" * 30 + " | more\n")
        m.expect("页表" * 20 + "\n" + "页表" * 10 + "\n[$] ")  # 40 characters fill a row
        m.poweroff()


def test_prompt_date(context):
    """The clock of the machine, also on the last day of February, and of a century."""
    for base, shown in (("2024-02-29T12:34:00", r"Thu Feb 29 12:3\d:\d\d UTC 2024\n"),
                        ("2000-03-01T00:00:00", r"Wed Mar  1 00:0\d:\d\d UTC 2000\n"),
                        ("1999-12-31T23:00:00", r"Fri Dec 31 23:0\d:\d\d UTC 1999\n")):
        with context.machine(extra=["-rtc", f"base={base}"]) as m:
            m.boot()
            said = m.run("date")
            m.poweroff()
        if not re.fullmatch(shown, said):
            raise Failure(f"{base}: date says {said!r}")
