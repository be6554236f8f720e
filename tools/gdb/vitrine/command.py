# SPDX-License-Identifier: MIT
"""command.py - common parts of the commands: words, addresses, the choice of a table."""
import gdb

from vitrine import kernel, memory, sv


class Command(gdb.Command):
    """`name` becomes a command that calls function(words); its help is the function's docstring."""

    def __init__(self, name, function, kind=gdb.COMMAND_DATA, prefix=False):
        self.function, self.__doc__ = function, function.__doc__
        super().__init__(name, kind, gdb.COMPLETE_NONE, prefix)

    def invoke(self, argument, from_tty):
        self.dont_repeat()
        memory.forget()
        sv.Software.defers = kernel.is_vitrine()
        try:
            self.function(gdb.string_to_argv(argument))
        except gdb.GdbError:
            raise
        except gdb.error as e:  # gdb's own error, about an expression or the machine
            raise gdb.GdbError(str(e)) from None


def usage(function):
    raise gdb.GdbError("usage: " + function.__doc__.splitlines()[0])


def address(word):
    """A number, or any expression of gdb's: $sp, &proc_tree_lock, usertrap."""
    try:
        return int(word, 0) & 0xFFFFFFFFFFFFFFFF
    except ValueError:
        pass
    value = gdb.parse_and_eval(word)
    if value.type.code == gdb.TYPE_CODE_FUNC:
        value = value.address
    return int(value) & 0xFFFFFFFFFFFFFFFF


class Whose:
    """A table: its name, sv.Table and address space (or None).

    By the words `PID`, `kernel` or none, and -k; of any kernel by `root ADDR`, `satp VALUE` or none.
    """

    def __init__(self, words, in_kernel):
        self.space = None
        if len(words) == 2 and words[0] in ("root", "satp"):
            self.of_value(words[0], address(words[1]))
            return
        if len(words) > 1 or words and not (words[0].isdigit() or words[0] == "kernel"):
            raise gdb.GdbError(f"{words[-1]}: expected the number of a process, `kernel', `root ADDR' or `satp VALUE'")
        if not words:
            self.of_hart()
        elif words[0] in ("0", "kernel"):
            self.name, self.table = "the kernel's own table", kernel.kernel_table()
        else:
            self.of_process(int(words[0]), in_kernel)

    def of_hart(self):
        hart = kernel.register("mhartid")
        mode, _, root = sv.satp(kernel.register("satp"))
        if not sv.levels_of(mode):
            raise gdb.GdbError(f"hart {hart} has no table in satp now: give the number of a process, or `kernel'")
        self.table = sv.Table(sv.levels_of(mode), root)
        self.name = f"the table in hart {hart}'s satp"
        if kernel.is_vitrine():
            whose, self.space = owner(self.table)
            self.name += f", {whose}"

    def of_value(self, kind, value):
        """The table of a root (in the mode of the hart's satp, or Sv39), or of a satp value."""
        mode, _, root = sv.satp(value if kind == "satp" else kernel.register("satp"))
        levels = sv.levels_of(mode)
        if kind == "root":
            root, levels = value, levels or 3
        if not levels or root % sv.PAGE:
            raise gdb.GdbError(f"{kind} {value:#x}: that leads to no table")
        self.table = sv.Table(levels, root)
        self.name = f"the table at {root:#x}"

    def of_process(self, pid, in_kernel):
        _, p = kernel.process(pid)
        self.space = kernel.target(p["as"])
        if self.space is None:
            raise gdb.GdbError(f"{kernel.title(p)} has no memory any more")
        self.table = kernel.table_in_kernel(self.space) if in_kernel else kernel.table_of(self.space["pt"])
        self.name = kernel.title(p) + (", in the kernel" if in_kernel else "")


def owner(table):
    """The owner of a table: (name, address space)."""
    if table == kernel.kernel_table():
        return "the kernel's own", None
    for _, p in kernel.processes():
        space = kernel.target(p["as"])
        if space is None:
            continue
        if table == kernel.table_of(space["pt"]):
            return kernel.title(p), space
        if table == kernel.table_of(space["kpt"]):
            return kernel.title(p) + ", in the kernel", space
    return "no process's", None


def take(words, option):
    """Removes an option from the words; returns whether it was there."""
    found = option in words
    while option in words:
        words.remove(option)
    return found
