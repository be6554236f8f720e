// SPDX-License-Identifier: MIT
// tree.ts - the view of a tree: each table on the way of an address as a strip of 512 cells.
import { pointer, select, Selection } from "d3-selection";
import { choice, choose, satpOf, treeOf } from "../app";
import { fill, h } from "../dom";
import { flagsOf, letters, regionOf } from "../flags";
import { hex, indexAt, targetOf, withIndex } from "../numbers";
import type { Path, Question, TablePage } from "../protocol";
import { t } from "../words";
import { addressRuler } from "./bits";
import { drawControls, mountControls } from "./controls";
import { drawEntry } from "./entry";
import { verdict } from "./verdict";
import type { Ask, Looks, View } from "./view";

const COLUMNS = 64, CELL_W = 9, CELL_H = 6, PITCH_X = 10, PITCH_Y = 7;
const STRIP = 8 * PITCH_Y, HEAD = 17, CHIPS = 16, BETWEEN = 11, WIDTH = COLUMNS * PITCH_X;
const RULER = 46;

type Svg = Selection<SVGSVGElement, unknown, null, undefined>;

interface Strip extends TablePage {
  at: number; // y
  index: number; // the selected entry
  user: boolean;
}

let svg: Svg, controls: HTMLElement, result: HTMLElement, card: HTMLElement, empty: HTMLElement;
let lastEntries = new Map<string, BigUint64Array>();
const wasBefore = new Map<string, bigint>(); // of cells that have changed: the value before
let shown: Path | null = null;

/** The person's question about the chosen address. */
export function question(): Question | null {
  const satp = satpOf(choice.tree);
  if (satp === null) return null;
  const { va, access, user, sum, mxr, edits } = choice;
  return { satp, va, access, user, sum, mxr, updateAd: true, edits };
}

const KINDS = ["hole", "table", "leaf", "malformed", "spare"];

function kindOf(strip: Strip, index: number): string {
  const kind = KINDS[strip.kinds[index]];
  if (kind !== "leaf") return kind;
  const start = withIndex(choice.va, strip.level, index, shown?.levels ?? 3);
  return regionOf(flagsOf(strip.entries[index]), start, 1n << BigInt(12 + 9 * strip.level), strip.user);
}

function cellTitle(strip: Strip, index: number): string {
  const pte = strip.entries[index], was = wasBefore.get(`${hex(strip.pa)} ${index}`) ?? pte, start = withIndex(choice.va, strip.level, index, shown?.levels ?? 3);
  const what = `${index}: ${hex(pte)} ${letters(flagsOf(pte))} → ${hex(targetOf(pte))}\n${t("tree.from", hex(start))}`;
  return was === pte ? what : `${what}\n${t("tree.was", hex(was))}`;
}

function strips(path: Path): Strip[] {
  const user = treeOf(path.satp)?.user ?? false;
  return path.tables.map((table, i) => ({ ...table, at: RULER + i * (HEAD + STRIP + CHIPS + BETWEEN), index: indexAt(path.va, table.level), user }));
}

const drawn = new WeakMap<SVGGElement, { key: string; entries: BigUint64Array }>();

// Returns whether the strip is drawn as it would be drawn now.
function isDrawn(g: SVGGElement, strip: Strip): boolean {
  const key = [strip.pa, strip.at, strip.level, choice.va, strip.user, choice.lang].join(), old = drawn.get(g);
  drawn.set(g, { key, entries: strip.entries });
  return old !== undefined && old.key === key && strip.entries.every((pte, i) => pte === old.entries[i]);
}

function drawStrip(this: SVGGElement, strip: Strip): void {
  if (isDrawn(this, strip)) return;
  const g = select(this).attr("transform", `translate(0,${strip.at})`);
  g.select<SVGTextElement>("text.head").text(t("tree.table", strip.level, hex(strip.pa), used(strip)));
  g.select<SVGTextElement>("text.path").text(`${t("tree.entry", strip.index)} ${hex(strip.entries[strip.index])}`);
  drawCells(g.select<SVGGElement>("g.cells").node() as SVGGElement, strip);
  const [x, y] = cellAt(strip.index);
  g.select<SVGRectElement>("rect.mark").attr("x", x - 1.5).attr("y", y - 1.5);
  drawChips(g, strip);
}

const MOST_FLASHES = 32; // of a table: the page computes the style of each anew in every frame, so more flash as one

const cellAt = (i: number): [x: number, y: number] => [(i % COLUMNS) * PITCH_X, HEAD + Math.floor(i / COLUMNS) * PITCH_Y];
const outlineOf = (cells: number[]): string => cells.map((i) => `M${cellAt(i).join()}h${CELL_W}v${CELL_H}h-${CELL_W}z`).join("");
const ALL = outlineOf(Array.from({ length: 512 }, (_, i) => i));

// The 512 cells of a table: one path for all of a kind above one for the grid, since the page is redrawn often and an
// element for each cell takes forty milliseconds.
function drawCells(cells: SVGGElement, strip: Strip): void {
  const byKind = new Map<string, number[]>([["hole", []]]);
  for (let i = 0; i < 512; i++) {
    const kind = kindOf(strip, i), alike = byKind.get(kind);
    if (alike) alike.push(i);
    else byKind.set(kind, [i]);
  }
  select(cells).selectAll<SVGPathElement, [string, number[]]>("path").data([...byKind], ([kind]) => kind).join("path")
    .attr("class", ([kind]) => `cell ${kind}`).attr("d", ([kind, alike]) => (kind === "hole" ? ALL : outlineOf(alike)));
  flashChanges(cells, strip);
}

// Lets the cells flash that have changed since the table was drawn last, and remembers what they were.
function flashChanges(cells: SVGGElement, strip: Strip): void {
  const before = lastEntries.get(hex(strip.pa)), changed: number[] = [];
  for (let i = 0; before && i < 512; i++) {
    if (before[i] === strip.entries[i]) continue;
    if (wasBefore.size > 4096) wasBefore.clear();
    wasBefore.set(`${hex(strip.pa)} ${i}`, before[i]);
    changed.push(i);
  }
  if (changed.length <= MOST_FLASHES) changed.forEach((i) => flash(cells, strip.level, i));
  else flashWhole(cells.parentNode?.querySelector(".whole") as SVGRectElement);
}

// The cell under the mouse.
function cellUnder(cells: SVGGElement, event: MouseEvent): number {
  const [x, y] = pointer(event, cells);
  return Math.min(7, Math.max(0, Math.floor((y - HEAD) / PITCH_Y))) * COLUMNS + Math.min(COLUMNS - 1, Math.max(0, Math.floor(x / PITCH_X)));
}

const stripOf = (cells: SVGGElement): Strip => select<SVGGElement, Strip>(cells.parentNode as SVGGElement).datum();

const FLASH: [Keyframe[], KeyframeAnimationOptions] = [[{ fill: "#ff3d00", stroke: "#ff3d00", strokeWidth: "4px" }, { fill: "transparent", stroke: "transparent" }],
  { duration: 1400, easing: "ease-out" }];
const flashes = new Map<string, Animation>(); // under way, of a level's cell

function flash(cells: SVGGElement, level: number, index: number): void {
  const key = `${level} ${index}`, old = flashes.get(key);
  if (old) {
    old.currentTime = 0;
    return;
  }
  const [x, y] = cellAt(index), rect = select(cells).append("rect").attr("class", "flash").attr("x", x).attr("y", y).attr("width", CELL_W).attr("height", CELL_H);
  const animation = (rect.node() as SVGRectElement).animate(...FLASH);
  flashes.set(key, animation);
  animation.onfinish = animation.oncancel = () => {
    flashes.delete(key);
    rect.remove();
  };
}

let wholeFlash: Animation | null = null;

function flashWhole(whole: SVGRectElement): void {
  wholeFlash?.cancel();
  wholeFlash = whole.animate([{ stroke: "#ff3d00", strokeWidth: "4px" }, { stroke: "transparent" }], FLASH[1]);
}

const used = (strip: Strip): number => strip.kinds.reduce((n, kind) => n + Number(kind !== 0), 0);

interface Run {
  from: number;
  to: number;
  kind: string;
  flags: string;
}

// Neighbouring entries that are alike.
function runsOf(strip: Strip): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < 512; i++) {
    const kind = kindOf(strip, i), pte = strip.entries[i];
    if (kind === "hole") continue;
    const flags = kind === "table" ? t("tree.pointer") : kind === "spare" ? "V=0" : letters(flagsOf(pte)).replace(/-/g, "");
    const last = runs[runs.length - 1];
    if (last && last.to === i - 1 && last.kind === kind && last.flags === flags) last.to = i;
    else runs.push({ from: i, to: i, kind, flags });
  }
  return runs;
}

const CHIP_LETTER = 6.1;

function drawChips(g: Selection<SVGGElement, unknown, null, undefined>, strip: Strip): void {
  let x = 0;
  const placed: (Run & { x: number; text: string; width: number })[] = [];
  const runs = runsOf(strip);
  for (const run of runs) {
    const text = (run.from === run.to ? `${run.from}` : `${run.from}–${run.to}`) + ` ${run.flags}`;
    const width = text.length * CHIP_LETTER + 14;
    if (x + width > WIDTH - 40) break;
    placed.push({ ...run, x, text, width });
    x += width + 4;
  }
  const chips = g.select<SVGGElement>("g.chips").attr("transform", `translate(0,${HEAD + STRIP + 1})`).selectAll<SVGGElement, (typeof placed)[0]>("g").data(placed);
  const made = chips.enter().append("g").attr("role", "button").attr("tabindex", 0);
  made.append("rect").attr("height", 14).attr("rx", 3);
  made.append("text").attr("x", 7).attr("y", 10.5);
  const all = made.merge(chips).attr("class", (d) => `chip ${d.kind}${strip.index >= d.from && strip.index <= d.to ? " chosen" : ""}`)
    .attr("transform", (d) => `translate(${d.x},0)`).on("click", (_, d) => pick(strip, d.from))
    .on("keydown", (event: KeyboardEvent, d) => { if (event.key === "Enter") pick(strip, d.from); });
  all.select("rect").attr("width", (d) => d.width);
  all.select("text").text((d) => d.text);
  chips.exit().remove();
  const more = runs.length - placed.length;
  g.select("text.more").attr("x", x + 4).attr("y", HEAD + STRIP + 12).text(more > 0 ? `+${more}` : "");
}

function pick(strip: Strip, index: number): void {
  choose({ va: withIndex(choice.va, strip.level, index, shown?.levels ?? 3), level: strip.level, edits: choice.edits });
}

// The line from the chosen entry to the table that it points to, relative to the strip.
function pathLine(strip: Strip, next: Strip | undefined): string {
  if (!next) return "";
  const [x, y] = cellAt(strip.index), mid = HEAD + STRIP + CHIPS + 5;
  return `M${x + CELL_W / 2},${y + CELL_H + 1.5}V${mid}H4V${next.at - strip.at + 14}`;
}

function drawTree(path: Path): void {
  const all = strips(path), bottom = all[all.length - 1].at + HEAD + STRIP + CHIPS + 4;
  svg.attr("viewBox", `-2 0 ${WIDTH + 4} ${bottom}`).attr("height", bottom).attr("width", WIDTH + 4);
  addressRuler(svg.select("g.ruler"), path.va, path.levels, WIDTH);
  const g = svg.select<SVGGElement>("g.strips").selectAll<SVGGElement, Strip>("g.strip").data(all, (d) => d.level);
  const made = g.enter().append("g").attr("class", "strip").attr("data-level", (d) => d.level);
  made.append("text").attr("class", "head").attr("x", 12).attr("y", 12);
  made.append("text").attr("class", "path").attr("x", WIDTH).attr("y", 12);
  made.append("g").attr("class", "cells");
  made.append("path").attr("class", "line");
  made.append("g").attr("class", "chips");
  made.append("text").attr("class", "more");
  made.append("rect").attr("class", "whole").attr("x", -1).attr("y", HEAD - 1).attr("width", WIDTH + 1).attr("height", STRIP + 1);
  made.append("rect").attr("class", "mark").attr("width", CELL_W + 3).attr("height", CELL_H + 3).attr("rx", 1.5);
  made.select<SVGGElement>("g.cells").on("click", function (event: MouseEvent) { pick(stripOf(this), cellUnder(this, event)); })
    .on("mousemove", function (event: MouseEvent) { select(this).select("title").text(cellTitle(stripOf(this), cellUnder(this, event))); })
    .append("title");
  made.merge(g).each(drawStrip);
  g.exit().remove();
  made.merge(g).select("path.line").attr("d", (d, i) => pathLine(d, all[i + 1]));
  lastEntries = new Map(all.map((s) => [hex(s.pa), s.entries]));
}

export const tree: View = {
  name: "tree",
  title: "view.tree",
  key: "1",

  mount(into) {
    controls = h("div", { class: "controls walking" });
    mountControls(controls);
    result = h("p", { class: "result" });
    card = h("div", { class: "card entry" });
    empty = h("p", { class: "hint" });
    const holder = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    holder.setAttribute("data-picture", "");
    holder.setAttribute("class", "tree");
    svg = select(holder);
    svg.append("g").attr("class", "ruler");
    svg.append("g").attr("class", "strips");
    flashes.clear();
    fill(into, controls, holder, empty, result, card);
  },

  asks(): Record<string, Ask> {
    const q = question();
    return q ? { path: ["path", q] } : {};
  },

  draw(looks: Looks) {
    drawControls(controls);
    const path = looks.path as Path | null | undefined;
    fill(empty, path ? "" : t("tree.none"));
    svg.attr("display", path ? null : "none");
    if (!path) return fill(card);
    shown = path;
    drawTree(path);
    fill(result, ...verdict(path.walk, path.va, choice.access));
    result.dataset.ok = String(path.walk.rule === "ok");
    drawEntry(card, path);
  },
};

/** Walks an address: shown in this view. */
export function walkTo(va: bigint, more: Partial<typeof choice> = {}): void {
  choose({ view: "tree", va, level: -1, edits: [], ...more });
}
