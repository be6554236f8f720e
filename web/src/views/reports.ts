// SPDX-License-Identifier: MIT
// reports.ts - the view of reports: what, since when and by which store, the rule, what to do.
import { reports, run } from "../app";
import { fill, h } from "../dom";
import { grouped, hex } from "../numbers";
import type { LoopReport, Report, StaleReport, Walk } from "../protocol";
import { goTo } from "../timeline";
import { t } from "../words";
import { placeWords } from "./places";
import { walkTo } from "./tree";
import { accessWords, causeWords, ruleWords } from "./verdict";
import type { Ask, View } from "./view";

let list: HTMLElement;

function part(name: string, ...words: (Node | string)[]): HTMLElement {
  return h("div", { class: "pair" }, h("dt", {}, name), h("dd", {}, ...words));
}

function walkWords(walk: Walk): string {
  if (walk.rule === "ok") return t("report.walk", hex(walk.pa), hex(walk.pte), walk.level);
  return t("report.nowalk", ruleWords(walk.rule), hex(walk.pte), walk.level);
}

function frame(report: Report, title: string, where: number, va: bigint | null, parts: HTMLElement[]): HTMLElement {
  const buttons = [h("button", { class: "link", onclick: () => goTo(where) }, t("report.go", grouped(where)))];
  if (va !== null) buttons.push(h("button", { class: "link", onclick: () => walkTo(va, { tree: "hart" + ("hart" in report ? report.hart : 0) }) }, t("report.walkit", hex(va))));
  return h("article", { class: `report ${report.kind}` }, h("h3", {}, title), h("dl", {}, ...parts), h("div", { class: "row" }, ...buttons));
}

function stale(r: StaleReport): HTMLElement {
  const what = t("stale.what", r.hart, accessWords(r.access), hex(r.va), r.user ? t("mode.u") : placeWords(r.place, r.pc), grouped(r.when));
  const since = r.byTree ? t("stale.tree", r.hart, placeWords(r.satpPlace, r.satpPc), grouped(r.when - r.satpWhen), hex(r.satp), hex(r.oldSatp))
    : t("stale.entry", r.change.hart, hex(r.change.pa), hex(r.change.was), hex(r.change.is), placeWords(r.change.place, r.change.pc), grouped(r.when - r.change.when), r.hart);
  const parts = [part(t("report.what"), what), part(t("report.memory"), walkWords(r.now)), part(t("report.tlb"), walkWords(r.old)), part(t("report.since"), since),
    part(t("report.rule"), t(r.byTree ? "stale.rule.tree" : "stale.rule.entry")), part(t("report.do"), t(r.byTree ? "stale.do.tree" : "stale.do.entry"))];
  if (r.calls.length > 1) parts.splice(1, 0, part(t("report.calls"), r.calls.join(" < ")));
  return frame(r, t("stale.title"), r.byTree ? r.satpWhen : r.change.when, r.va, parts);
}

function trapWords(cause: number, value: bigint): string {
  return cause >= 8 && cause <= 11 ? causeWords(BigInt(cause)) : t("loop.trap", causeWords(BigInt(cause)), hex(value));
}

const NEAR_STACK = 4096n;

function advice(r: LoopReport): string {
  if (r.epc === r.vector && (r.cause === 12 || r.cause === 1)) return t("loop.do.vector", r.supervisor ? "stvec" : "mtvec");
  const far = r.value > r.sp ? r.value - r.sp : r.sp - r.value;
  return far < NEAR_STACK ? t("loop.do.stack", hex(r.sp)) : t("loop.do.handler");
}

function loop(r: LoopReport): HTMLElement {
  const csr = r.supervisor ? "stvec" : "mtvec";
  const parts = [part(t("report.what"), t("loop.what", r.hart, trapWords(r.cause, r.value), placeWords(r.place, r.epc), grouped(r.when)))];
  if (r.before) parts.push(part(t("report.since"), t("loop.since", grouped(r.when - r.before.when), trapWords(r.before.cause, r.before.value), placeWords(r.before.place, r.before.epc))));
  if (r.walk) parts.push(part(t("report.walked"), walkWords(r.walk)));
  parts.push(part(t("report.rule"), t("loop.rule", csr, hex(r.vector), placeWords(r.vectorPlace, r.vector))), part(t("report.do"), advice(r)));
  return frame(r, t("loop.title"), r.when, r.cause >= 12 ? r.value : null, parts);
}

function card(r: Report): HTMLElement {
  if (r.kind === "stale") return stale(r);
  if (r.kind === "loop") return loop(r);
  return h("article", { class: "report pmp" }, h("h3", {}, t("pmp.title")), h("p", {}, t("pmp.what")), h("pre", { class: "mono" }, "w_pmpaddr0(0x3fffffffffffffull);\nw_pmpcfg0(0xf);"));
}

export const reportsView: View = {
  name: "reports",
  title: "view.reports",
  key: "5",
  mount(into) {
    list = h("div", { class: "reports" });
    fill(into, list);
  },
  asks: (): Record<string, Ask> => ({}),
  draw() {
    fill(list, ...(reports.length === 0 ? [h("p", { class: "hint" }, t("reports.none", grouped(run.position)))] : reports.map(card)));
  },
};
