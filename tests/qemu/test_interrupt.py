# SPDX-License-Identifier: MIT
"""test_interrupt.py - ^C ends any command in the foreground, and nothing else."""
import contextlib

from machine import Failure

INTERRUPTED = 130

# The typed command, and the text that must be printed before ^C is typed.
FOREGROUND = [
    ("sleep 1000", ""),
    ("busyloop", ""),
    ("cat", ""),
    ("yes", "y\ny\n"),
    ("yes > big", ""),
    ("cat | cat", ""),
    ("sleep 1000 | busyloop", ""),
    ("( sleep 1000; echo next )", ""),
    ("sleep 1000; echo next", ""),
    ("sleep 1000 || echo next", ""),
    ("sh -c 'echo on; sleep 1000; echo next'", "on\n"),
    ("echo 'echo on; sleep 1000; echo next' > s; sh < s", "on\n"),
    ("time sleep 1000", ""),
    ("sleep 1000 & wait", ""),
    ("sh", "[$] "),
    ("seq 1 100 | xargs -n 1 sleep", ""),
]


def interrupt(m, command, before):
    """Types a command and, when `before` has been printed, ^C; the prompt must come back, with the status."""
    m.type(command + "\n")
    m.expect(f"{command[-8:].replace('|', '.').replace('(', '.').replace(')', '.')}\n{before}")
    m.type("\x03")
    m.expect(r"\^C\n")
    m.expect("[$] ")
    text = m.run("echo status $?")
    if f"status {INTERRUPTED}\n" not in text or "next" in text:
        raise Failure(f"{command!r}: after ^C the shell says {text!r}")


def foreground(context, **how):
    with context.machine(**how) as m:
        m.boot()
        for command, before in FOREGROUND:
            interrupt(m, command, before)
        left = m.run("ps | grep -v ' sleep$' | wc -l; rm -f big s")
        if left.split() != ["6"]:  # the heading, init, sh, and the three of this line
            raise Failure(f"processes are left: {left!r}")
        m.poweroff()


def test_interrupt_1(context):
    foreground(context, cpus=1)


def test_interrupt_3(context):
    foreground(context, cpus=3)


def test_interrupt_checked(context):
    """With the order of locks checked."""
    foreground(context, cpus=3, variant="DEBUG")


def test_interrupt_tests(context):
    """Programs with many children that come and go."""
    with context.machine(cpus=3) as m:
        m.boot()
        for command, before in (("usertests forkforkfork", "forkforkfork: "), ("usertests reparent2", "reparent2: "),
                                ("grind 1 100000", ""), ("forkstress", "")):
            interrupt(m, command, f"(?s:.*?){before}")
        m.poweroff()


def test_interrupt_at_the_prompt(context):
    """The line is dropped, lines typed ahead too; jobs in the background stay; ^Z and ^\\ end nothing."""
    with context.machine() as m:
        m.boot()
        m.type("sleep 1000 &\n")
        m.expect("[$] ")
        m.type("echo lost\x03")
        m.expect(r"echo lost\^C\n[$] ")
        m.type("cat\n")
        m.expect("cat\n")
        m.type("typed\n")
        m.expect("typed\ntyped\n")
        m.type("\x1a\x1c")
        m.expect(r"\^Z: ")
        m.type("still\n")
        m.expect("still\nstill\n")
        m.type("\x03")
        m.expect(r"\^C\n[$] ")
        if m.run("ps | grep -c ' sleep$'") != "1\n":
            raise Failure("the job in the background has ended")
        m.poweroff()


def test_interrupt_init(context):
    """A command that is run instead of the shell ends as well, and with it the machine."""
    with context.machine(append="quiet -- sleep 1000") as m:
        m.expect("vitrine: ")
        while m.process.poll() is None and m.read_some(0.2):
            with contextlib.suppress(Failure):  # the machine may go off meanwhile
                m.type("\x03")  # until process 1 has started it
        m.wait_exit(INTERRUPTED)
