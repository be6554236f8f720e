// SPDX-License-Identifier: MIT
// entry.ts - the card of one entry: its bits, each flag in words, what if it were other, and who wrote it.
import { select } from "d3-selection";
import { choice, choose } from "../app";
import { fill, h } from "../dom";
import { FLAGS } from "../flags";
import { hex, indexAt, targetOf } from "../numbers";
import type { Path, TablePage } from "../protocol";
import { t } from "../words";
import { entryRuler } from "./bits";
import { ruleWords } from "./verdict";
import { tellWhy } from "./why";

const WIDTH = 628;

function chosenTable(path: Path): TablePage {
  return path.tables.find((table) => table.level === choice.level) ?? path.tables[path.tables.length - 1];
}

// Flips a bit of the entry on a copy; flipped twice, it is as it was.
function flip(pa: bigint, pte: bigint, bit: number): void {
  const others = choice.edits.filter((e) => e.pa !== pa);
  choose({ edits: [...others, { pa, pte: pte ^ (1n << BigInt(bit)) }] });
}

function flagButton(pa: bigint, pte: bigint, flag: (typeof FLAGS)[0]): HTMLElement {
  const on = ((pte >> BigInt(flag.bit)) & 1n) === 1n;
  return h("button", { class: `flag ${on ? "on" : "off"}`, "aria-pressed": String(on), "data-flag": flag.letter, title: t("entry.flip", flag.letter),
    onclick: () => flip(pa, pte, flag.bit) }, h("b", {}, flag.letter), h("span", {}, t(flag.words)));
}

let shownFor = "";

/** Draws the card of the chosen entry of the path. */
export function drawEntry(card: HTMLElement, path: Path): void {
  const table = chosenTable(path), index = indexAt(path.va, table.level);
  const pa = table.pa + BigInt(8 * index), pte = table.entries[index];
  const text = `${choice.lang} ${pa} ${pte} ${choice.edits.length} ${path.walk.rule}`;
  if (text === shownFor && card.childElementCount > 0) return;
  shownFor = text;
  const ruler = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  ruler.setAttribute("class", "bits");
  ruler.setAttribute("viewBox", `0 0 ${WIDTH} 44`);
  entryRuler(select(ruler).append("g"), pte, WIDTH);
  const writer = h("p", { class: "writer answered" });
  const what = table.kinds[index] === 1 ? t("entry.table", hex(targetOf(pte))) : table.kinds[index] === 2 ? t("entry.leaf", hex(targetOf(pte)))
    : pte === 0n ? t("entry.hole") : table.kinds[index] === 4 ? t("entry.spare") : t("entry.bad", ruleWords(path.walk.rule));
  const edited = choice.edits.some((e) => e.pa === pa);
  fill(card,
    h("div", { class: "row" }, h("b", {}, t("entry.title", table.level, index)), h("span", { class: "mono" }, ` ${hex(pa)}: ${hex(pte)}`), h("span", {}, what),
      edited ? h("button", { class: "link what-if", onclick: () => choose({ edits: [] }) }, t("entry.undo")) : "",
      h("span", { class: "space" }), h("button", { class: "why", onclick: () => void tellWhy(pa, writer) }, t("entry.why"))),
    ruler,
    h("div", { class: "flags" }, ...[...FLAGS].reverse().map((f) => flagButton(pa, pte, f))),
    writer);
}
