# SPDX-License-Identifier: MIT
"""symbols.py - usersyms and ubreak: symbols of the running program, breakpoints in one program.

Theory    All programs are linked at one address, so gdb has the symbols of one program at a time. `auto` loads those of
          the process on the hart that stopped in user mode.
"""
import os

import gdb

from vitrine import command, kernel, memory


class State:
    """The program whose symbols are loaded: its name and file; auto: they follow the process."""

    name = file = None
    auto = True
    trampoline = False


def register():
    command.Command("usersyms", usersyms, gdb.COMMAND_FILES)
    command.Command("ubreak", ubreak, gdb.COMMAND_BREAKPOINTS)
    gdb.events.stop.connect(on_stop)
    gdb.events.cont.connect(memory.forget)


# ---- Symbols


def build():
    """The directory of the build that the kernel is from."""
    return os.path.dirname(os.path.dirname(os.path.realpath(kernel.objfile().filename)))


def find(name):
    """The file with a program's symbols; a process's name may be truncated. None: there is none."""
    base = os.path.basename(name)
    for place in ("bin", "xv6"):
        directory = os.path.join(build(), place)
        files = sorted(os.listdir(directory)) if os.path.isdir(directory) else []
        exact = [f for f in files if f == base]
        cut = [f for f in files if len(base) == 15 and f.startswith(base)]
        if exact or len(cut) == 1:
            return os.path.join(directory, (exact or cut)[0])
    return None


def load(name):
    """Loads the symbols of that program in place of another's; False: there are none."""
    file = find(name)
    if file == State.file and file:
        return True
    forget()
    if not file:
        return False
    gdb.execute(f'add-symbol-file "{file}"', to_string=True)
    State.name, State.file = os.path.basename(file), file
    return True


def forget():
    if State.file:
        gdb.execute(f'remove-symbol-file "{State.file}"', to_string=True)
    State.name = State.file = None


def know_trampoline():
    """Adds the second address of the trampoline's code, in the designs that switch tables."""
    file = os.path.join(build(), "kernel/rv/trampoline.S.o")
    page = int(kernel.variable("trap_stvec")) & -4096
    if State.trampoline or not page or page >> 63 or not os.path.exists(file):
        return
    State.trampoline = True
    gdb.execute(f'add-symbol-file "{file}" -s .trampoline {page:#x}', to_string=True)


def follow():
    """Symbols for the process on the selected hart, if that is in user mode."""
    if not kernel.booted():
        return
    know_trampoline()
    now = kernel.current()
    if State.auto and kernel.mode() == kernel.USER and now is not None:
        load(kernel.text(now[1]["name"]))


def on_stop(_event):
    memory.forget()
    try:
        follow()
    except (gdb.error, gdb.GdbError):
        pass  # another kernel, or a machine that has just ended


def usersyms(words):
    """usersyms NAME|auto|off
    Symbols of a program, from the build's bin/: NAME's, those of whatever is running (auto, as at first), or none.
    Without a word: names their program."""
    if len(words) > 1:
        command.usage(usersyms)
    if not words:
        gdb.write(f"{State.name or 'none'}{', auto' if State.auto else ''}\n")
        return
    State.auto = words[0] == "auto"
    if words[0] == "off":
        forget()
    elif State.auto:
        follow()
    elif not load(words[0]):
        raise gdb.GdbError(f"{words[0]}: no such program in {build()}/bin")


# ---- Breakpoints


class InProgram(gdb.Breakpoint):
    """Stops in user mode in processes of that name."""

    def __init__(self, address, name):
        super().__init__(f"*{address:#x}")
        self.name = name

    def stop(self):
        memory.forget()
        now = kernel.current()
        return kernel.mode() == kernel.USER and now is not None and kernel.text(now[1]["name"]) == self.name


def place(where, name):
    """The address of a function, FILE:LINE or *ADDRESS in a program."""
    if where.startswith("*"):
        return command.address(where[1:])
    try:
        found = gdb.decode_line(where)[1] or ()
    except gdb.error:
        found = ()
    for sal in found:
        if sal.symtab and sal.symtab.objfile.filename == os.path.realpath(State.file):
            return sal.pc
    raise gdb.GdbError(f"{where}: no such place in {name}")


def ubreak(words):
    """ubreak WHERE [NAME]
    A breakpoint in the program NAME and in no other, nor in the kernel: a function, FILE:LINE, or *ADDRESS. Without
    NAME: in the program whose symbols are known."""
    if not 1 <= len(words) <= 2:
        command.usage(ubreak)
    name = words[1] if len(words) == 2 else State.name
    if not name:
        raise gdb.GdbError("in which program? ubreak WHERE NAME")
    if not load(name):
        raise gdb.GdbError(f"{name}: no such program in {build()}/bin")
    InProgram(place(words[0], name), os.path.basename(name)[:15])
