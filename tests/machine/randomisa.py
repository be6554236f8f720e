# SPDX-License-Identifier: MIT
"""randomisa.py - random programs for comparing two harts step by step.

A program initialises all registers, runs a body of random pieces, reads all the memory that it may have changed, and
exits. A piece is one instruction with its preparation: an address in a register before a load, a forward target for a
branch. Every instruction that may trap takes 4 bytes, so that the handler goes on behind it. A trap leaves the mode as
it was, but an ecall from S or U goes back to M. In every second program S has a handler, and exceptions are delegated.
"""
import random

INTEGERS = [0, 1, 2, 0x7F, 0x80, 0x7FF, 0x800, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 32, (1 << 63) - 1, 1 << 63,
            (1 << 64) - 1, (1 << 64) - 2, 0xFFFFFFFF80000000, 0x5555555555555555, 0x0123456789ABCDEF]
SINGLES = [0, 1, 0x007FFFFF, 0x00800000, 0x3F000000, 0x3F800000, 0x3F800001, 0x40490FDB, 0x4B800000, 0x4F000000,
           0x5F000000, 0x7F7FFFFF, 0x7F800000, 0x7F800001, 0x7FC00000, 0x7FC12345]
DOUBLES = [0, 1, 0x000FFFFFFFFFFFFF, 0x0010000000000000, 0x3FE0000000000000, 0x3FF0000000000000, 0x3FF0000000000001,
           0x400921FB54442D18, 0x41E0000000000000, 0x43E0000000000000, 0x4340000000000000, 0x7FEFFFFFFFFFFFFF,
           0x7FF0000000000000, 0x7FF0000000000001, 0x7FF8000000000000, 0x47EFFFFFE0000000, 0x380FFFFFE0000000]

REGISTER = ["add", "sub", "sll", "slt", "sltu", "xor", "srl", "sra", "or", "and", "addw", "subw", "sllw", "srlw",
            "sraw", "mul", "mulh", "mulhsu", "mulhu", "div", "divu", "rem", "remu", "mulw", "divw", "divuw", "remw",
            "remuw"]
IMMEDIATE = ["addi", "slti", "sltiu", "xori", "ori", "andi", "addiw"]
SHIFTS = [("slli", 64), ("srli", 64), ("srai", 64), ("slliw", 32), ("srliw", 32), ("sraiw", 32)]
BRANCHES = ["beq", "bne", "blt", "bge", "bltu", "bgeu"]
LOADS = ["lb", "lh", "lw", "ld", "lbu", "lhu", "lwu"]
STORES = ["sb", "sh", "sw", "sd"]
AMOS = ["amoswap", "amoadd", "amoxor", "amoand", "amoor", "amomin", "amomax", "amominu", "amomaxu"]
COMPRESSED = ["c.add {r}, {s}", "c.mv {r}, {s}", "c.addi {r}, {i}", "c.addiw {r}, {i}", "c.li {r}, {i}",
              "c.slli {r}, {n}", "c.lui {u}, {n}", "c.sub {a}, {b}", "c.xor {a}, {b}", "c.or {a}, {b}",
              "c.and {a}, {b}",
              "c.subw {a}, {b}", "c.addw {a}, {b}", "c.andi {a}, {i}", "c.srli {a}, {n}", "c.srai {a}, {n}",
              "c.addi4spn {a}, sp, {w}", "c.addi16sp sp, {p}", "c.nop"]

DATA_PAGES = 4  # at `room`
VA, VA_PAGES = 0x28000000, 8
ROOM = 4096 * DATA_PAGES


class Generator:
    """Writes the assembly of one program."""

    def __init__(self, seed, pieces=1500):
        self.r = random.Random(seed)
        self.pieces, self.lines, self.label = pieces, [], 0
        self.privilege, self.delegates = 3, seed % 2 == 0
        self.kinds = [(self.register, 14), (self.immediate, 8), (self.upper, 2), (self.branch, 6), (self.jump, 2),
                      (self.memory, 12), (self.translated, 6), (self.atomic, 5), (self.reserve, 3),
                      (self.compressed, 8), (self.compressed_memory, 3), (self.float_op, 16), (self.float_bits, 4),
                      (self.float_memory, 4), (self.csr, 4), (self.garbage, 4), (self.system, 2), (self.mode, 2),
                      (self.refill, 3)]

    def emit(self, *lines):
        self.lines += lines

    def reg(self):
        return f"x{self.r.randrange(32)}"

    def near(self):
        return f"x{self.r.randrange(8, 16)}"

    def freg(self):
        return f"f{self.r.randrange(32)}"

    def integer(self):
        r = self.r
        value = r.choice(INTEGERS) if r.random() < 0.5 else r.getrandbits(r.choice([8, 16, 32, 64]))
        return value if r.random() < 0.8 else (-value) % (1 << 64)

    def fresh(self):
        self.label += 1
        return f".L{self.label}"

    # -- the pieces

    def register(self):
        self.emit(f"{self.r.choice(REGISTER)} {self.reg()}, {self.reg()}, {self.reg()}")

    def immediate(self):
        if self.r.random() < 0.6:
            self.emit(f"{self.r.choice(IMMEDIATE)} {self.reg()}, {self.reg()}, {self.r.randrange(-2048, 2048)}")
        else:
            name, bits = self.r.choice(SHIFTS)
            self.emit(f"{name} {self.reg()}, {self.reg()}, {self.r.randrange(bits)}")

    def upper(self):
        self.emit(f"{self.r.choice(['lui', 'auipc'])} {self.reg()}, {self.r.randrange(1 << 20)}")

    def branch(self):
        target = self.fresh()
        self.emit(f"{self.r.choice(BRANCHES)} {self.reg()}, {self.reg()}, {target}")
        for _ in range(self.r.randrange(3)):
            self.register()
        self.emit(f"{target}:")

    def jump(self):
        target, reg = self.fresh(), self.reg()
        if self.r.random() < 0.5 or reg == "x0":
            self.emit(f"jal {reg}, {target}")
        else:
            self.emit(f"la {reg}, {target}", f"jalr {self.reg()}, {self.r.choice([0, 1])}({reg})")
        self.register()
        self.emit(f"{target}:")

    def address(self, reg, align, slack=0):
        """An address in the room, aligned or not; returns the offset to use with it."""
        offset = self.r.randrange(-2048, 2048)
        place = self.r.randrange(0, ROOM - 16)
        if self.r.random() < 0.85 or slack < 0:
            place -= place % align
            offset -= offset % align
        self.emit(f"la {reg}, room + {place - offset}" if place >= offset else f"la {reg}, room - {offset - place}")
        return offset

    def base(self):
        return f"x{self.r.randrange(1, 32)}"

    def memory(self):
        base = self.base()
        offset = self.address(base, self.r.choice([1, 2, 4, 8]))
        name = self.r.choice(LOADS + STORES)
        self.emit(f"{name} {self.reg()}, {offset}({base})")

    def translated(self):
        """An access to the pages that are mapped at random; in M it is an access fault."""
        base = self.base()
        place = VA + self.r.randrange(-8, VA_PAGES * 512 + 1) * 8
        self.emit(f"li {base}, {place}", f"{self.r.choice(['ld', 'lw', 'sd', 'sb', 'lbu'])} {self.reg()}, 0({base})")

    def atomic(self):
        base, width = self.base(), self.r.choice("wd")
        place = self.r.randrange(ROOM // 8) * 8
        order = self.r.choice(["", ".aq", ".rl", ".aqrl"])
        self.emit(f"la {base}, room + {place}",
                  f"{self.r.choice(AMOS)}.{width}{order} {self.reg()}, {self.reg()}, ({base})")

    def reserve(self):
        base, width = self.base(), self.r.choice("wd")
        place = self.r.randrange(ROOM // 8) * 8
        self.emit(f"la {base}, room + {place}", f"lr.{width} x0, ({base})")
        if self.r.random() < 0.3:
            self.emit(f"sc.{width} x0, {self.reg()}, ({base})")
        self.emit(f"sc.{width} {self.reg()}, {self.reg()}, ({base})")

    def compressed(self):
        """Two of them, so that the next instruction is aligned."""
        r = self.r
        for _ in range(2):
            self.emit(".option rvc", r.choice(COMPRESSED).format(
                r=self.base(), s=self.base(), i=r.randrange(-32, 32), n=r.randrange(1, 32), a=self.near(),
                b=self.near(), u=r.choice(["x1"] + [f"x{i}" for i in range(3, 32)]), w=r.randrange(1, 256) * 4,
                p=r.choice([-512, -16, 16, 496])), ".option norvc")

    def compressed_memory(self):
        base, place, offset = self.near(), self.r.randrange(ROOM // 8 - 32) * 8, self.r.randrange(16) * 8
        name, reg = self.r.choice([("ld", self.near()), ("sd", self.near()), ("lw", self.near()), ("sw", self.near()),
                                   ("fld", f"f{self.r.randrange(8, 16)}"), ("fsd", f"f{self.r.randrange(8, 16)}")])
        self.emit(f"la {base}, room + {place}", ".option rvc", f"c.{name} {reg}, {offset}({base})", "c.nop",
                  ".option norvc")

    def float_op(self):
        """Any encoding of OP-FP or a fused operation, most of them legal."""
        r = self.r
        fmt = r.choice([0, 0, 0, 1, 1, 1, 2, 3]) if r.random() < 0.1 else r.randrange(2)
        rm = r.choice([0, 1, 2, 3, 4, 7, 7, 7]) if r.random() < 0.95 else r.randrange(8)
        fields = r.randrange(32) << 15 | rm << 12 | r.randrange(32) << 7
        if r.random() < 0.3:
            word = r.randrange(32) << 27 | fmt << 25 | r.randrange(32) << 20 | fields
            word |= r.choice([0x43, 0x47, 0x4B, 0x4F])
        else:
            f5 = r.choice([0, 1, 2, 3, 4, 5, 8, 11, 20, 24, 26, 28, 30]) if r.random() < 0.97 else r.randrange(32)
            rs2 = r.randrange(32)
            if f5 in (8, 11, 24, 26, 28, 30) and r.random() < 0.95:
                rs2 = {8: 1 - fmt % 2, 24: r.randrange(4), 26: r.randrange(4)}.get(f5, 0)
            if f5 in (4, 5, 20, 28, 30) and r.random() < 0.95:
                fields = fields & ~(7 << 12) | r.randrange({4: 3, 5: 2, 20: 3, 28: 2, 30: 1}[f5]) << 12
            word = f5 << 27 | fmt << 25 | rs2 << 20 | fields | 0x53
        self.emit(f".word {word:#x}")

    def float_bits(self):
        """A register gets an interesting number."""
        reg, r = self.base(), self.r
        if r.random() < 0.5:
            value = (r.choice(SINGLES) if r.random() < 0.7 else r.getrandbits(32)) ^ r.getrandbits(1) << 31
            self.emit(f"li {reg}, {value:#x}", f"fmv.w.x {self.freg()}, {reg}")
        else:
            value = (r.choice(DOUBLES) if r.random() < 0.7 else r.getrandbits(64)) ^ r.getrandbits(1) << 63
            self.emit(f"li {reg}, {value:#x}", f"fmv.d.x {self.freg()}, {reg}")

    def float_memory(self):
        base = self.base()
        offset = self.address(base, 8)
        self.emit(f"{self.r.choice(['flw', 'fld', 'fsw', 'fsd'])} {self.freg()}, {offset}({base})")

    def csr(self):
        r = self.r
        number = r.choice(["sscratch", "fcsr", "fflags", "frm", "0x800", "0x5c0", "mvendorid"])
        if r.random() < 0.5:
            self.emit(f"{r.choice(['csrrwi', 'csrrsi', 'csrrci'])} {self.reg()}, {number}, {r.randrange(1, 32)}")
        else:
            base = self.base()
            self.emit(f"li {base}, {r.randrange(1, 256)}",
                      f"{r.choice(['csrrw', 'csrrs', 'csrrc'])} {self.reg()}, {number}, {base}")

    def garbage(self):
        """Any word, but for jumps and what belongs to the system or to extensions. A base is far from all devices."""
        opcode = self.r.choice([0x03, 0x07, 0x13, 0x1B, 0x23, 0x27, 0x33, 0x3B, 0x2B, 0x57, 0x5B, 0x6B, 0x7F])
        word = self.r.getrandbits(32) & ~0x7F | opcode
        if opcode in (0x03, 0x07, 0x23, 0x27):
            word |= 1 << 15  # not x0
            self.emit(f"li x{word >> 15 & 31}, {self.r.getrandbits(64) | 1 << 62:#x}")
        self.emit(f".word {word:#x}")

    def system(self):
        """TW and, unless S has a handler, TSR are set: below M, wfi and returns are illegal."""
        names = ["ebreak", "sfence.vma", "fence", "fence.i", "csrr x0, mstatus", "csrr x0, sstatus", "ecall", "ecall"]
        names += ["mret", "wfi", "csrw satp, x0"] if self.privilege < 3 else []
        names += ["sret"] if self.privilege == 0 or self.privilege == 1 and not self.delegates else []
        name = self.r.choice(names)
        self.emit(name)
        if name == "ecall":
            self.privilege = 3

    def mode(self):
        """Goes from M to S or U, with or without translation; an ecall gets to M first."""
        back, mode = self.fresh(), self.r.choice([0, 1])
        self.privilege = mode
        tree = self.r.choice(["0", "tree_s" if mode else "tree_u"])
        self.emit("ecall", f"la x5, {back}", "csrw mepc, x5", "li x5, 3 << 11", "csrc mstatus, x5",
                  f"li x5, {mode} << 11 | {self.r.choice([0, 0, 1 << 18, 1 << 19, 3 << 18])}", "csrs mstatus, x5")
        if tree == "0":
            self.emit("csrw satp, x0")
        else:
            self.emit(f"la x5, {tree}", "srli x5, x5, 12", "li x6, 8 << 60", "or x5, x5, x6", "csrw satp, x5")
        self.emit("sfence.vma", "mret", f"{back}:")

    def refill(self):
        self.emit(f"li {self.reg()}, {self.integer():#x}")

    # -- the program

    def pte(self):
        """Flags of a mapped page."""
        r = self.r
        usual = [0xC7, 0xC7, 0xD7, 0xD7, 0xCF, 0x07, 0x17, 0x43, 0x53, 0xC9, 0xC5, 0x01, 0x00]
        flags = r.choice([*usual, r.getrandbits(8)])
        high = 0 if r.random() < 0.95 else 1 << r.randrange(54, 64)
        return f"li t0, {flags | high:#x}"

    def tables(self):
        """Two trees: RAM as the supervisor's or the user's, but for S's handler, and pages at VA in both."""
        for tree in ("tree_s", "tree_u"):
            self.emit(f"la t1, {tree}", "la t0, middle", "srli t0, t0, 2", "ori t0, t0, 1", "sd t0, 0(t1)")
        self.emit("la t1, tree_s", "li t0, 0x80000000 >> 2 | 0xcf", "sd t0, 16(t1)", USER_TREE)
        self.emit("la t1, middle + 320 * 8", "la t0, low", "srli t0, t0, 2", "ori t0, t0, 1", "sd t0, 0(t1)",
                  "la t1, low")
        for page in range(VA_PAGES):
            self.emit(self.pte(), f"la t2, room + {4096 * self.r.randrange(DATA_PAGES)}", "srli t2, t2, 2",
                      "or t0, t0, t2", f"sd t0, {8 * page}(t1)")

    def program(self):
        self.tables()
        for i in range(32):
            number = self.r.choice(DOUBLES + [0xFFFFFFFF << 32 | s for s in SINGLES])
            self.emit(f"li t0, {number:#x}", f"fmv.d.x f{i}, t0")
        for i in range(1, 32):
            self.emit(f"li x{i}, {self.integer():#x}")
        self.emit(f"li x5, {self.r.choice([2, 3]) + (0 if self.delegates else 4)} << 20", "csrs mstatus, x5")
        delegated = self.r.getrandbits(16) & ~(1 << 8 | 1 << 9 | 1 << 11) if self.delegates else 0
        self.emit(f"li x5, {delegated:#x}", "csrw medeleg, x5", "csrw fcsr, x0", "begin:")
        kinds, weights = zip(*self.kinds)
        for _ in range(self.pieces):
            self.r.choices(kinds, weights)[0]()
        return START + "\n".join(self.lines) + END


USER_TREE = """
    la t1, pages
    li t0, 0x80000000 >> 2 | 0xdf
    li t2, 512
    li t3, 1024
1:  sd t0, 0(t1)
    add t0, t0, t3
    addi t1, t1, 8
    addi t2, t2, -1
    bnez t2, 1b
    la t0, strap
    srli t1, t0, 12
    andi t1, t1, 511
    slli t1, t1, 3
    la t2, pages
    add t1, t1, t2
    srli t0, t0, 2
    ori t0, t0, 0xcb
    sd t0, 0(t1)
    la t1, gigabyte
    la t0, pages
    srli t0, t0, 2
    ori t0, t0, 1
    sd t0, 0(t1)
    la t1, tree_u
    la t0, gigabyte
    srli t0, t0, 2
    ori t0, t0, 1
    sd t0, 16(t1)
"""

START = """
    .option norvc
    .globl _start
    .section .text.start, "ax"
_start:
    la t0, trap
    csrw mtvec, t0
    la t0, strap
    csrw stvec, t0
    li t0, 3 << 13
    csrs mstatus, t0
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
"""

END = f"""
    ecall
    la t0, room
    li t1, {ROOM}
    add t1, t0, t1
1:  ld t2, 0(t0)
    ld t3, 8(t0)
    ld t4, 16(t0)
    ld t5, 24(t0)
    addi t0, t0, 32
    bltu t0, t1, 1b
    la t0, low
    ld t1, 0(t0)
    ld t1, 8(t0)
    ld t1, 16(t0)
    ld t1, 24(t0)
    ld t1, 32(t0)
    ld t1, 40(t0)
    ld t1, 48(t0)
    ld t1, 56(t0)
    .globl end
end:
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
    j .

    .balign 4
trap:
    csrw mscratch, t0
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    csrr t0, mcause
    addi t0, t0, -8
    beqz t0, 1f
    addi t0, t0, -1
    beqz t0, 1f
    csrr t0, mscratch
    mret
1:  li t0, 3 << 11
    csrs mstatus, t0
    csrr t0, mscratch
    mret

    .balign 4096
strap:
    csrw sscratch, t0
    csrr t0, sepc
    addi t0, t0, 4
    csrw sepc, t0
    csrr t0, sscratch
    sret
    .balign 4096

    .data
    .balign 4096
    .space 4096
room:
    .space {ROOM + 4096}
tree_s:
    .space 4096
tree_u:
    .space 4096
gigabyte:
    .space 4096
pages:
    .space 4096
middle:
    .space 4096
low:
    .space 4096
"""
