// SPDX-License-Identifier: MIT
// looks.ts - what the views ask of the machine: each is a function of the present state.
import { Change, Doubt, HartView, Insn, Kind, Path, Process, Question, Range, Reference, Row, TablePage, TreeView } from "../protocol";
import { U } from "../flags";
import { disassemble } from "../disasm";
import type { Machine } from "./machine";
import { programOf } from "./program";
import { u64 } from "./module";
import { judge, walk } from "./walks";

const HART_WORDS = 45, TREES_MAX = 64, ROWS_MAX = 768, DOUBTS_MAX = 64, RANGES_MAX = 1024, REFERENCES_MAX = 64;
const USYSCALL = 0x3fffffd000n;
const PPN = (1n << 44n) - 1n;

export const rootOf = (satp: bigint): bigint => (satp & PPN) << 12n;
export const levelsOf = (satp: bigint): number => Number(satp >> 60n) - 5;

export function harts(machine: Machine): HartView[] {
  const { module } = machine;
  const count = module.x.web_harts(machine.m, module.room);
  const all = [...module.words(module.room, count * HART_WORDS)];
  return Array.from({ length: count }, (_, id) => readHart(machine, id, all.slice(id * HART_WORDS)));
}

function readHart(machine: Machine, id: number, w: bigint[]): HartView {
  const user = w[1] === 0n;
  return { id, pc: w[0], mode: Number(w[1]), waiting: w[2] !== 0n, satp: w[3], sepc: w[4], scause: w[5], stval: w[6],
    stvec: w[7], mstatus: w[9], steps: w[11], x: w.slice(12, 44), actives: Number(w[44]),
    place: user ? null : machine.names.place(w[0]), calls: user ? [] : machine.names.calls(machine.m, id, w[0]) };
}

const PROCESS_WORDS = 5, PROCESSES_MAX = 64;

/** The processes, as the kernel's own data say; none without debug information. */
export function processes(machine: Machine): Process[] {
  const { module } = machine;
  const count = module.x.web_processes(machine.m, module.room, PROCESSES_MAX);
  const words = [...module.words(module.room, count * PROCESS_WORDS)];
  const bytes = module.bytes(module.room, count * PROCESS_WORDS * 8);
  return Array.from({ length: count }, (_, i) => {
    const at = i * PROCESS_WORDS, name = bytes.slice(8 * (at + 3), 8 * (at + 5));
    return { root: words[at], kernelRoot: words[at + 1], pid: Number(words[at + 2]), name: new TextDecoder().decode(name).split("\0")[0] };
  });
}

export function trees(machine: Machine): TreeView[] {
  const { module } = machine;
  const known = processes(machine);
  const count = module.x.web_trees(machine.m, module.room);
  const all = [...module.words(module.room, count * 4)];
  const found = Array.from({ length: count }, (_, i) => readTree(machine, all.slice(4 * i, 4 * i + 4), known));
  return found.sort((a, b) => Number(b.used - a.used)).slice(0, TREES_MAX);
}

function readTree(machine: Machine, w: bigint[], known: Process[]): TreeView {
  const satp = (w[1] + 5n) << 60n | w[0] >> 12n;
  const mapped = ranges(machine, satp), user = mapped.some((r) => (r.flags & U) !== 0);
  const process = known.find((p) => p.root === w[0]);
  return { root: w[0], levels: Number(w[1]), used: w[2], number: Number(w[3]), satp, user, sure: process !== undefined, ...whose(machine, satp, mapped, user, process) };
}

// Without debug information the process is guessed from what its memory holds.
function whose(machine: Machine, satp: bigint, mapped: Range[], user: boolean, process: Process | undefined): { pid: number | null; program: string } {
  if (process) return { pid: process.pid, program: process.name };
  return user ? { pid: pidOf(machine, satp), program: programOf(machine, satp, mapped) } : { pid: null, program: "" };
}

/** The process's number stands in the first word of its USYSCALL page, in each kernel that has such a page. */
function pidOf(machine: Machine, satp: bigint): number | null {
  const asks = { satp, va: USYSCALL, access: 0, user: true, sum: false, mxr: false, updateAd: true, edits: [] };
  const found = walk(machine.module, machine.m, asks);
  if (found.rule !== "ok") return null;
  const pid = Number(machine.entryAt(found.pa) & 0xffffffffn);
  return pid > 0 && pid < 1_000_000 ? pid : null;
}

export function ranges(machine: Machine, satp: bigint): Range[] {
  const { module } = machine;
  const count = module.x.web_ranges(machine.m, satp, machine.deferred, module.room, RANGES_MAX, module.askRoom);
  const w = module.words(module.room, count * 6);
  return Array.from({ length: count }, (_, i) => ({ start: w[6 * i], end: w[6 * i + 1], flags: Number(w[6 * i + 2]),
    level: Number(w[6 * i + 3]), pa: w[6 * i + 4], inOrder: w[6 * i + 5] !== 0n }));
}

export function tablePages(machine: Machine, satp: bigint): number {
  ranges(machine, satp);
  return new Uint32Array(machine.module.x.memory.buffer, machine.module.askRoom, 1)[0];
}

/** The walk of an address, with the whole tables on its way. */
export function path(machine: Machine, q: Question): Path {
  const levels = levelsOf(q.satp);
  const found = walk(machine.module, machine.m, q);
  let level = levels - 1, at = rootOf(q.satp);
  const tables: TablePage[] = [];
  for (const step of found.steps) {
    tables.push(table(machine, at, level--, q.edits));
    at = step.pte >> 10n << 12n & ((1n << 56n) - 1n);
  }
  if (tables.length === 0) tables.push(table(machine, at, level, q.edits));
  return { satp: q.satp, levels, va: q.va, walk: found, tables };
}

function table(machine: Machine, pa: bigint, level: number, edits: { pa: bigint; pte: bigint }[]): TablePage {
  const entries = machine.wordsOf(pa), kinds = new Uint8Array(512);
  for (const e of edits) if (e.pa >> 12n === pa >> 12n) entries[Number(e.pa - pa) / 8] = e.pte;
  for (let i = 0; i < 512; i++) kinds[i] = entries[i] === 0n ? Kind.Hole : judge(machine.module, entries[i], level).kind;
  return { pa, level, entries, kinds };
}

/** The first address that the entry at `pa` stands for in a tree; null: it is not in the tree. */
export function addressOf(machine: Machine, satp: bigint, pa: bigint): bigint | null {
  const { module } = machine;
  return module.x.web_find(machine.m, satp, pa, module.room) ? module.words(module.room, 1)[0] : null;
}

/** Four bytes for each frame: kind, owner, references, nothing. */
export function frames(machine: Machine): Uint8Array {
  const { module } = machine;
  const count = Number(module.x.web_ram_size(machine.m) >> 12n);
  const room = 4 * count <= 1 << 20 ? module.room : module.x.web_alloc(4 * count);
  module.x.web_frames(machine.m, room);
  return module.bytes(room, 4 * count).slice();
}

export function references(machine: Machine, pa: bigint): Reference[] {
  const { module } = machine;
  const count = module.x.web_references(machine.m, pa, module.room, REFERENCES_MAX);
  const w = module.words(module.room, 4 * count);
  return Array.from({ length: count }, (_, i) => ({ tree: Number(w[4 * i]), va: w[4 * i + 1], pte: w[4 * i + 2],
    level: Number(w[4 * i + 3]) }));
}

export function rows(machine: Machine, hart: number): Row[] {
  const { module } = machine;
  const count = module.x.web_rows(machine.m, hart, module.room, ROWS_MAX);
  const w = module.words(module.room, 4 * count);
  return Array.from({ length: count }, (_, i) => ({ va: w[4 * i], pa: w[4 * i + 1], kinds: Number(w[4 * i + 2]), since: Number(w[4 * i + 3]) }));
}

export function doubts(machine: Machine, hart: number): Doubt[] {
  const { module } = machine;
  const count = module.x.web_doubts(machine.m, hart, module.room, DOUBTS_MAX);
  const w = [...module.words(module.room, 8 * count)];
  return Array.from({ length: count }, (_, i) => {
    const d = w.slice(8 * i, 8 * i + 8);
    return { va: d[0], pa: d[1], was: d[2], is: d[3], when: d[4], pc: d[5], hart: Number(d[6]), satp: d[7],
      place: machine.names.place(d[5]) };
  });
}

/** The last change of an entry that the machine remembers. */
export function changed(machine: Machine, pa: bigint): Change | null {
  const { module } = machine;
  if (!module.x.web_changed(machine.m, pa, module.room)) return null;
  const w = [...module.words(module.room, 6)];
  return { pa, was: w[1], is: w[2], when: Number(w[3]), pc: w[4], hart: Number(w[5] & 0xffn), place: machine.names.place(w[4]), calls: [] };
}

const CODE_WORDS = 5, BEFORE = 4, BEHIND = 8, LONGEST_FUNCTION = 4096;

/** The instructions around the one that the hart is at; those before it where its function is known. */
export function code(machine: Machine, hart: number): Insn[] {
  const { module } = machine, one = harts(machine)[hart];
  if (!one) return [];
  const back = one.place && one.place.offset <= LONGEST_FUNCTION ? one.place.offset : 0;
  const count = module.x.web_code(machine.m, hart, u64(one.pc - BigInt(back)), module.room, back / 2 + BEHIND);
  const w = [...module.words(module.room, count * CODE_WORDS)];
  const all = Array.from({ length: count }, (_, i) => ({ pc: u64(w[5 * i]), full: Number(w[5 * i + 2]), name: Number(w[5 * i + 3]), form: Number(w[5 * i + 4]) }));
  const at = Math.max(0, all.findIndex((insn) => insn.pc === u64(one.pc)));
  return all.slice(Math.max(0, at - BEFORE), at + BEHIND)
    .map((i) => ({ pc: i.pc, text: disassemble(i.pc, i.full, module.string(i.name), i.form), now: i.pc === u64(one.pc) }));
}

export function walkNow(machine: Machine, q: Question) {
  return walk(machine.module, machine.m, q);
}

export function hash(machine: Machine): string {
  return machine.hash;
}
