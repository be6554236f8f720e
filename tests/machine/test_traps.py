# SPDX-License-Identifier: MIT
"""test_traps.py - mistakes at the entry of traps and on the way back, of interrupts, acquire() and kill()."""
from glassrun import in_order
from test_checks import place, told

KERNELVEC = r"kernelvec \(\S+\)"


def test_traps_vector(context):
    """An interrupt of the kernel goes to the handler of user mode: stvec is written too late, or too early."""
    in_order(told(context, "STVEC_KEPT"), "glass: interrupt [59] comes in .* in the kernel, and goes to the handler of",
             "do: write the kernel's own handler to stvec first in " + place("usertrap"))
    in_order(told(context, "SIE_KEPT", *["go"] * 9, "exit"), "glass: interrupt [59] comes in .*handler of user mode",
             "do: turn interrupts off in " + place("usertrapret") + " before stvec is written")


def test_traps_back(context):
    """The kernel, or the program, goes on in another mode, at another pc, or with other registers."""
    in_order(told(context, "STATUS_LOST", *["go"] * 9, "exit"),
             "glass: " + place("kerneltrap") + " returns to user mode, but the code that was",
             "do: keep sepc and sstatus in " + place("kerneltrap"))
    in_order(told(context, "EPC_INSIDE"), "glass: pid 1 .init. goes on at 0x[0-9a-f]+ after the ecall at 0x",
             "do: " + place("usertrap") + ": sepc is the address of the ecall")
    in_order(told(context, "NONE", "go", "go", "exit", define="S1_NOT_LOADED"), "x9 = 0x5;|s1 = 0x5;",
             "do: load s1 from the trapframe in " + place("userret"))


def test_traps_tp(context):
    """tp is not loaded for the kernel, or is loaded for code that was interrupted on another hart."""
    in_order(told(context, "NONE", "go", "exit", define="TP_NOT_LOADED"),
             "glass: " + place("usertrap") + " begins on hart",
             "do: load tp from trapframe->kernel_hartid in " + r"uservec \(\S+\)")
    in_order(told(context, "NONE", *["go"] * 9, "exit", define="TP_LOADED"), "glass: " + KERNELVEC + " loads tp =",
             "do: leave tp alone in " + KERNELVEC)


def test_traps_device(context):
    """An interrupt that is not completed, while a process waits for the next."""
    in_order(told(context, "NOT_COMPLETED", options=("--max", "40000000")),
             "glass: interrupt 10 of a device waits at the PLIC, a process sleeps until it",
             "do: call plic_complete.10. in " + place("kerneltrap"))


def test_traps_locks(context):
    """A lock that is taken twice where acquire() does not look; acquire() and release() that leave noff as it was."""
    in_order(told(context, "ACQUIRE_AGAIN"), "glass: " + place("consoleread") + " takes the spinlock .console.",
             "which its own hart [0-9] holds already")
    in_order(told(context, "NOFF_NOT_RAISED"), "glass: " + place("acquire") + " leaves noff as it was, each time")
    in_order(told(context, "NOFF_NOT_LOWERED"), "glass: " + place("release") + " leaves noff as it was, each time")
    in_order(told(context, "SLEEP_EARLY"), r"glass: sleep \(\S+\) gives .* back before it holds p->lock")


def test_traps_killed(context):
    """A killed process that sleeps on: it does not look, or is not woken."""
    in_order(told(context, "READ_NOT_KILLED", "reader", "exit"),
             "glass: pid [0-9] .init. is killed, and sleeps on in " + place("consoleread"),
             "do: look at p->killed in the loop of " + place("consoleread"))
    in_order(told(context, "KILL_NO_WAKE", "reader", "exit"),
             "glass: pid [0-9] .init. is killed, and sleeps on in " + place("consoleread"),
             "do: make a sleeping process RUNNABLE in " + place("kill"))


def test_traps_buffers(context):
    """A block in two buffers."""
    in_order(told(context, "BLOCK_TWICE", "files", "exit"), "glass: " + place("bread") + " returns the buffer 0x",
             "for block 0, which is in the buffer 0x[0-9a-f]+ as well")
