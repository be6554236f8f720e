# SPDX-License-Identifier: MIT
"""procs.py - procs, harts, ledger, locks: processes, owners of memory, holders of locks."""
import collections
import re
import struct

import gdb

from vitrine import command, kernel, memory, sv, where


def register():
    for name, function in (("procs", procs), ("harts", harts), ("ledger", ledger), ("locks", locks)):
        command.Command(name, function, gdb.COMMAND_STATUS)


AWAY = ("sleeping", "runnable")  # states of a process that has a kernel stack and is on no hart


def procs(words):
    """procs
    All processes: number, parent, state, hart (where it runs or ran last), break, pages present, name, and the place in
    the kernel where one waits that is on no hart (for those on one: harts)."""
    if words:
        command.usage(procs)
    if not kernel.booted():
        raise gdb.GdbError("there are no processes yet: let it boot further")
    states = kernel.enum_names("procstate", "procdump")
    gdb.write(" PID PARENT STATE    HART     BREAK PAGES NAME      WAITS AT\n")
    for _, p in kernel.processes():
        parent, space = kernel.target(p["parent"]), kernel.target(p["as"])
        state, name = states[int(p["state"])], kernel.text(p["name"])
        figures = f"{int(space['sz']):#9x} {int(space['pages']):5}" if space is not None else f"{'-':>9} {'-':>5}"
        place = where.of_process(p) if state in AWAY else None
        gdb.write(f"{int(p['pid']):4} {int(parent['pid']) if parent is not None else 0:6} {state:<8} "
                  f"{int(p['hart']):4} {figures} {name:<9} {place or '-'}\n")


def harts(words):
    """harts
    All harts: in which mode and where they are, what they run, and the place in the kernel's source. `thread` selects
    one by the number in THREAD."""
    if words:
        command.usage(harts)
    gdb.write("HART THREAD MODE     PC                 RUNS               AT\n")
    for thread, hart in kernel.harts():
        now = kernel.current() if kernel.booted() else None
        runs = "-" if now is None else kernel.title(now[1]) if int(now[1]["pid"]) else kernel.text(now[1]["name"])
        mode = kernel.NAMES.get(kernel.mode(), "?")
        gdb.write(f"{hart:4} {thread.num:6} {mode:<8} {kernel.register('pc'):#018x} {runs or 'idle':<18} "
                  f"{where.of_hart() or '-'}\n")


# ---- Frames

PER_PROCESS = ("pgtable", "user", "kstack", "trapframe", "usyscall")


def frames():
    """The number of frames of each (kind, owner). A block's first entry counts for all of it."""
    fm = kernel.frame_map()
    kind = fm["ledger"].type.target().strip_typedefs()
    at = {f.name: f.bitpos // 8 for f in kind.fields()}
    size, total = kind.sizeof, int(fm["size"]) // sv.PAGE
    first = kernel.physical(int(fm["ledger"])) + (int(fm["start"]) - int(fm["base"])) // sv.PAGE * size
    data, count, i = memory.read_run(first, total * size), collections.Counter(), 0
    while i < total:
        n = 1 << (data[i * size + at["order"]] & 0x7F)
        count[data[i * size + at["kind"]], struct.unpack_from("<I", data, i * size + at["owner"])[0]] += n
        i += n
    return count


def ledger(words):
    """ledger
    The frames of memory by kind, and for kinds that belong to processes by owner, the kernel being owner 0."""
    if words:
        command.usage(ledger)
    if not kernel.is_live():
        raise gdb.GdbError("there is no ledger yet: let it boot further")
    count, total = frames(), 0
    names = {int(p["pid"]): kernel.text(p["name"]) for _, p in kernel.processes()} if kernel.booted() else {}
    gdb.write("KIND         FRAMES       KB  OWNERS (process:frames)\n")
    for number, kind in kernel.kinds().items():
        owners = {o: n for (k, o), n in sorted(count.items()) if k == number}
        n = sum(owners.values())
        total += n
        if not n:
            continue
        gdb.write(f"{kind:<10} {n:8} {n * 4:8}")
        for o, frames_of in owners.items() if kind in PER_PROCESS else ():
            gdb.write(f"  {o}({names.get(o, 'ended')}):{frames_of}" if o else f"  kernel:{frames_of}")
        gdb.write("\n")
    gdb.write(f"{'all':<10} {total:8} {total * 4:8}\n")


# ---- Locks


def variables():
    """The kernel's variables: (file, name, lazy value)."""
    file = ""
    for line in gdb.execute("info variables -q -n", to_string=True).splitlines():
        if line.startswith("File "):
            file = line[5:].rstrip(":")
        m = re.match(r"\d+:\s.*?(\w+)(?:\[.*\])?;$", line)
        if not m or not file.startswith("kernel/"):
            continue
        for s in gdb.lookup_static_symbols(m[1]) + [gdb.lookup_global_symbol(m[1])]:
            if s and s.symtab.filename == file and s.symtab.objfile.filename == kernel.objfile().filename:
                yield file, m[1], s.value()


def within(kind, path, offset):
    """The locks in an object of that type: (path, offset, type)."""
    kind = kind.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_ARRAY and kind.target().strip_typedefs().code == gdb.TYPE_CODE_STRUCT:
        size = kind.target().sizeof
        for i in range(kind.range()[1] + 1):
            yield from within(kind.target(), f"{path}[{i}]", offset + i * size)
    if kind.code != gdb.TYPE_CODE_STRUCT:
        return
    if kind.tag in ("spinlock", "sleeplock"):
        yield path, offset, kind
    for f in kind.fields():
        if f.name and not f.bitsize:
            yield from within(f.type, f"{path}.{f.name}", offset + f.bitpos // 8)


def objects():
    """(name, address, type) of objects that may hold locks: the kernel's variables, processes, their address spaces."""
    for _, name, v in variables():
        yield name, int(v.address), v.type
    cpus = kernel.variable("cpus")
    for i in range(int(kernel.variable("nharts"))):
        idle = cpus[i]["idle"]
        if int(idle):
            yield f"hart {int(cpus[i]['hartid'])}'s idle process", int(idle), idle.type.target()
    for at, p in kernel.processes() if kernel.booted() else ():
        yield f"process {int(p['pid'])}", at, p.type
        if int(p["as"]):
            yield f"process {int(p['pid'])}'s memory", int(p["as"]), p["as"].type.target()


def all_locks():
    """(path, value) of all of them."""
    for name, at, kind in objects():
        for path, offset, lock in within(kind, name, 0):
            yield path, kernel.value_at(at + offset, lock)


def place_of_hart(hartid):
    places = [where.of_hart() for _, hart in kernel.harts() if hart == hartid]
    return f", at {places[0]}" if places and places[0] else ""


def place_of_process(p):
    """The place in the kernel of a process, which may be on a hart."""
    if kernel.enum_names("procstate", "procdump")[int(p["state"])] not in AWAY:
        return place_of_hart(int(kernel.variable("cpus")[int(p["hart"])]["hartid"]))
    place = where.of_process(p)
    return f", at {place}" if place else ""


def holder(lock):
    """The holder of a lock (the hart of a spinlock, the process of a sleeplock), and its place."""
    at = int(lock["holder"])
    cpus = kernel.symbol("cpus").value()
    i, odd = divmod(at - int(cpus.address), cpus.type.target().sizeof)
    if not odd and 0 <= i <= cpus.type.range()[1]:
        hartid = int(kernel.variable("cpus")[i]["hartid"])
        return f"hart {hartid}{place_of_hart(hartid)}"
    for address, p in kernel.processes() if kernel.booted() else ():
        if address == at:
            return kernel.title(p) + place_of_process(p)
    return f"{at:#x}" if at else "an unknown holder"


def locks(words):
    """locks
    The locks that are held, with holder and place: those in the kernel's variables, in processes and in their
    memory."""
    if words:
        command.usage(locks)
    seen = held = 0
    for path, lock in all_locks():
        seen += 1
        state = lock["locked"] if lock.type.tag == "spinlock" else lock["state"]
        if int(state):
            held += 1
            gdb.write(f"{lock.type.tag} {path} ({kernel.string_at(int(lock['name']))}) held by {holder(lock)}\n"
                      if lock.type.tag == "spinlock" else f"sleeplock {path} held by {holder(lock)}\n")
    gdb.write(f"{held} of {seen} locks are held\n")
