// SPDX-License-Identifier: MIT
// walks.ts - walks by the module: the manual's algorithm decides, not this program.
import { Kind, Question, Step, Walk } from "../protocol";
import { Module, u64 } from "./module";

const ANSWER_WORDS = 17;
const NO_RULE = 0;

/** Asks for a walk. machine 0: only the question's own entries are there. */
export function walk(module: Module, machine: number, q: Question): Walk {
  const ask = module.words(module.askRoom, 5 + 2 * q.edits.length);
  const state = Number(q.user) | (Number(q.sum) << 1) | (Number(q.mxr) << 2) | (Number(q.updateAd) << 3);
  ask.set([q.satp, u64(q.va), BigInt(q.access), BigInt(state), BigInt(q.edits.length)]);
  q.edits.forEach((e, i) => ask.set([e.pa, e.pte], 5 + 2 * i));
  module.x.web_walk(machine, module.askRoom, module.room);
  return readWalk(module, module.words(module.room, ANSWER_WORDS));
}

function readWalk(module: Module, w: BigUint64Array): Walk {
  const steps: Step[] = [];
  for (let i = 0; i < Number(w[5]); i++) steps.push({ pa: w[7 + 2 * i], pte: w[8 + 2 * i] });
  return { rule: ruleName(module, Number(w[0])), level: Number(w[1]), pa: w[2], pte: w[3], set: w[4],
    cause: Number(BigInt.asIntN(64, w[6])), steps };
}

const ruleNames = new Map<number, string>(); // a table of 512 entries asks 512 times

export function ruleName(module: Module, rule: number): string {
  let name = ruleNames.get(rule);
  if (name === undefined) ruleNames.set(rule, (name = module.string(module.x.web_rule_name(rule))));
  return name;
}

/** What an entry at a level is, and the rule that it breaks. */
export function judge(module: Module, pte: bigint, level: number): { kind: Kind; rule: string } {
  if (pte === 0n) return { kind: Kind.Hole, rule: "valid" };
  const rule = module.x.web_rule(pte, level);
  const name = ruleName(module, rule);
  if (name === "valid") return { kind: Kind.Spare, rule: name };
  if (rule !== NO_RULE) return { kind: Kind.Malformed, rule: name };
  return { kind: (pte & 0xen) === 0n ? Kind.Table : Kind.Leaf, rule: name };
}
