// SPDX-License-Identifier: MIT
// space.ts - the view of one or two address spaces: ranges from high to low, their heights by the logarithm of their sizes.
import { scaleLog } from "d3-scale";
import { select, Selection } from "d3-selection";
import { choice, choose, satpOf, treeOf } from "../app";
import { fill, h } from "../dom";
import { A, D, DEFERRED, LEAF_NAMES, letters, Region, regionOf, RSW0, U, W } from "../flags";
import { hexWide, size } from "../numbers";
import type { Range } from "../protocol";
import { Key, t } from "../words";
import { setOptions, treeName, treeOptions } from "./controls";
import { walkTo } from "./tree";
import { leafOf, tellWhy } from "./why";
import type { Ask, Looks, View } from "./view";

const WIDTH = 650, ROOM = 500, LEAST = 17, TOP = 22;
const REGIONS: Region[] = ["text", "data", "readonly", "guard", "kernel"];
const REGION_WORDS: Record<Region, Key> = { text: "region.text", data: "region.data", readonly: "region.readonly", guard: "region.guard", kernel: "region.kernel" };

// Many equal ranges of the kernel at equal distances, such as stacks with guards, are one block.
interface Block {
  times: number;
  key: string;
  kind: Region | "gap";
  y: number;
  height: number;
  range: Range | null;
  gap: bigint;
  differs: boolean;
}

let answer: HTMLElement; // to "why?"
let svg: Selection<SVGSVGElement, unknown, null, undefined>, head: HTMLElement, legend: HTMLElement, note: HTMLElement;

const lengthOf = (r: Range): bigint => BigInt.asUintN(64, r.end - r.start) || 1n << 64n;

// Ranges with what lies between them, the highest first.
function blocksOf(ranges: Range[], user: boolean, levels: number, other: Set<string> | null): Block[] {
  const blocks: Block[] = [];
  let above = 0n; // where the range above begins; 0: the end of the address space
  for (const range of [...ranges].reverse()) {
    const gap = BigInt.asUintN(12 + 9 * levels, above - range.end);
    const kind = regionOf(range.flags, range.start, lengthOf(range), user);
    const differs = other !== null && !other.has(identity(range));
    above = range.start;
    if (gap !== 0n && joins(blocks, range, kind, gap, differs)) continue;
    if (gap !== 0n) blocks.push({ times: 1, key: `gap${range.end}`, kind: "gap", y: 0, height: 10, range: null, gap, differs: false });
    blocks.push({ times: 1, key: `${range.start}`, kind, y: 0, height: 0, range, gap: 0n, differs });
  }
  return blocks;
}

// Takes the range into the block above it, if it is one more of a row.
function joins(blocks: Block[], range: Range, kind: Block["kind"], gap: bigint, differs: boolean): boolean {
  const last = blocks[blocks.length - 1], r = last?.range;
  if (!last || !r || kind !== "kernel" || last.kind !== kind || last.differs !== differs || gap > 16384n) return false;
  if (lengthOf(r) !== lengthOf(range) || (r.flags ^ range.flags) & ~(A | D)) return false;
  if (last.times > 1 && last.gap !== gap) return false;
  Object.assign(last, { times: last.times + 1, gap, range, key: `${range.start}` });
  return true;
}

const identity = (r: Range): string => `${r.start} ${r.end} ${r.flags & ~(A | D)} ${r.pa}`;

// The scale of heights that fits all columns: a block is a line of text at least, and more for larger ranges.
function heights(columns: Block[][]): (b: Block) => number {
  const largest = columns.flat().reduce((most, b) => (b.range && lengthOf(b.range) > most ? lengthOf(b.range) : most), 8192n);
  const extra = Math.min(...columns.map((blocks) => {
    const lines = blocks.filter((b) => b.range).length, gaps = blocks.length - lines;
    return Math.max(0, ROOM - lines * LEAST - gaps * 11) / Math.max(1, lines);
  }));
  const scale = scaleLog().domain([4096, Number(largest)]).range([0, 2 * extra]);
  return (b) => (b.range ? LEAST + Math.min(60, scale(Math.max(4096, Number(lengthOf(b.range))))) : 10);
}

const startOf = (b: Block): bigint => (b.range ? b.range.start : BigInt(b.key.slice(3)));

// Places the blocks from high to low; blocks that begin at one address stand at one height in all columns. Returns the foot.
function layOut(columns: Block[][]): number {
  const height = heights(columns), next = columns.map(() => 0), y = columns.map(() => TOP);
  for (;;) {
    const heads = columns.map((blocks, c) => blocks[next[c]]);
    const highest = heads.reduce<bigint>((most, b) => (b && startOf(b) > most ? startOf(b) : most), -1n);
    if (highest < 0n) return Math.max(...y);
    const at = columns.map((_, c) => c).filter((c) => heads[c] && startOf(heads[c]) === highest);
    const top = Math.max(...at.map((c) => y[c]));
    for (const c of at) {
      Object.assign(heads[c], { y: top, height: height(heads[c]) });
      y[c] = top + heads[c].height + 1;
      next[c]++;
    }
  }
}

function label(block: Block, wide: boolean): string {
  const r = block.range;
  if (!r) return "";
  const flags = letters(r.flags) + ((r.flags & DEFERRED) !== 0 ? "p" : "");
  const start = hexWide(r.start, 10), bytes = (block.times > 1 ? `${block.times}×` : "") + size(lengthOf(r));
  return wide ? `${start.padEnd(16)} ${bytes.padStart(7)} ${LEAF_NAMES[r.level]}  ${flags}` : `${start} ${bytes.padStart(6)} ${flags.slice(0, 8)}`;
}

function drawColumn(g: Selection<SVGGElement, unknown, null, undefined>, title: string, blocks: Block[], width: number, tree: string): void {
  const wide = width > 400;
  g.select("text.title").text(title);
  const all = g.select("g.blocks").selectAll<SVGGElement, Block>("g").data(blocks, (b) => b.key);
  const made = all.enter().append("g");
  made.append("rect").attr("rx", 2);
  made.append("text").attr("class", "mono");
  made.append("text").attr("class", "right");
  made.append("text").attr("class", "whymark").attr("role", "button").text("?").append("title").text(t("entry.why"));
  made.append("title").attr("class", "tip");
  const each = made.merge(all).attr("class", (b) => `block ${b.kind}${b.differs ? " differs" : ""}`).attr("transform", (b) => `translate(0,${b.y})`)
    .attr("role", "button").attr("tabindex", (b) => (b.range ? 0 : null))
    .on("click", (_, b) => enter(b, tree)).on("keydown", (event: KeyboardEvent, b) => { if (event.key === "Enter") enter(b, tree); });
  each.select("text.whymark").attr("x", width - 7).attr("y", (b) => b.height / 2 + 4).attr("display", (b) => (b.range ? null : "none"))
    .on("click", (event: MouseEvent, b) => void tellRange(event, b, tree));
  each.select("rect").attr("width", width).attr("height", (b) => b.height);
  each.select("text.mono").attr("x", 8).attr("y", (b) => (b.range ? b.height / 2 + 4 : 8)).text((b) => label(b, wide));
  each.select("text.right").attr("x", (b) => width - (b.range ? 22 : 8)).attr("y", (b) => (b.range ? b.height / 2 + 4 : 8.5))
    .text((b) => (b.kind === "gap" ? t("space.gap", size(b.gap)) : wide ? `${regionWords(b)} · ${b.times > 1 ? t("space.times", size(b.gap)) : frameWords(b.range)}` : regionWords(b)));
  each.select("title.tip").text((b) => (b.range ? `${label(b, true)}\n${frameWords(b.range)}` : ""));
  all.exit().remove();
}

// A page that is copied when it is written counts as writable, and says so.
function regionWords(b: Block): string {
  const copied = b.range !== null && (b.range.flags & (W | RSW0)) === RSW0;
  return b.kind === "gap" ? "" : t(b.kind === "data" && copied ? "region.cow" : REGION_WORDS[b.kind]);
}

function enter(b: Block, tree: string): void {
  if (b.range) walkTo(b.range.start, { tree, user: (b.range.flags & U) !== 0 });
}

// Tells which store made the entry of the first page of the range.
async function tellRange(event: MouseEvent, b: Block, tree: string): Promise<void> {
  event.stopPropagation();
  const satp = satpOf(tree);
  if (b.range && satp !== null) await tellWhy(await leafOf(satp, b.range.start), answer);
}

function frameWords(r: Range | null): string {
  if (!r) return "";
  if ((r.flags & DEFERRED) !== 0) return t("space.deferred");
  return r.inOrder ? `→ ${hexWide(r.pa, 8)}` : t("space.scattered");
}

function nameOf(tree: string): string {
  const found = treeOf(satpOf(tree));
  return found ? treeName(found) : "";
}

function drawSpaces(one: Range[], two: Range[] | null): void {
  const width = two ? WIDTH / 2 - 8 : WIDTH;
  const columns = [{ tree: choice.tree, ranges: one, other: two }, ...(two ? [{ tree: choice.other, ranges: two, other: one }] : [])]
    .map(({ tree, ranges, other }) => ({ tree, blocks: blocksOf(ranges, treeOf(satpOf(tree))?.user ?? false, treeOf(satpOf(tree))?.levels ?? 3, other && new Set(other.map(identity))) }));
  const height = layOut(columns.map((c) => c.blocks)) + 4;
  svg.attr("viewBox", `0 0 ${WIDTH} ${height}`).attr("width", WIDTH).attr("height", height);
  const g = svg.selectAll<SVGGElement, (typeof columns)[0]>("g.column").data(columns);
  const made = g.enter().append("g").attr("class", "column");
  made.append("text").attr("class", "title").attr("y", 13);
  made.append("g").attr("class", "blocks");
  made.merge(g).attr("transform", (_, i) => `translate(${i * (width + 16)},0)`)
    .each(function (c) { drawColumn(select(this), nameOf(c.tree), c.blocks, width, c.tree); });
  g.exit().remove();
}

/** The colours of regions, with their names. */
export function drawLegend(into: HTMLElement): void {
  fill(into, ...REGIONS.map((r) => h("span", { class: `key ${r}` }, h("i", {}), t(REGION_WORDS[r]))));
}

export const space: View = {
  name: "space",
  title: "view.space",
  key: "2",

  mount(into) {
    const one = h("select", { class: "tree-choice", onchange: () => choose({ tree: one.value }) });
    const two = h("select", { class: "other-choice", onchange: () => choose({ other: two.value }) });
    head = h("div", { class: "controls" }, one, two);
    legend = h("div", { class: "legend" });
    note = h("p", { class: "hint" });
    const holder = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    holder.setAttribute("data-picture", "");
    holder.setAttribute("class", "space");
    svg = select(holder);
    answer = h("p", { class: "answered" });
    fill(into, head, legend, note, answer, holder);
  },

  asks(): Record<string, Ask> {
    const one = satpOf(choice.tree), two = choice.other === "" ? null : satpOf(choice.other);
    return { ...(one === null ? {} : { one: ["ranges", one], tables: ["tablePages", one] }), ...(two === null ? {} : { two: ["ranges", two] }) } as Record<string, Ask>;
  },

  draw(looks: Looks) {
    setOptions(head.querySelector(".tree-choice") as HTMLSelectElement, treeOptions(false), choice.tree);
    setOptions(head.querySelector(".other-choice") as HTMLSelectElement, treeOptions(true), choice.other);
    drawLegend(legend);
    const one = looks.one as Range[] | undefined, two = (looks.two as Range[] | undefined) ?? null;
    fill(note, one ? t("space.note", one.length, Number(looks.tables ?? 0)) : t("tree.none"));
    svg.attr("display", one ? null : "none");
    if (one) drawSpaces(one, two);
  },
};
