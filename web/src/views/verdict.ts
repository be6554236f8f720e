// SPDX-License-Identifier: MIT
// verdict.ts - the end of a walk in words.
import { h } from "../dom";
import { hex } from "../numbers";
import type { Walk } from "../protocol";
import { Key, t } from "../words";

const RULES: Record<string, Key> = { ok: "rule.ok", canonical: "rule.canonical", "pte-access": "rule.pte-access", valid: "rule.valid",
  "w-needs-r": "rule.w-needs-r", reserved: "rule.reserved", "pointer-aud": "rule.pointer-aud", "no-leaf": "rule.no-leaf",
  aligned: "rule.aligned", user: "rule.user", sum: "rule.sum", "user-fetch": "rule.user-fetch", read: "rule.read",
  write: "rule.write", exec: "rule.exec", accessed: "rule.accessed", dirty: "rule.dirty" };

const CAUSES: Record<number, Key> = { 0: "cause.0", 1: "cause.1", 2: "cause.2", 3: "cause.3", 4: "cause.4", 5: "cause.5", 6: "cause.6",
  7: "cause.7", 8: "cause.8", 9: "cause.9", 11: "cause.11", 12: "cause.12", 13: "cause.13", 15: "cause.15" };
const INTERRUPTS: Record<number, Key> = { 1: "irq.1", 3: "irq.3", 5: "irq.5", 7: "irq.7", 9: "irq.9", 11: "irq.11" };

export const ruleWords = (rule: string): string => t(RULES[rule] ?? "rule.unknown");

/** scause in words. */
export function causeWords(cause: bigint): string {
  const code = Number(cause & 0xffffn), known = cause >> 63n ? INTERRUPTS[code] : CAUSES[code];
  return known ? t(known) : t("cause.unknown", code);
}

const ACCESS: Key[] = ["access.read", "access.write", "access.exec"];
export const accessWords = (access: number): string => t(ACCESS[access]);

/** The sentences about a walk. */
export function verdict(walk: Walk, va: bigint, access: number): (Node | string)[] {
  if (walk.rule === "ok") {
    const set = [walk.set & 0x40n ? "A" : "", walk.set & 0x80n ? "D" : ""].filter((s) => s !== "");
    return [h("b", {}, t("verdict.ok", hex(va), hex(walk.pa))), " ", t("verdict.reads", walk.steps.length),
      set.length > 0 ? " " + t("verdict.sets", set.join(", ")) : ""];
  }
  return [h("b", {}, t("verdict.no", accessWords(access), hex(va))), " ", t("verdict.rule", walk.rule, walk.level, ruleWords(walk.rule)), " ",
    t("verdict.cause", walk.cause, causeWords(BigInt(walk.cause)))];
}
