// SPDX-License-Identifier: MIT
// disasm.ts - an instruction as text. The module finds its name; the operands are written here.

const ABI = ["zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7",
  "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"];

const CSRS: Record<number, string> = { 0x100: "sstatus", 0x104: "sie", 0x105: "stvec", 0x106: "scounteren", 0x140: "sscratch", 0x141: "sepc", 0x142: "scause",
  0x143: "stval", 0x144: "sip", 0x14d: "stimecmp", 0x180: "satp", 0x300: "mstatus", 0x302: "medeleg", 0x303: "mideleg", 0x304: "mie", 0x305: "mtvec", 0x306: "mcounteren",
  0x30a: "menvcfg", 0x340: "mscratch", 0x341: "mepc", 0x342: "mcause", 0x343: "mtval", 0x344: "mip", 0x3a0: "pmpcfg0", 0x3b0: "pmpaddr0", 0xc00: "cycle", 0xc01: "time",
  0xc02: "instret", 0xf14: "mhartid", 1: "fflags", 2: "frm", 3: "fcsr" };

const enum Form { R, I, U, Load, Store, Branch, Amo, Other }

const field = (full: number, low: number, bits: number): number => (full >>> low) & ((1 << bits) - 1);

// Sign-extended immediates, by format.
const immI = (full: number): number => full >> 20;
const immS = (full: number): number => ((full >> 25) << 5) | field(full, 7, 5);
const immB = (full: number): number => ((full >> 31) << 12) | (field(full, 7, 1) << 11) | (field(full, 25, 6) << 5) | (field(full, 8, 4) << 1);
const immJ = (full: number): number => ((full >> 31) << 20) | (field(full, 12, 8) << 12) | (field(full, 20, 1) << 11) | (field(full, 21, 10) << 1);

const target = (pc: bigint, by: number): string => "0x" + BigInt.asUintN(64, pc + BigInt(by)).toString(16);

function other(name: string, pc: bigint, full: number, rd: string, rs1: string, rs2: string): string {
  if (name === "jal") return rd === "zero" ? `j ${target(pc, immJ(full))}` : `jal ${rd === "ra" ? "" : rd + ", "}${target(pc, immJ(full))}`;
  if (name === "jalr") return rd === "zero" && rs1 === "ra" && immI(full) === 0 ? "ret" : `jalr ${rd}, ${immI(full)}(${rs1})`;
  if (name.startsWith("lr.")) return `${name} ${rd}, (${rs1})`;
  if (name.startsWith("sc.")) return `${name} ${rd}, ${rs2}, (${rs1})`;
  if (/^fl[wd]$/.test(name)) return `${name} f${field(full, 7, 5)}, ${immI(full)}(${rs1})`;
  if (/^fs[wd]$/.test(name)) return `${name} f${field(full, 20, 5)}, ${immS(full)}(${rs1})`;
  const csr = CSRS[full >>> 20] ?? "0x" + (full >>> 20).toString(16);
  if (/^csrr[wsc]i$/.test(name)) return `${name} ${rd}, ${csr}, ${field(full, 15, 5)}`;
  if (/^csrr[wsc]$/.test(name)) return name === "csrrs" && rs1 === "zero" ? `csrr ${rd}, ${csr}` : name === "csrrw" && rd === "zero" ? `csrw ${csr}, ${rs1}` : `${name} ${rd}, ${csr}, ${rs1}`;
  if (/^s(fence|inval)\.vma$/.test(name)) return `${name} ${rs1}, ${rs2}`;
  return name === "fp" || /^fn?m/.test(name) ? `${name} 0x${full.toString(16)}` : name;
}

function immediate(name: string, full: number, rd: string, rs1: string): string {
  const shift = /^s(ll|rl|ra)i/.test(name), imm = shift ? field(full, 20, name.endsWith("w") ? 5 : 6) : immI(full);
  if (name === "addi" && rs1 === "zero") return rd === "zero" ? "nop" : `li ${rd}, ${imm}`;
  return name === "addi" && imm === 0 ? `mv ${rd}, ${rs1}` : `${name} ${rd}, ${rs1}, ${imm}`;
}

/** The instruction `full` at `pc`; `row` and `form` are what machine/web/code.c tells of it. */
export function disassemble(pc: bigint, full: number, row: string, form: number): string {
  const name = row.toLowerCase().replaceAll("_", "."), [rd, rs1, rs2] = [7, 15, 20].map((low) => ABI[field(full, low, 5)]);
  switch (form as Form) {
    case Form.R: return `${name} ${rd}, ${rs1}, ${rs2}`;
    case Form.I: return immediate(name, full, rd, rs1);
    case Form.U: return `${name} ${rd}, 0x${(full >>> 12).toString(16)}`;
    case Form.Load: return `${name} ${rd}, ${immI(full)}(${rs1})`;
    case Form.Store: return `${name} ${rs2}, ${immS(full)}(${rs1})`;
    case Form.Branch: return `${name} ${rs1}, ${rs2}, ${target(pc, immB(full))}`;
    case Form.Amo: return `${name} ${rd}, ${rs2}, (${rs1})`;
    default: return row === "" ? "?" : other(name, pc, full, rd, rs1, rs2);
  }
}
