// SPDX-License-Identifier: MIT
// designs.ts - the view of the four designs side by side: the contents of a process's tree, and the cost of each operation.
import { Design, DESIGNS, measure, Measured, OPERATIONS } from "../designs";
import { fill, h } from "../dom";
import { told } from "../files";
import { regionOf, U } from "../flags";
import { grouped, hexWide, size } from "../numbers";
import type { Range } from "../protocol";
import { Key, t } from "../words";
import type { Ask, View } from "./view";

let box: HTMLElement;
const measured: Partial<Record<Design, Measured>> = {};
let underWay: Design | null = null;
let printed = "";
let failed = false;

async function measureAll(): Promise<void> {
  failed = false;
  for (const design of DESIGNS) {
    if (measured[design]) continue;
    underWay = design;
    draw();
    try {
      measured[design] = await measure(design, (text) => {
        printed = text.trimEnd().split("\n").pop() ?? "";
        draw();
      });
    } catch {
      failed = true;
      break;
    }
  }
  underWay = null;
  draw();
}

const bytesOf = (r: Range): bigint => BigInt.asUintN(64, r.end - r.start);

// The tree as a column: ranges and their rights, the upper half above the lower one.
function picture(m: Measured): HTMLElement {
  const blocks = [...m.ranges].reverse().map((r) => {
    const kind = regionOf(r.flags, r.start, bytesOf(r), true);
    return h("i", { class: kind, title: `${hexWide(r.start, 10)} ${size(bytesOf(r))}`, style: `flex-grow:${1 + Math.log2(Number(bytesOf(r)) / 4096) / 4}` });
  });
  return h("div", { class: "pile" }, ...blocks);
}

// Bytes in the user's tree that user mode may not access: only the bit U protects them.
function hidden(m: Measured): bigint {
  return m.ranges.filter((r) => (r.flags & U) === 0).reduce((sum, r) => sum + bytesOf(r), 0n);
}

function row(title: string, cell: (m: Measured) => Node | string, best?: (m: Measured) => number): HTMLElement {
  const least = best ? Math.min(...DESIGNS.flatMap((d) => (measured[d] ? [best(measured[d] as Measured)] : []))) : NaN;
  return h("tr", {}, h("th", {}, title), ...DESIGNS.map((d) => {
    const m = measured[d];
    return h("td", { class: m && best && best(m) === least ? "best" : "" }, m ? cell(m) : d === underWay ? "…" : "");
  }));
}

const OPERATION_WORDS: Record<string, Key> = { null: "op.null", copy: "op.copy", fork: "op.fork", exec: "op.exec", switch: "op.switch", fault: "op.fault" };
const instructions = (m: Measured, op: string): number => m.costs[op]?.instructions ?? 0;
const round = (n: number): string => (n < 10 && n % 1 > 0.05 && n % 1 < 0.95 ? n.toFixed(1) : String(Math.round(n)));

function tableOf(): HTMLElement {
  return h("table", { class: "designs" }, h("thead", {}, h("tr", {}, h("th", {}), ...DESIGNS.map((d) => h("th", {}, h("b", {}, d), h("div", { class: "hint" }, t(`design.${d}`)))))),
    h("tbody", {}, row(t("design.tree"), picture), row(t("design.hidden"), (m) => size(hidden(m))),
      row(t("design.tables"), (m) => `${m.tables}`, (m) => m.tables),
      ...OPERATIONS.map((op) => row(t(OPERATION_WORDS[op]), (m) => h("span", {}, h("b", {}, grouped(instructions(m, op))), h("span", { class: "hint" }, ` ${round(m.costs[op]?.satp ?? 0)} / ${round(m.costs[op]?.fences ?? 0)}`)), (m) => instructions(m, op)))));
}

function draw(): void {
  const done = DESIGNS.filter((d) => measured[d]).length;
  const state = underWay ? h("div", { class: "row" }, h("progress", { max: 4, value: done + 0.5 }), h("span", {}, t("design.running", underWay)), h("span", { class: "hint mono" }, printed.slice(0, 60)))
    : done < 4 ? h("button", { class: "measure", onclick: () => void measureAll() }, t("design.measure")) : "";
  fill(box, h("p", { class: "hint" }, t("design.note")), state, failed ? h("p", { class: "result", "data-ok": "false" }, t("design.failed")) : "", done > 0 || underWay ? tableOf() : "",
    done > 0 ? h("p", { class: "hint" }, t("design.legend")) : "");
}

export const designsView: View = {
  name: "designs",
  title: "view.designs",
  key: "7",
  mount(into) {
    box = h("div", { class: "side" });
    fill(into, box);
    if (told.vitrine) draw();
    else fill(box, h("p", { class: "hint" }, t("design.own")));
  },
  asks: (): Record<string, Ask> => ({}),
  draw() {},
};
