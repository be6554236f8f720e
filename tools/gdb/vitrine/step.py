# SPDX-License-Identifier: MIT
"""step.py - into-kernel and back-to-user: into a system call and out of it.

Theory    In the designs that switch tables, user mode does not map the kernel, nor the kernel the user program.
          Breakpoints are set by address and checked by process, which works in all designs; the instruction sret, which
          returns to user mode, is single-stepped.
"""
import gdb

from vitrine import command, kernel, memory

ECALL = 8  # cause of an ecall from user mode
SRET = b"\x73\x00\x20\x10"


def register():
    for name, function in (("into-kernel", into_kernel), ("back-to-user", back_to_user)):
        command.Command(name, function, gdb.COMMAND_RUNNING)


class Stop(gdb.Breakpoint):
    """Stops at an address when wanted() says so."""

    def __init__(self, address, wanted):
        super().__init__(f"*{address:#x}", internal=True)
        self.silent, self.wanted, self.reached = True, wanted, False

    def stop(self):
        memory.forget()
        self.reached = self.wanted()
        return self.reached


def is_current(at):
    now = kernel.current()
    return now is not None and now[0] == at


def run_to(*places):
    """Runs to one of the places (address, condition); returns its index, None: the machine stopped elsewhere."""
    stops = [Stop(*place) for place in places]
    start = kernel.register("pc")
    try:
        for _ in range(2):  # an instruction whose page is absent runs again after the page fault
            gdb.execute("continue", to_string=True)
            memory.forget()
            reached = next((i for i, s in enumerate(stops) if s.reached), None)
            if reached is not None or kernel.register("pc") != start:
                break
        return reached
    finally:
        for s in stops:
            s.delete()


def chosen(function, words):
    """The process that the words name, or the selected hart's: (address, process)."""
    if len(words) > 1 or words and not words[0].isdigit():
        command.usage(function)
    if not kernel.booted():
        raise gdb.GdbError("there are no processes yet: let it boot further")
    if words:
        return kernel.process(int(words[0]))
    now = kernel.current()
    if now is None or not int(now[1]["pid"]):
        raise gdb.GdbError(f"hart {kernel.register('mhartid')} runs no process: `harts' shows which does, "
                           "`thread' selects it; or give the number of a process")
    return now


def mode_of(at):
    """The mode of the hart that runs the process; None: it is not on a hart, and so in the kernel."""
    for _, _ in kernel.harts():
        if is_current(at):
            return kernel.mode()
    return None


def arrive(reached, p, wanted):
    """Prints where the machine has stopped."""
    title = kernel.title(p)
    if reached == wanted:
        return True
    gdb.write(f"{title} is about to end\n" if reached is not None else f"stopped before {title} got there\n")
    gdb.execute("frame")
    return False


def end_of(at):
    return kernel.address("exit"), lambda: is_current(at)


def into_kernel(words):
    """into-kernel [PID]
    From user code to the next system call of the process: stops at the function that does it. Without PID: the process
    on the selected hart."""
    at, p = chosen(into_kernel, words)
    if mode_of(at) != kernel.USER:
        raise gdb.GdbError(f"{kernel.title(p)} is in the kernel: back-to-user leads out")
    edge = int(kernel.variable("trap_stvec")), lambda: is_current(at) and kernel.register("scause") == ECALL
    if not arrive(run_to(edge, end_of(at)), p, 0):
        return
    number = kernel.register("a7")
    function = function_of(kernel.value_at(at, kernel.proc_type()), number)
    if function:
        run_to((function, lambda: is_current(at)))
    gdb.write(f"{kernel.title(p)}: system call {number}\n")
    gdb.execute("frame")


def function_of(p, number):
    """The address of the function that handles the process's system call; 0: none."""
    table = gdb.parse_and_eval("'kernel/sys/syscall.c'::native_calls").type  # only in its own file is its size known
    if number > table.range()[1]:
        return 0
    kind = table.target().strip_typedefs()
    return int(kernel.value_at(int(p["calls"]) + number * kind.sizeof, kind))


def sret_address():
    """The user virtual address of the sret that returns to user code."""
    start = int(kernel.variable("trap_userret"))
    code = start if start >> 63 else kernel.address("userret_switched")
    return start + memory.read(kernel.physical(code), 4096 - code % 4096).index(SRET)


def back_to_user(words):
    """back-to-user [PID]
    From the kernel to the user instruction at which the process goes on. Without PID: the process on the selected
    hart."""
    at, p = chosen(back_to_user, words)
    if mode_of(at) == kernel.USER:
        raise gdb.GdbError(f"{kernel.title(p)} is in user mode: into-kernel leads to its next system call")
    if not arrive(run_to((sret_address(), lambda: is_current(at)), end_of(at)), p, 0):
        return
    result = kernel.register("a0")
    gdb.write(f"{kernel.title(p)} goes on with a0 = {result - (result >> 63 << 64)}\n")
    with_one_hart("stepi")


def with_one_hart(what):
    """Runs a command while the other harts stand still."""
    before = gdb.parameter("scheduler-locking")
    gdb.execute("set scheduler-locking on")
    try:
        gdb.execute(what)
    finally:
        gdb.execute(f"set scheduler-locking {before}")
