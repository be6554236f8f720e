// SPDX-License-Identifier: MIT
// explain.ts - the view that explains what a person pastes: no machine has to run.
import { choice, choose, link } from "../app";
import { fill, h } from "../dom";
import { flagsOf, LEAF_NAMES, letters, regionOf, U, W, X } from "../flags";
import { grouped, hex, indexAt, parseNumber, targetOf } from "../numbers";
import { Kind, Walk } from "../protocol";
import { Pasted, PastedTable, PastedTrap, readPasted } from "../paste";
import { Key, t } from "../words";
import { causeWords, ruleWords, verdict } from "./verdict";
import type { Ask, View } from "./view";

const SAMPLE = `page table 0x0000000087f6b000
 ..0: pte 0x0000000021fd9c01 pa 0x0000000087f67000
 .. ..0: pte 0x0000000021fd9801 pa 0x0000000087f66000
 .. .. ..0: pte 0x0000000021fda01b pa 0x0000000087f68000
 .. .. ..1: pte 0x0000000021fd9417 pa 0x0000000087f65000
 .. .. ..2: pte 0x0000000021fd9007 pa 0x0000000087f64000
 .. .. ..3: pte 0x0000000021fd8c17 pa 0x0000000087f63000
 ..255: pte 0x0000000021fda801 pa 0x0000000087f6a000
 .. ..511: pte 0x0000000021fda401 pa 0x0000000087f69000
 .. .. ..509: pte 0x0000000021fdd003 pa 0x0000000087f74000
 .. .. ..510: pte 0x0000000021fdcc07 pa 0x0000000087f73000
 .. .. ..511: pte 0x0000000020001c0b pa 0x0000000080007000
usertrap(): unexpected scause 0xd pid=3
            sepc=0x18 stval=0x3fffffd000`;

const USYSCALL = 0x3fffffd000n, TRAPFRAME = 0x3fffffe000n, TRAMPOLINE = 0x3ffffff000n;

let area: HTMLTextAreaElement, out: HTMLElement, address: HTMLInputElement, hint: HTMLElement, buttons: HTMLElement;
let shownFor = "";

interface Judged {
  kind: Kind;
  rule: string;
}

const judge = (pte: bigint, level: number): Promise<Judged> => link.call<Judged>("judge", pte, level);

// Remarks about an entry besides its flags.
function remark(va: bigint, level: number, pte: bigint, judged: Judged): string {
  const flags = flagsOf(pte);
  if (judged.kind === Kind.Malformed) return t("explain.malformed", ruleWords(judged.rule));
  if (judged.kind === Kind.Table) return level === 0 ? ruleWords("no-leaf") : t("tree.pointer");
  if (judged.kind !== Kind.Leaf) return t("entry.spare");
  if ((flags & U) !== 0 && va >= TRAPFRAME && va < 1n << 38n) return t("explain.openTrap");
  if ((flags & U) === 0 && va === USYSCALL) return t("explain.usyscall");
  if ((flags & W) !== 0 && (flags & X) !== 0) return t("explain.wx");
  return "";
}

const special = (va: bigint): string => (va === TRAMPOLINE ? "TRAMPOLINE" : va === TRAPFRAME ? "TRAPFRAME" : va === USYSCALL ? "USYSCALL" : "");

async function tableRows(table: PastedTable): Promise<HTMLElement[]> {
  const user = table.entries.some((e) => (flagsOf(e.pte) & U) !== 0);
  return Promise.all(table.entries.map(async (e) => {
    const judged = await judge(e.pte, e.level), flags = flagsOf(e.pte), leaf = judged.kind === Kind.Leaf;
    const bytes = 1n << BigInt(12 + 9 * e.level);
    const wrong = e.pa !== null && e.pa !== targetOf(e.pte) ? t("explain.pa", hex(targetOf(e.pte))) : "";
    return h("tr", { class: leaf ? regionOf(flags, e.va, bytes, user) : judged.kind === Kind.Malformed ? "stale" : "pointer", "data-level": e.level },
      h("td", { class: "mono", style: `padding-left:${(table.levels - 1 - e.level) * 14}px` }, `${indexAt(e.va, e.level)}`), h("td", { class: "mono" }, hex(e.va)),
      h("td", { class: "mono" }, leaf ? `${letters(flags)} ${LEAF_NAMES[e.level]}` : ""), h("td", { class: "mono" }, hex(targetOf(e.pte))),
      h("td", {}, [special(e.va), remark(e.va, e.level, e.pte, judged), wrong].filter((s) => s !== "").join(" · ")));
  }));
}

async function walkPasted(table: PastedTable, va: bigint, access: number, user: boolean): Promise<Walk> {
  const satp = BigInt(table.levels + 5) << 60n | table.root >> 12n;
  return link.call<Walk>("walkAlone", { satp, va, access, user, sum: choice.sum, mxr: choice.mxr, updateAd: true, edits: table.words });
}

const ACCESS_OF: Record<string, number> = { "12": 2, "13": 0, "15": 1, "1": 2, "5": 0, "7": 1 };

// Where an address points, as far as its number tells.
function whereabouts(value: bigint, epc: bigint | null): Key | null {
  if (value < 4096n) return "explain.null";
  if (value === epc) return "explain.jump";
  if (value >= USYSCALL && value < TRAPFRAME) return "explain.atUsyscall";
  if (value >= TRAMPOLINE - 0x200000n && value < TRAMPOLINE) return "explain.kstack";
  if (value >= 1n << 38n && value < BigInt.asUintN(64, -(1n << 38n))) return "explain.noncanonical";
  if (value >= 0x80000000n && value < 0x88000000n) return "explain.ram";
  return null;
}

async function trapCard(trap: PastedTrap, table: PastedTable | null): Promise<HTMLElement> {
  const words: (Node | string)[] = [h("b", {}, t("explain.trap", hex(trap.cause), causeWords(trap.cause))), " "];
  if (trap.epc !== null) words.push(t("explain.epc", hex(trap.epc)), " ");
  if (trap.value !== null && ACCESS_OF[String(trap.cause)] !== undefined) {
    words.push(t("explain.value", hex(trap.value)), " ");
    const where = whereabouts(trap.value, trap.epc);
    if (where) words.push(t(where), " ");
    if (table) words.push(h("br"), ...verdict(await walkPasted(table, trap.value, ACCESS_OF[String(trap.cause)], trap.pid !== null || choice.user), trap.value, ACCESS_OF[String(trap.cause)]));
    else words.push(t("explain.more"));
  } else if (trap.cause === 2n && trap.value !== null) words.push(t("explain.illegal", hex(trap.value)));
  return h("div", { class: "card trap" }, ...words);
}

async function entryRows(entries: bigint[]): Promise<HTMLElement[]> {
  return Promise.all(entries.filter((pte) => pte !== 0n).map(async (pte) => {
    const judged = await judge(pte, 0), pointer = (pte & 0xen) === 0n && (pte & 1n) === 1n, flags = flagsOf(pte);
    const what = pointer ? t("explain.pointer") : judged.kind === Kind.Malformed ? t("explain.malformed", ruleWords(judged.rule)) : judged.kind === Kind.Leaf ? t("explain.leaf") : t("entry.spare");
    return h("tr", { class: pointer ? "pointer" : judged.kind === Kind.Malformed ? "stale" : regionOf(flags, 0n, 4096n, true) }, h("td", { class: "mono" }, hex(pte)), h("td", { class: "mono" }, hex(targetOf(pte))),
      h("td", { class: "mono" }, letters(flags)), h("td", {}, what));
  }));
}

function tableOf(heads: Key[], rows: HTMLElement[]): HTMLElement {
  return h("div", { class: "card" }, h("table", { class: "pasted" }, h("thead", {}, h("tr", {}, ...heads.map((k) => h("th", {}, t(k))))), h("tbody", {}, ...rows)));
}

async function walkCard(table: PastedTable): Promise<HTMLElement> {
  const found = await walkPasted(table, choice.va, choice.access, choice.user);
  return h("p", { class: "result", "data-ok": String(found.rule === "ok") }, ...verdict(found, choice.va, choice.access));
}

async function explain(pasted: Pasted): Promise<Node[]> {
  const nodes: Node[] = [];
  if (pasted.trap) nodes.push(await trapCard(pasted.trap, pasted.table));
  if (pasted.table) {
    const pages = 1 + pasted.table.entries.filter((e) => (e.pte & 0xfn) === 1n).length;
    nodes.push(await walkCard(pasted.table), h("p", { class: "hint" }, t("explain.tables", grouped(pasted.table.entries.length), pages, pages * 4)));
    nodes.push(tableOf(["explain.index", "tlb.va", "explain.flags", "explain.to", "explain.remark"], await tableRows(pasted.table)));
  }
  if (pasted.entries.length > 0 && !pasted.table) nodes.push(tableOf(["explain.entry", "explain.to", "explain.flags", "explain.remark"], await entryRows(pasted.entries)));
  return nodes;
}

let turn = 0;

async function show(): Promise<void> {
  const text = JSON.stringify([area.value, choice.lang, choice.va.toString(), choice.access, choice.user, choice.sum, choice.mxr]);
  if (text === shownFor) return;
  shownFor = text;
  const mine = ++turn, pasted = readPasted(area.value);
  const nodes = await explain(pasted);
  if (mine !== turn) return;
  address.parentElement?.toggleAttribute("hidden", !pasted.table);
  fill(out, ...(area.value.trim() === "" ? [h("p", { class: "hint" }, t("explain.hint"))] : nodes.length === 0 ? [h("p", { class: "hint" }, t("explain.nothing"))] : nodes));
}

function walkWords(): HTMLElement {
  address = h("input", { class: "address", value: hex(choice.va), onchange: () => {
    const va = parseNumber(address.value);
    address.setAttribute("aria-invalid", String(va === null));
    if (va !== null) choose({ va });
  } });
  const access = h("select", { onchange: () => choose({ access: Number(access.value) }) }, ...(["access.read", "access.write", "access.exec"] as Key[]).map((k, i) => h("option", { value: i, selected: choice.access === i }, t(k))));
  const mode = h("select", { onchange: () => choose({ user: mode.value === "u" }) }, h("option", { value: "u", selected: choice.user }, t("mode.u")), h("option", { value: "s", selected: !choice.user }, t("mode.s")));
  return h("div", { class: "controls", hidden: true }, t("explain.walk"), address, access, mode);
}

let kept = "";

export const explainView: View = {
  name: "explain",
  title: "view.explain",
  key: "6",

  mount(into) {
    hint = h("p", { class: "hint" }, t("explain.what"));
    area = h("textarea", { class: "mono paste", rows: "9", spellcheck: "false", placeholder: t("explain.paste"), oninput: () => { kept = area.value; void show(); } });
    area.value = kept;
    buttons = h("div", { class: "controls" }, h("button", { class: "sample", onclick: () => { area.value = kept = SAMPLE; void show(); } }, t("explain.sample")),
      h("button", { onclick: () => { area.value = kept = ""; void show(); } }, t("explain.clear")));
    out = h("div", { class: "explained" });
    shownFor = "";
    fill(into, hint, area, buttons, walkWords(), out);
  },
  asks: (): Record<string, Ask> => ({}),
  draw: () => void show(),
};
