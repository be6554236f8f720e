// SPDX-License-Identifier: MIT
// protocol.ts - what the page and the worker with the machine say to one another.

/** How a machine is made. */
export interface Settings {
  harts: number;
  mem: number; // bytes
  seed: number;
  append: string;
  noPmp: boolean;
  modern: boolean;
  tlb: number; // enum tlb_mode: 0 strict, 1 lax, 2 oldest, 3 random, 4 late
  epoch: number; // seconds since 1970 at reset
}

/** A byte that a person has typed, and where in the run it came. */
export interface Input {
  position: bigint;
  clock: bigint;
  idle: boolean; // all harts waited
  byte: number;
}

/** The files of a machine. */
export interface Parts {
  wasm: Uint8Array;
  kernel: Uint8Array;
  firmware: Uint8Array | null;
  disk: Uint8Array | null;
  facts: Uint8Array | null; // what the kernel's debug information tells (machine/sight/facts.def)
}

/** A place in the kernel's program. */
export interface Place {
  name: string;
  offset: number;
  file: string;
  line: number;
}

/** An instruction as text. */
export interface Insn {
  pc: bigint;
  text: string;
  now: boolean;
}

export interface HartView {
  id: number;
  pc: bigint;
  mode: number;
  waiting: boolean;
  satp: bigint;
  sepc: bigint;
  scause: bigint;
  stval: bigint;
  stvec: bigint;
  mstatus: bigint;
  steps: bigint;
  x: bigint[];
  actives: number;
  place: Place | null;
  calls: string[];
}

export interface TreeView {
  root: bigint;
  levels: number;
  used: bigint;
  number: number;
  satp: bigint; // mode and root
  pid: number | null; // of the process that it belongs to, where its USYSCALL page tells
  user: boolean; // it maps memory for user mode
  program: string; // the process's name, or the first word of its command, where it can be found on its stack
  sure: boolean; // pid and program are the kernel's, not guessed
}

/** A process, as the kernel's own data say. */
export interface Process {
  root: bigint;
  kernelRoot: bigint; // 0n: the kernel's table is not its own
  pid: number;
  name: string;
}

export interface Row {
  va: bigint;
  pa: bigint;
  kinds: number; // 1 loads, 2 stores, 4 fetches
  since: number; // the position where the hart used it first
}

/** An entry that has changed, where the old value may still be in the TLB. */
export interface Doubt {
  va: bigint;
  pa: bigint;
  was: bigint;
  is: bigint;
  when: bigint;
  pc: bigint;
  hart: number;
  satp: bigint;
  place: Place | null;
}

export interface Range {
  start: bigint;
  end: bigint; // 0n: the end of the address space
  flags: number; // the low ten bits of an entry, 1024: deferred
  level: number;
  pa: bigint;
  inOrder: boolean;
}

/** Kinds of entries. */
export const enum Kind {
  Hole = 0,
  Table = 1,
  Leaf = 2,
  Malformed = 3,
  Spare = 4, // V = 0, and other bits are set
}

export interface TablePage {
  pa: bigint;
  level: number;
  entries: BigUint64Array;
  kinds: Uint8Array;
}

export interface Step {
  pa: bigint;
  pte: bigint;
}

/** What a walk found. */
export interface Walk {
  rule: string;
  level: number;
  pa: bigint;
  pte: bigint;
  set: bigint;
  cause: number;
  steps: Step[];
}

export interface Path {
  satp: bigint;
  levels: number;
  va: bigint;
  walk: Walk;
  tables: TablePage[];
}

export interface Question {
  satp: bigint;
  va: bigint;
  access: number; // 0 read, 1 write, 2 execute
  user: boolean;
  sum: boolean;
  mxr: boolean;
  updateAd: boolean;
  edits: Step[];
}

export interface Reference {
  tree: number;
  va: bigint;
  pte: bigint;
  level: number;
}

export const Events = { exception: 1, interrupt: 2, return: 4, satp: 8, fence: 16, entry: 32 } as const;

/** An event to run to. */
export interface Wanted {
  kinds: number;
  causes?: number[]; // of exceptions; all if left out
  modes?: number; // bits
  harts?: number; // bits
  call?: number; // the number in a7 of an ecall
}

export interface EventSeen {
  kind: number;
  hart: number;
  position: number;
  pc: bigint;
  mode: number;
  cause: bigint;
  value: bigint;
  before: bigint;
  after: bigint;
  pa: bigint;
  place: Place | null;
}

export interface Change {
  pa: bigint;
  was: bigint;
  is: bigint;
  when: number;
  pc: bigint;
  hart: number;
  place: Place | null;
  calls: string[];
}

export type Stop = "none" | "idle" | "finished" | "break" | "report";

/** Where the run is. */
export interface State {
  position: number;
  newest: number;
  first: number;
  running: boolean;
  stop: Stop;
  mips: number;
  turn: number; // the hart that made the last step
  epoch: number; // counts loads: older events are of another machine
  inputs: number[]; // positions, thinned
  exit: number; // what the finisher was asked for
}

/** A report in one language: "glass" and what happened, then "from", "since", "rule", "do" ... */
export type ReportText = { head: string; words: string }[];

export interface Report {
  kind: string; // of machine/sight/kinds.def
  when: number;
  hart: number;
  note: boolean; // no mistake of the kernel's for certain
  en: ReportText;
  zh: ReportText;
}

/** The worker tells without being asked. */
export type Told =
  | { kind: "console"; bytes: Uint8Array }
  | { kind: "screen"; bytes: Uint8Array } // the screen begins anew: all that had been printed
  | { kind: "state"; state: State; looks: Record<string, unknown> }
  | { kind: "report"; report: Report }
  | { kind: "answer"; id: number; value?: unknown; error?: string };
