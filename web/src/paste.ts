// SPDX-License-Identifier: MIT
// paste.ts - reads what a person has pasted: a table as vmprint shows it, a line with scause and stval, entries.
import { indexAt } from "./numbers";
import type { Step } from "./protocol";

export interface PastedEntry {
  level: number;
  va: bigint; // the first address that it stands for
  pte: bigint;
  line: number;
  pa: bigint | null; // what the line says that it leads to
}

export interface PastedTable {
  root: bigint;
  levels: number;
  entries: PastedEntry[];
  words: Step[]; // the entries with their places in memory
}

export interface PastedTrap {
  cause: bigint;
  epc: bigint | null;
  value: bigint | null;
  pid: number | null;
}

export interface Pasted {
  table: PastedTable | null;
  trap: PastedTrap | null;
  entries: bigint[]; // that stand alone
}

const ROOT = 0x1000n; // where no root is named
const LINE = /^\s*((?:\.\.\s*)+)\s*(0x[0-9a-f]+|\d+)\s*:\s*pte\s+(0x[0-9a-f]+)(?:\s*\(?[^)]*?\)?)?\s+pa\s+(0x[0-9a-f]+)/i;

const depthOf = (dots: string): number => (dots.match(/\.\./g) ?? []).length;

// In the newer form a line begins with the address instead of the index.
function indexOf(word: string, level: number): number {
  return word.startsWith("0x") ? indexAt(BigInt(word), level) : Number(word) & 511;
}

function readTable(lines: string[]): PastedTable | null {
  const found = lines.map((text, line) => ({ match: LINE.exec(text), line })).filter((l) => l.match !== null);
  if (found.length === 0) return null;
  const levels = Math.max(3, ...found.map((l) => depthOf((l.match as RegExpExecArray)[1])));
  const head = /page table\s+(0x[0-9a-f]+)/i.exec(lines.join("\n"));
  const root = head ? BigInt(head[1]) : ROOT, at: bigint[] = [root], vas: bigint[] = [0n];
  const entries: PastedEntry[] = [], words: Step[] = [];
  for (const { match, line } of found) {
    const [, dots, word, pteText, paText] = match as RegExpExecArray;
    const depth = depthOf(dots), level = levels - depth, pte = BigInt(pteText), index = indexOf(word, level);
    const va = (vas[depth - 1] ?? 0n) + (BigInt(index) << BigInt(12 + 9 * level));
    entries.push({ level, va: BigInt.asUintN(64, BigInt.asIntN(12 + 9 * levels, va)), pte, line, pa: BigInt(paText) });
    words.push({ pa: (at[depth - 1] ?? 0n) + BigInt(8 * index), pte });
    at[depth] = ((pte >> 10n) << 12n) & ((1n << 56n) - 1n);
    vas[depth] = va;
  }
  return { root, levels, entries, words };
}

const number = (text: string | undefined): bigint | null => (text === undefined ? null : BigInt(text.startsWith("0x") ? text : /[a-f]/i.test(text) || text.length > 8 ? "0x" + text : text));

function readTrap(text: string): PastedTrap | null {
  const find = (name: string) => new RegExp(`${name}\\s*[=:]?\\s*(0x[0-9a-f]+|[0-9a-f]+)`, "i").exec(text)?.[1];
  const cause = find("s?cause"), pid = /pid[= ]+(\d+)/.exec(text);
  if (cause === undefined) return null;
  return { cause: number(cause) as bigint, epc: number(find("sepc")), value: number(find("stval")), pid: pid ? Number(pid[1]) : null };
}

// Words of 16 digits or with 0x, but not what stands before a colon: that is where a debugger found them.
function readEntries(lines: string[]): bigint[] {
  const plain = lines.filter((l) => !LINE.test(l) && !/cause|sepc|stval|page table/i.test(l));
  return plain.flatMap((l) => [...l.replace(/^.*?:(?=\s)/, "").matchAll(/\b(?:0x[0-9a-f]{1,16}|[0-9a-f]{16})\b/gi)].map((m) => BigInt(m[0].startsWith("0x") ? m[0] : "0x" + m[0]))).slice(0, 512);
}

export function readPasted(text: string): Pasted {
  const lines = text.split(/\r?\n/);
  return { table: readTable(lines), trap: readTrap(text), entries: readEntries(lines) };
}
