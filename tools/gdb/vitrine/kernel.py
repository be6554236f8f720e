# SPDX-License-Identifier: MIT
"""kernel.py - the kernel's structures in the stopped machine's memory: harts, processes, tables, frames.

Theory    Addresses and layouts come from the symbols and types of the kernel file, found through its own variables so
          that a user program's types cannot stand in for them. Values are read by physical address: in the image by the
          file's program headers, elsewhere by the direct map.
"""
import functools
import os
import struct

import gdb

from vitrine import memory, sv

USER, SUPERVISOR, MACHINE = 0, 1, 3
NAMES = {USER: "user", SUPERVISOR: "kernel", MACHINE: "firmware"}


def find_objfile():
    for f in gdb.objfiles():
        if f.is_valid() and f.filename and f.lookup_global_symbol("native_calls"):
            return f
    return None


def is_vitrine():
    """Whether the kernel is Vitrine's. Of other kernels only the tables can be read, from satp or a root."""
    return find_objfile() is not None


def objfile():
    found = find_objfile()
    if not found:
        raise gdb.GdbError("this kernel is not Vitrine, or gdb was not started with build/kernel/kernel as its file")
    return found


def symbol(name):
    """A variable or function of the kernel."""
    found = objfile().lookup_global_symbol(name) or objfile().lookup_static_symbol(name)
    if not found:
        raise gdb.GdbError(f"this kernel has no `{name}'")
    return found


def address(name):
    """The address of a variable, function or label of the kernel."""
    try:
        return int(symbol(name).value().address)
    except gdb.GdbError:
        return int(gdb.parse_and_eval(f"(unsigned long)&{name}"))


# ---- Memory


@functools.lru_cache(maxsize=None)
def segments_of(path, _time):
    """The loaded parts of an ELF file: (virtual address, end, physical minus virtual)."""
    with open(path, "rb") as f:
        head = f.read(64)
        start, size, count = struct.unpack_from("<Q", head, 32)[0], *struct.unpack_from("<HH", head, 54)
        f.seek(start)
        parts = [struct.unpack("<IIQQQQQQ", f.read(size)[:56]) for _ in range(count)]
    return [(p[3], p[3] + p[6], p[4] - p[3]) for p in parts if p[0] == 1]


def segments():
    path = objfile().filename if is_vitrine() else gdb.current_progspace().filename
    return segments_of(path, os.path.getmtime(path))


def physical(va):
    """The physical address of a kernel address in the image or in the direct map."""
    for start, end, offset in segments():
        if start <= va < end:
            return va + offset
    return va - direct_map() & 0xFFFFFFFFFFFFFFFF


def value_at(va, kind):
    """The kernel's object of that type at va, as a copy."""
    data = memory.read(physical(va), kind.sizeof)
    if data is None:
        raise gdb.GdbError(f"there is no memory behind the kernel's address {va:#x}")
    return gdb.Value(data, kind)


def variable(name):
    v = symbol(name).value()
    return value_at(int(v.address), v.type)


def target(pointer):
    """The target of a kernel pointer; None for NULL."""
    return value_at(int(pointer), pointer.type.target().strip_typedefs()) if int(pointer) else None


def text(value):
    return value.string("utf-8", "replace") if value.type.code == gdb.TYPE_CODE_ARRAY else string_at(int(value))


def string_at(va):
    data = memory.read(physical(va), 64) or b""
    return data.split(b"\0")[0].decode("utf-8", "replace")


def direct_map():
    """The virtual address of physical address 0 in the direct map; a variable in the image holds it."""
    env = target(variable("kernel_pt")["env"])
    if env is None:
        raise gdb.GdbError("the kernel has not made its page table yet: let it boot further")
    return int(env["direct"])


def entries_of(head, kind, member):
    """The objects on a list: (address, value). `head` is the address of its head."""
    offset = next(f for f in kind.fields() if f.name == member).bitpos // 8
    node_type = next(f for f in kind.fields() if f.name == member).type
    node = int(value_at(head, node_type)["next"])
    while node != head and node:
        yield node - offset, value_at(node - offset, kind)
        node = int(value_at(node, node_type)["next"])


def enum_names(name, beside):
    """The names of an enum's values, by value, in small letters without the prefix that they share. Some struct fields
    hold it as a number, so it is found by name, in the file that defines the function `beside`."""
    fields = gdb.lookup_type(f"enum {name}", symbol(beside).symtab.static_block()).fields()
    prefix = os.path.commonprefix([f.name for f in fields])
    return {f.enumval: f.name[prefix.rfind("_") + 1 :].lower() for f in fields}


# ---- Harts and processes


def harts():
    """Each hart of the machine: (its thread, hart number). Restores the selected thread."""
    memory.connection()
    chosen = gdb.selected_thread()
    try:
        for t in sorted(gdb.selected_inferior().threads(), key=lambda t: t.num):
            t.switch()
            yield t, register("mhartid")
    finally:
        if chosen:
            chosen.switch()


def register(name):
    """A register of the selected hart, not of the selected frame."""
    if not gdb.selected_thread():
        raise gdb.GdbError("no machine: `target remote` first, to QEMU's gdb stub")
    return int(gdb.newest_frame().read_register(name)) & 0xFFFFFFFFFFFFFFFF


def mode():
    return register("priv") & 3


def cpu():
    """The selected hart's struct cpu; None before the kernel runs on it."""
    cpus, hartid = variable("cpus"), register("mhartid")
    for i in range(int(variable("nharts"))):
        if int(cpus[i]["hartid"]) == hartid:
            return cpus[i]
    return None


def current():
    """(address, process) of the process that the selected hart runs, in user mode or in the kernel; None: none."""
    c = cpu()
    return (int(c["proc"]), target(c["proc"])) if c is not None and int(c["proc"]) else None


def proc_type():
    return symbol("initproc").value().type.target().strip_typedefs()


def processes():
    """All processes that have a number: (address, struct proc), by pid."""
    pids = symbol("pids").value()
    size = pids.type.target().sizeof
    heads = [int(pids.address) + i * size for i in range(pids.type.range()[1] + 1)]
    found = [p for head in heads for p in entries_of(head, proc_type(), "pidlink")]
    return sorted(found, key=lambda p: int(p[1]["pid"]))


def booted():
    """Whether the kernel has made its table of processes."""
    return int(variable("initproc")) != 0


def is_live():
    """Whether the kernel has a page table."""
    return int(variable("kernel_pt")["root"]) != 0


def process(pid):
    for at, p in processes() if booted() else ():
        if int(p["pid"]) == pid:
            return at, p
    raise gdb.GdbError(f"{pid}: no such process; procs lists them, 0 is the kernel")


def title(p):
    return f"process {int(p['pid'])} ({text(p['name'])})"


# ---- Page tables


def table_of(pt):
    """The sv.Table of a struct pt; None: it has none."""
    root = int(pt["root"])
    return sv.Table(int(target(pt["env"])["levels"]), physical(root)) if root else None


def kernel_table():
    table = table_of(variable("kernel_pt"))
    if not table:
        raise gdb.GdbError("the kernel has not made its page table yet: let it boot further")
    return table


def design():
    """The struct design in use."""
    return target(variable("design"))


def table_in_kernel(space):
    """The table that the kernel uses while it works for that process."""
    if not int(design()["switches"]):
        return table_of(space["pt"])
    return table_of(space["kpt"]) or kernel_table()


def regions(space):
    """The regions of an address space, by address."""
    rs = space["regions"]
    kind = rs["v"].type.target().strip_typedefs()
    return [value_at(int(rs["v"]) + i * kind.sizeof, kind) for i in range(int(rs["n"]))]


# ---- Frames


def frame_map():
    return variable("frame_map")


def kinds():
    """The names of frame kinds by number."""
    return enum_names("frame_kind", "frame_kind_name")


def frame_at(pa):
    """The first ledger entry of the block that pa lies in; None: no RAM."""
    fm = frame_map()
    if not 0 <= pa - int(fm["start"]) < int(fm["size"]):
        return None
    kind = fm["ledger"].type.target().strip_typedefs()

    def entry(at):
        return value_at(int(fm["ledger"]) + (at - int(fm["base"])) // sv.PAGE * kind.sizeof, kind)

    own, size, at = entry(pa), sv.PAGE, pa
    while not int(own["refs"]) and at > int(fm["base"]) and size < int(fm["size"]):
        size *= 2
        at = pa & -size
        head = entry(at) if at >= int(fm["base"]) else own
        if int(head["refs"]) and sv.PAGE << order_of(head) >= size:
            return head
    return own


def order_of(frame):
    """The order of the block that starts there; the highest bit says that it is on a free list (mm/frame/buddy.h)."""
    return int(frame["order"]) & 0x7F
