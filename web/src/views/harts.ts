// SPDX-License-Identifier: MIT
// harts.ts - the view of the harts: the running code, its tree, and the entries that the TLB holds or may still hold.
import { choice, choose, harts, run, treeOf } from "../app";
import { fill, h, pressable } from "../dom";
import { flagsOf, letters } from "../flags";
import { grouped, hex } from "../numbers";
import type { Doubt, HartView, Insn, Row } from "../protocol";
import { sourceLines } from "../sources";
import { Key, t } from "../words";
import { treeName } from "./controls";
import { placeWords } from "./places";
import { walkTo } from "./tree";
import { causeWords } from "./verdict";
import { leafOf, whyLink } from "./why";
import type { Ask, Looks, View } from "./view";

const MODES: Record<number, Key> = { 0: "mode.u", 1: "mode.s", 3: "mode.m" };
const ROWS_SHOWN = 14;

let cards: HTMLElement;
let code: HTMLElement;
let tlb: HTMLElement;
let answer: HTMLElement; // to "why?"

function satpWords(satp: bigint): string {
  const mode = Number(satp >> 60n);
  if (mode === 0) return t("satp.bare");
  const tree = treeOf(satp);
  return `Sv${39 + 9 * (mode - 8)} · ASID ${(satp >> 44n) & 0xffffn} · ${tree ? treeName(tree) : hex((satp & ((1n << 44n) - 1n)) << 12n)}`;
}

function pair(name: string, ...value: (Node | string)[]): HTMLElement {
  return h("div", { class: "pair" }, h("dt", {}, name), h("dd", {}, ...value));
}

function hartCard(one: HartView): HTMLElement {
  const where = one.mode === 0 ? t("hart.user", hex(one.pc)) : placeWords(one.place, one.pc);
  return h("div", { class: `hart${one.id === chosen() ? " chosen" : ""}`, "data-hart": one.id, ...pressable(() => pick(one.id)) },
    h("div", { class: "row" }, h("b", {}, t("hart.title", one.id)), h("span", { class: `mode m${one.mode}` }, one.waiting ? t("hart.waits") : t(MODES[one.mode])),
      run.turn === one.id ? h("span", { class: "turn" }, t("hart.turn")) : ""),
    h("dl", {}, pair("pc", h("span", { class: "pc" }, h("span", { class: "mono" }, hex(one.pc)), " ", one.mode === 0 ? "" : where)), pair("satp", h("span", { class: "satp" }, satpWords(one.satp))),
      pair(t("hart.trap"), h("span", { class: "trap-words" }, one.sepc === 0n ? t("hart.notrap") : `${causeWords(one.scause)} · sepc ${hex(one.sepc)} · stval ${hex(one.stval)}`))));
}

const pick = (id: number): void => choose({ hart: id });

// The chosen hart, if the machine has as many.
const chosen = (): number => (choice.hart < harts.length ? choice.hart : 0);

const listed = (lines: { now: boolean; words: string }[], kind: string): HTMLElement =>
  h("pre", { class: `source ${kind}` }, ...lines.map((l) => h("span", { class: l.now ? "now" : "" }, `${l.words}\n`)));

// The source around the line that the hart is at; without source its instructions.
function drawCode(one: HartView | undefined, insns: Insn[]): void {
  if (!one) return fill(code);
  const title = h("div", { class: "row" }, h("b", {}, t("code.title", one.id)), h("span", { class: "calls mono" }, one.calls.slice(0, 7).join(" < ")));
  const lines = one.place ? sourceLines(one.place.file, one.place.line, 4) : [], now = insns.find((i) => i.now)?.text ?? "";
  const where = one.place ? placeWords(one.place, one.pc) : t(one.mode === 0 ? "code.user" : "code.none", hex(one.pc));
  fill(code, title, h("div", { class: "hint mono" }, where, lines.length > 0 && now !== "" ? h("b", { class: "insn" }, ` · ${now}`) : ""),
    lines.length > 0 ? listed(lines.map((l) => ({ now: l.now, words: `${String(l.number).padStart(4)}  ${l.text}` })), "lines")
      : listed(insns.map((i) => ({ now: i.now, words: `${hex(i.pc).padStart(18)}  ${i.text}` })), "insns"));
}

const kindsOf = (kinds: number): string => (kinds & 1 ? "r" : "-") + (kinds & 2 ? "w" : "-") + (kinds & 4 ? "x" : "-");

function tlbRow(row: Row): HTMLElement {
  return h("tr", { "data-va": hex(row.va) }, h("td", {}, h("button", { class: "link mono", onclick: () => walkTo(row.va, { tree: `hart${chosen()}`, user: harts[chosen()]?.mode === 0 }) }, hex(row.va))),
    h("td", { class: "mono" }, hex(row.pa)), h("td", { class: "mono use" }, kindsOf(row.kinds)), h("td", { class: "number" }, grouped(Math.max(0, run.position - row.since))),
    h("td", {}, whyLink(() => leafOf(harts[chosen()].satp, row.va), answer)));
}

function doubtRow(d: Doubt): HTMLElement {
  return h("tr", { class: "stale" }, h("td", {}, h("button", { class: "link mono", onclick: () => walkTo(d.va, { tree: ((d.satp & ((1n << 44n) - 1n)) << 12n).toString(16) }) }, hex(d.va))),
    h("td", { class: "mono", colspan: "2" }, `${hex(d.was)} ${letters(flagsOf(d.was))} → ${hex(d.is)}`),
    h("td", {}, t("tlb.since", grouped(run.position - Number(d.when)), d.hart, placeWords(d.place, d.pc))), h("td", {}, whyLink(async () => d.pa, answer)));
}

function drawTlb(rows: Row[], doubts: Doubt[]): void {
  const young = [...rows].sort((a, b) => b.since - a.since), shown = young.slice(0, Math.max(4, ROWS_SHOWN - doubts.length));
  fill(tlb, h("div", { class: "row" }, h("b", {}, t("tlb.title", chosen())), h("span", { class: "hint" }, t("tlb.note", rows.length, doubts.length))),
    h("table", {}, h("thead", {}, h("tr", {}, h("th", {}, t("tlb.va")), h("th", {}, t("tlb.pa")), h("th", {}, t("tlb.use")), h("th", { class: "number" }, t("tlb.age")), h("th", {}))),
      h("tbody", {}, ...doubts.slice(0, 8).map(doubtRow), ...shown.map(tlbRow))));
}

export const hartsView: View = {
  name: "harts",
  title: "view.harts",
  key: "4",

  mount(into) {
    cards = h("div", { class: "harts" });
    code = h("div", { class: "card code" });
    tlb = h("div", { class: "card tlb" });
    answer = h("p", { class: "answered" });
    fill(into, cards, code, tlb, answer);
  },

  asks: (): Record<string, Ask> => ({ code: ["code", chosen()], rows: ["rows", chosen()], doubts: ["doubts", chosen()] }),

  draw(looks: Looks) {
    fill(cards, ...harts.map(hartCard));
    drawCode(harts[chosen()], (looks.code as Insn[] | null) ?? []);
    drawTlb((looks.rows as Row[] | null) ?? [], (looks.doubts as Doubt[] | null) ?? []);
  },
};
