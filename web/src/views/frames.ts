// SPDX-License-Identifier: MIT
// frames.ts - the view of RAM: a map of all frames, coloured by kind.
import { choice, choose, link, satpOf, treeOf, trees } from "../app";
import { fill, h } from "../dom";
import { during } from "../progress";
import { flagsOf, LEAF_NAMES, letters, U } from "../flags";
import { grouped, hex, size } from "../numbers";
import type { Change, Reference } from "../protocol";
import { goTo } from "../timeline";
import { Key, t } from "../words";
import { setOptions, treeName, treeOptions } from "./controls";
import { placeWords } from "./places";
import { walkTo } from "./tree";
import { leafOf } from "./why";
import type { Ask, Looks, View } from "./view";

const RAM = 0x80000000n, NO_OWNER = 255;
const KINDS: [name: string, words: Key][] = [["zero", "frame.zero"], ["filled", "frame.filled"], ["table", "frame.table"],
  ["ktext", "frame.ktext"], ["text", "frame.text"], ["data", "frame.data"], ["read", "frame.read"]];
const WIDTH = 584;

let hovered: bigint | null = null; // the frame under the mouse
let axis: HTMLElement, canvas: HTMLCanvasElement, overlay: HTMLCanvasElement, head: HTMLElement, legend: HTMLElement, detail: HTMLElement, holder: HTMLElement;
let frames = new Uint8Array(0), before = new Uint8Array(0);
let columns = 128, pitch = 5, askedFor = "";
let lines: number[] = []; // of the map: the row of frames that each shows, or -n: n rows without anything
let lineOf: number[] = []; // of each row

function colour(name: string): [number, number, number] {
  const text = getComputedStyle(document.documentElement).getPropertyValue(`--frame-${name}`).trim();
  return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)) as [number, number, number];
}

// Which tree's frames stand out; the others are pale.
function standsOut(): number {
  return treeOf(satpOf(choice.tree))?.number ?? NO_OWNER;
}

const EMPTY_ROWS = 4; // as many in a row are folded

function isEmptyRow(row: number): boolean {
  for (let i = row * columns; i < Math.min((row + 1) * columns, frames.length / 4); i++) if (frames[4 * i] !== 0) return false;
  return true;
}

// Which rows are shown; where nothing is, they are folded into one line.
function fold(count: number): void {
  lines = [];
  lineOf = [];
  for (let row = 0; row < count; ) {
    let end = row;
    while (end < count && isEmptyRow(end)) end++;
    if (end - row >= EMPTY_ROWS) {
      lines.push(row - end);
      for (; row < end; row++) lineOf[row] = lines.length - 1;
    } else {
      lineOf[row] = lines.length;
      lines.push(row++);
    }
  }
}

function lay(): void {
  const count = frames.length / 4;
  columns = count > 65536 ? 256 : 128;
  pitch = WIDTH / columns;
  fold(Math.ceil(count / columns));
  const tall = Math.min(3 * pitch, 400 / lines.length), height = Math.round(lines.length * tall);
  if (canvas.height === lines.length && canvas.width === columns && overlay.height === height * 2) return;
  canvas.width = columns;
  canvas.height = lines.length;
  for (const c of [canvas, overlay]) c.style.cssText = `width:${WIDTH}px;height:${height}px`;
  overlay.width = WIDTH * 2;
  overlay.height = height * 2;
}

const CHANGED = [0xff, 0x3d, 0x00];

// Of the frame at 4 * its number: another kind or owner than before.
const hasChanged = (at: number): boolean => before.length === frames.length && (frames[at] !== before[at] || frames[at + 1] !== before[at + 1]);

function paint(): void {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const image = context.createImageData(canvas.width, canvas.height);
  const colours = KINDS.map(([name]) => colour(name)), owner = standsOut(), paper = colour("zero");
  lines.forEach((row, line) => {
    for (let x = 0; row >= 0 && x < columns && row * columns + x < frames.length / 4; x++) {
      const i = row * columns + x, at = 4 * (line * columns + x);
      const kind = frames[4 * i], changed = hasChanged(4 * i), pale = !changed && frames[4 * i + 1] !== owner && kind > 1 && owner !== NO_OWNER ? 0.55 : 0;
      const paint = changed ? CHANGED : colours[kind];
      for (let c = 0; c < 3; c++) image.data[at + c] = paint[c] * (1 - pale) + paper[c] * pale;
      image.data[at + 3] = 255;
    }
  });
  context.putImageData(image, 0, 0);
}

const heightOf = (): number => overlay.height / 2 / lines.length;

// Says how many frames a folded line stands for.
function nameFolds(context: CanvasRenderingContext2D, tall: number): void {
  const style = getComputedStyle(document.documentElement);
  context.font = `${Math.min(11, tall - 2)}px sans-serif`;
  context.textBaseline = "middle";
  lines.forEach((row, line) => {
    if (row >= 0) return;
    context.fillStyle = style.getPropertyValue("--soft");
    if (tall > 6) context.fillText(t("frame.folded", grouped(-row * columns)), 8, (line + 0.5) * tall);
    context.fillRect(0, (line + 0.5) * tall, 4, 0.6);
  });
}

// The outline of the owner's frames: in each row, a line above and below each run of them, and one at each end. To draw
// each frame's own box takes the browser fifty milliseconds.
function outlineOwner(context: CanvasRenderingContext2D, owner: number, tall: number): void {
  const owned = (row: number, x: number): boolean => frames[4 * (row * columns + x) + 1] === owner;
  lines.forEach((row, line) => {
    for (let x = 0; row >= 0 && x < columns; x++) {
      if (!owned(row, x)) continue;
      const from = x;
      while (x < columns && owned(row, x)) x++;
      context.strokeRect(from * pitch, line * tall, (x - from) * pitch, tall);
    }
  });
}

// Outlines the owner's frames and the chosen one.
function outline(): void {
  const context = overlay.getContext("2d") as CanvasRenderingContext2D, owner = standsOut(), tall = heightOf();
  context.setTransform(2, 0, 0, 2, 0, 0);
  context.clearRect(0, 0, WIDTH, overlay.height);
  context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--ink");
  context.lineWidth = 0.5;
  nameFolds(context, tall);
  if (owner !== NO_OWNER) outlineOwner(context, owner, tall);
  if (choice.frame === null) return;
  const chosen = Number((choice.frame - RAM) >> 12n), x = (chosen % columns) * pitch, y = lineOf[Math.floor(chosen / columns)] * tall;
  context.lineWidth = 2;
  context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent");
  context.strokeRect(x - 3, y - 3, pitch + 6, tall + 6);
}

const LINE = 13; // pixels that an address needs

// Addresses beside the rows, as many as have room.
function drawAxis(): void {
  const tall = heightOf();
  let free = 0;
  fill(axis, ...lines.map((row, line) => {
    const y = line * tall;
    if (row < 0 || y < free) return "";
    free = y + LINE;
    return h("span", { style: `top:${y + tall / 2}px` }, hex(RAM + (BigInt(row * columns) << 12n)));
  }));
}

const BY_KEY: Record<string, () => number> = { ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: () => -columns, ArrowDown: () => columns };

// The arrow keys move the choice from frame to frame.
function press(event: KeyboardEvent): void {
  const by = BY_KEY[event.key]?.();
  if (by === undefined || frames.length === 0) return;
  event.preventDefault();
  event.stopPropagation();
  const now = choice.frame === null ? 0 : Number((choice.frame - RAM) >> 12n), next = Math.max(0, Math.min(frames.length / 4 - 1, now + by));
  choose({ frame: RAM + (BigInt(next) << 12n) });
}

function hover(event: MouseEvent): void {
  const pa = event.type === "mouseleave" ? null : frameAt(event);
  if (pa === hovered) return;
  hovered = pa;
  void tellFrame();
}

function drawCounts(): void {
  const counts = KINDS.map(() => 0);
  for (let i = 0; i < frames.length; i += 4) counts[frames[i]]++;
  fill(legend, ...KINDS.map(([name, words], i) => h("span", { class: "key" }, h("i", { style: `background:var(--frame-${name})` }),
    `${t(words)} `, h("b", {}, grouped(counts[i])))));
}

function frameAt(event: MouseEvent): bigint | null {
  const box = overlay.getBoundingClientRect();
  const x = Math.floor(((event.clientX - box.left) / box.width) * columns), y = Math.floor(((event.clientY - box.top) / box.height) * canvas.height);
  const i = lines[y] >= 0 ? lines[y] * columns + x : -1;
  return i >= 0 && i < frames.length / 4 && x >= 0 && x < columns ? RAM + (BigInt(i) << 12n) : null;
}

function referenceRow(r: Reference): HTMLElement {
  const tree = trees.find((one) => one.number === r.tree);
  return h("li", {}, h("button", { class: "link mono", onclick: () => walkTo(r.va, tree ? { tree: tree.root.toString(16), user: (flagsOf(r.pte) & U) !== 0 } : {}) }, hex(r.va)),
    ` ${tree ? treeName(tree) : ""} `, h("span", { class: "mono" }, `${letters(flagsOf(r.pte))} ${LEAF_NAMES[r.level]}`));
}

// Prints which code mapped the frame: the store of one of the entries that lead to it.
async function tellMapper(pa: bigint, into: HTMLElement): Promise<void> {
  const references = await link.look<Reference[]>("references", pa);
  const leaf = references.find((r) => r.level === 0) ?? references[0];
  const tree = leaf && trees.find((one) => one.number === leaf.tree);
  if (!tree) return fill(into, t("frame.unmapped"));
  fill(into, t("entry.looking"));
  const entry = await leafOf(tree.satp, leaf.va), change = entry === null ? null : await during(t("entry.looking"), link.call<Change | null>("whoStored", entry));
  if (!change) return fill(into, t("entry.nobody"));
  fill(into, t("frame.mapped", grouped(change.when), change.hart, placeWords(change.place, change.pc)), " ", h("span", { class: "calls" }, change.calls.join(" < ")), " ",
    h("button", { class: "link", onclick: () => goTo(change.when) }, t("entry.go")));
}

async function tellFrame(): Promise<void> {
  const pa = hovered ?? choice.frame;
  if (pa === null || frames.length === 0) {
    askedFor = "";
    return fill(detail, h("p", { class: "hint" }, t("frame.hint")));
  }
  const at = 4 * Number((pa - RAM) >> 12n), text = `${choice.lang} ${pa} ${frames[at]} ${frames[at + 1]} ${frames[at + 2]}`;
  if (text === askedFor) return;
  askedFor = text;
  const references = await link.look<Reference[]>("references", pa);
  if (text !== askedFor) return; // the mouse has gone on
  const mapper = h("span", {}), owner = trees.find((tree) => tree.number === frames[at + 1]);
  fill(detail, h("div", { class: "row" }, h("b", { class: "mono" }, hex(pa)), h("span", {}, t(KINDS[frames[at]][1])), h("span", {}, owner ? treeName(owner) : ""),
    h("span", {}, t("frame.references", frames[at + 2], references.length))),
  h("ul", { class: "references" }, ...references.slice(0, 6).map(referenceRow)), references.length > 6 ? h("p", { class: "hint" }, t("frame.more", references.length - 6)) : "",
  h("div", { class: "row" }, h("button", { class: "why", onclick: () => void tellMapper(pa, mapper) }, t("frame.who")), mapper));
}

export const framesView: View = {
  name: "frames",
  title: "view.frames",
  key: "3",

  mount(into) {
    const list = h("select", { class: "tree-choice", onchange: () => choose({ tree: list.value }) });
    head = h("div", { class: "controls" }, list, h("span", { class: "hint" }));
    legend = h("div", { class: "legend counts" });
    canvas = h("canvas", { class: "frames" });
    overlay = h("canvas", { class: "overlay", tabindex: "0", "aria-label": t("frame.hint"), onclick: ((e: MouseEvent) => choose({ frame: frameAt(e) })) as never,
      onmousemove: hover as never, onmouseleave: hover as never, onkeydown: press as never });
    axis = h("div", { class: "axis mono" });
    hovered = null;
    askedFor = "";
    holder = h("div", { class: "map" }, axis, canvas, overlay);
    detail = h("div", { class: "card" });
    fill(into, head, legend, holder, detail);
    frames = new Uint8Array(0);
  },

  asks: (): Record<string, Ask> => ({ frames: ["frames"] }),

  draw(looks: Looks) {
    setOptions(head.querySelector("select") as HTMLSelectElement, treeOptions(false), choice.tree);
    const now = looks.frames as Uint8Array | null | undefined;
    if (!now) return;
    fill(head.querySelector(".hint") as Element, t("frame.size", size(BigInt(now.length) << 10n)));
    before = frames;
    frames = new Uint8Array(now);
    lay();
    paint();
    outline();
    drawAxis();
    drawCounts();
    void tellFrame();
  },
};
