// SPDX-License-Identifier: MIT
// reports.ts - reads the words of machine/web/reports.c.
import { LoopReport, Report, StaleReport, Walk } from "../protocol";
import type { Machine } from "./machine";
import { ruleName, walk } from "./walks";

const STALE_WORDS = 25;
const LOOP_WORDS = 13;
const ACCESS_OF_CAUSE: Record<number, number> = { 12: 2, 13: 0, 15: 1 };

export function readReport(machine: Machine, kind: number, at: number): Report {
  const w = [...machine.module.words(at, kind === 0 ? STALE_WORDS : LOOP_WORDS)];
  return kind === 0 ? readStale(machine, w) : readLoop(machine, w);
}

function readWalk(machine: Machine, w: bigint[]): Walk {
  return { rule: ruleName(machine.module, Number(w[0])), level: Number(w[1]), pa: w[2], pte: w[3], set: 0n, cause: -1, steps: [] };
}

function readStale(machine: Machine, w: bigint[]): StaleReport {
  const n = (i: number) => Number(w[i]);
  const names = machine.names, user = w[2] !== 0n;
  return { kind: "stale", byTree: w[0] !== 0n, hart: n(1), user, va: w[3], pc: w[4], when: n(5), access: n(6), satp: w[7],
    now: readWalk(machine, w.slice(8, 12)), old: readWalk(machine, w.slice(12, 16)),
    change: { pa: w[16], was: w[17], is: w[18], when: n(19), pc: w[20], hart: n(21), place: names.place(w[20]), calls: [] },
    oldSatp: w[22], satpWhen: n(23), satpPc: w[24],
    place: user ? null : names.place(w[4]), satpPlace: names.place(w[24]),
    calls: user ? [] : names.calls(machine.m, n(1), w[4]) };
}

function readLoop(machine: Machine, w: bigint[]): LoopReport {
  const n = (i: number) => Number(w[i]), names = machine.names, cause = n(8);
  const before = w[11] === 0n ? null : { epc: w[9], value: w[10], when: n(11), cause: n(12), place: names.place(w[9]) };
  const access = ACCESS_OF_CAUSE[cause];
  const asks = { satp: w[4], va: w[6], access: access ?? 0, user: false, sum: true, mxr: false, updateAd: true, edits: [] };
  const found = access !== undefined && w[4] >> 60n !== 0n ? walk(machine.module, machine.m, asks) : null;
  return { kind: "loop", hart: n(0), supervisor: w[1] !== 0n, vector: w[2], sp: w[3], epc: w[5], value: w[6], when: n(7),
    cause, before, place: names.place(w[5]), vectorPlace: names.place(w[2]), walk: found };
}
