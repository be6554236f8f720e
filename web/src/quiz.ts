// SPDX-License-Identifier: MIT
// quiz.ts - makes random questions. The answers come from the module: the page knows none by itself.
import { link } from "./app";
import { Dice } from "./dice";
import { letters } from "./flags";
import { hex, indexAt } from "./numbers";
import type { Step, Walk } from "./protocol";
import { Key, t } from "./words";
import { accessWords, ruleWords } from "./views/verdict";

export interface Question {
  words: string;
  table: [string, string][]; // what is given: a name and a value
  choices: string[];
  right: number;
  why: string;
}

// The right choice among wrong ones, in any order.
function withChoices(dice: Dice, right: string, wrong: string[]): { choices: string[]; right: number } {
  const choices = dice.shuffled([right, ...dice.shuffled([...new Set(wrong)].filter((w) => w !== right)).slice(0, 3)]);
  return { choices, right: choices.indexOf(right) };
}

const page = (dice: Dice): bigint => 0x80000000n + (BigInt(dice.below(0x8000)) << 12n);
const pte = (pa: bigint, flags: number): bigint => ((pa >> 12n) << 10n) | BigInt(flags);

const ask = (satp: bigint, va: bigint, access: number, user: boolean, edits: Step[]): Promise<Walk> =>
  link.call<Walk>("walkAlone", { satp, va, access, user, sum: false, mxr: false, updateAd: true, edits });

async function translate(dice: Dice): Promise<Question> {
  const root = page(dice), middle = page(dice), leaves = page(dice), target = page(dice);
  const va = (BigInt(dice.below(256)) << 30n) | (BigInt(dice.below(512)) << 21n) | (BigInt(dice.below(512)) << 12n) | BigInt(dice.below(512) * 8);
  const at = (table: bigint, level: number): bigint => table + BigInt(8 * indexAt(va, level));
  const steps: Step[] = [{ pa: at(root, 2), pte: pte(middle, 1) }, { pa: at(middle, 1), pte: pte(leaves, 1) }, { pa: at(leaves, 0), pte: pte(target, 0xdf) }];
  const found = await ask((8n << 60n) | (root >> 12n), va, 0, true, steps), right = hex(found.pa);
  const wrong = [hex(leaves | (va & 0xfffn)), hex(target), hex((found.pa >> 2n) & ~7n), hex(steps[2].pa), hex((target << 2n) | (va & 0xfffn))];
  return { words: t("quiz.translate", hex(va)), table: [["satp", hex((8n << 60n) | (root >> 12n))], ...steps.map((s): [string, string] => [hex(s.pa), hex(s.pte)])],
    ...withChoices(dice, right, wrong), why: t("quiz.translate.why", hex(steps[2].pte), hex(target), hex(va & 0xfffn)) };
}

const RULES = ["ok", "valid", "w-needs-r", "user", "sum", "user-fetch", "read", "write", "exec", "pointer-aud"];

async function forbids(dice: Dice): Promise<Question> {
  const flags = dice.pick([0xcb, 0xcf, 0xd3, 0xd7, 0xd9, 0xdb, 0xdf, 0x5b, 0xd6, 0xd5, 0xc3, 0xc7]), access = dice.below(3), user = dice.below(2) === 0;
  const root = page(dice), middle = page(dice), leaves = page(dice);
  const edits: Step[] = [{ pa: root, pte: pte(middle, 1) }, { pa: middle, pte: pte(leaves, 1) }, { pa: leaves, pte: pte(page(dice), flags) }];
  const found = await ask((8n << 60n) | (root >> 12n), 0n, access, user, edits);
  return { words: t("quiz.forbids", t(user ? "mode.u" : "mode.s"), accessWords(access)), table: [[t("quiz.leaf"), `V${flags & 1} ${letters(flags)}`], ["SUM", "0"]],
    ...withChoices(dice, ruleWords(found.rule), RULES.map(ruleWords)), why: found.rule === "ok" ? t("quiz.forbids.ok") : t("verdict.rule", found.rule, found.level, ruleWords(found.rule)) };
}

async function index(dice: Dice): Promise<Question> {
  const level = dice.below(3), va = (BigInt(dice.below(256)) << 30n) | (BigInt(dice.below(512)) << 21n) | (BigInt(dice.below(512)) << 12n) | BigInt(dice.below(4096));
  const right = String(indexAt(va, level)), others = [0, 1, 2].map((l) => String(indexAt(va, l)));
  return { words: t("quiz.index", level, hex(va)), table: [], ...withChoices(dice, right, [...others, String(Number((va >> 12n) & 511n) ^ 1), String(Number(va & 511n)), String((indexAt(va, level) + 256) % 512)]),
    why: t("quiz.index.why", 12 + 9 * level, 20 + 9 * level) };
}

// A situation, the right answer's number among FENCES.
const SITUATIONS: [words: Key, right: number][] = [["fence.case.valid", 0], ["fence.case.unmap", 1], ["fence.case.narrow", 1], ["fence.case.satp", 2], ["fence.case.table", 2], ["fence.case.other", 3],
  ["fence.case.asid", 2], ["fence.case.widen", 0]];
const FENCES: Key[] = ["fence.none", "fence.page", "fence.all", "fence.harts"];

function fence(dice: Dice): Question {
  const [words, right] = dice.pick(SITUATIONS);
  return { words: t(words), table: [], ...withChoices(dice, t(FENCES[right]), FENCES.map((k) => t(k))), why: t(`${words}.why` as Key) };
}

/** A new question. */
export function newQuestion(dice = Dice.byChance()): Promise<Question> {
  return dice.pick([translate, translate, forbids, forbids, index, async (d: Dice) => fence(d)])(dice);
}
