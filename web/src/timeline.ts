// SPDX-License-Identifier: MIT
// timeline.ts - time as a place: run, pause, steps forward and back, and a slider over the history.
import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { link, onChange, reports, run } from "./app";
import { eachFrame, fill, h } from "./dom";
import { grouped } from "./numbers";
import { Events, EventSeen, Stop, Wanted } from "./protocol";
import { say } from "./notice";
import { during } from "./progress";
import { Key, t } from "./words";

const ANY: Wanted = { kinds: Events.exception | Events.interrupt | Events.return | Events.satp | Events.fence | Events.entry };
const CALL: Wanted = { kinds: Events.exception, causes: [8] };
const MOST = 3_000_000_000;
const HEIGHT = 30, EDGE = 10; // room for half a knob

let busy = false; // an order to go somewhere is under way
let target: number | null = null; // where the person wants to go meanwhile
let width = 0; // of the slider, noted when it changes: to ask the page for it in each frame makes it lay out everything
let bar: HTMLElement, slider: SVGSVGElement, where: HTMLElement, playing: HTMLButtonElement;
let buttons: [HTMLButtonElement, Key][] = [];

/** Goes to a position. Of several orders only the newest is followed. */
export function goTo(position: number): void {
  target = Math.round(position);
  if (!busy) void follow();
}

const REST_MS = 120; // the mouse rests: the exact moment is worth its time

// While the slider is dragged, the nearest snapshot is shown at once, and the exact moment when the mouse rests.
async function follow(): Promise<void> {
  busy = true;
  while (target !== null) {
    const to = target;
    target = null;
    if (dragged !== null) {
      await link.call("glance", to);
      for (const end = performance.now() + REST_MS; dragged !== null && target === null && performance.now() < end; ) await new Promise((done) => requestAnimationFrame(done));
    }
    if (target === null) await link.call("go", to);
  }
  busy = false;
}

// One order at a time; where the person wanted to go meanwhile, the machine goes afterwards.
async function alone<T>(f: () => Promise<T>): Promise<T | null> {
  if (busy) return null;
  busy = true;
  try {
    return await f();
  } finally {
    busy = false;
    if (target !== null) void follow();
  }
}

export function setRunning(on: boolean): Promise<unknown> {
  return link.call("run", on);
}

/** An event in words. */
export function eventWords(e: EventSeen): string {
  const words: Record<number, Key> = { 1: "event.exception", 2: "event.interrupt", 4: "event.return", 8: "event.satp", 16: "event.fence", 32: "event.entry" };
  return t(words[e.kind], e.hart, e.place ? e.place.name : "0x" + e.pc.toString(16));
}

const SECONDS = 8;

async function toEvent(want: Wanted): Promise<void> {
  const found = await alone(() => during(t("time.looking"), link.call<EventSeen | Stop>("until", want, MOST, SECONDS)));
  if (found !== null) say(typeof found === "string" ? t("time.noevent") : eventWords(found));
}

async function toLastEvent(want: Wanted): Promise<void> {
  const found = await alone(async () => ({ event: await during(t("time.lookback"), link.call<EventSeen | null>("back", want)) }));
  if (found) say(found.event ? eventWords(found.event) : t("time.nolast"));
}

const step = (n: number): Promise<unknown> => alone(() => link.call("step", n));

/** What the buttons and keys do, by name. */
export const moves: Record<string, () => void> = {
  run: () => void setRunning(!run.running),
  step: () => void step(1),
  stepBack: () => void step(-1),
  event: () => void toEvent(ANY),
  eventBack: () => void toLastEvent(ANY),
  call: () => void toEvent(CALL),
  callBack: () => void toLastEvent(CALL),
  newest: () => goTo(run.newest),
};

const BUTTONS: [move: string, sign: string, words: Key][] = [["callBack", "|◂", "time.callBack"], ["eventBack", "◂◂", "time.eventBack"], ["stepBack", "◂", "time.stepBack"],
  ["run", "▶", "time.run"], ["step", "▸", "time.step"], ["event", "▸▸", "time.event"], ["call", "▸|", "time.call"], ["newest", "⇥", "time.newest"]];

const rightEnd = (): number => Math.max(20, width - EDGE);

function scale() {
  return scaleLinear().domain([run.first, Math.max(run.newest, run.first + 1)]).range([EDGE, rightEnd()]);
}

function atMouse(event: PointerEvent): number {
  const position = scale().invert(event.clientX - slider.getBoundingClientRect().left);
  return Math.max(run.first, Math.min(run.newest, position));
}

function drawSlider(at: number): void {
  const x = scale(), svg = select(slider);
  svg.select(".done").attr("x2", x(at));
  svg.select(".all").attr("x2", rightEnd());
  svg.select(".knob").attr("cx", x(at));
  const inputs = svg.select(".inputs").selectAll<SVGLineElement, number>("line").data(run.inputs);
  inputs.enter().append("line").attr("y1", 20).attr("y2", 25).merge(inputs).attr("x1", (d) => x(d)).attr("x2", (d) => x(d));
  inputs.exit().remove();
  const bad = svg.select(".bad").selectAll<SVGCircleElement, { when: number }>("circle").data(reports.filter((r) => r.when >= run.first));
  bad.enter().append("circle").attr("r", 3).attr("cy", 5).merge(bad).attr("cx", (d) => x(d.when));
  bad.exit().remove();
}

let dragged: number | null = null;

const draw = eachFrame(() => {
  const at = dragged ?? run.position;
  drawSlider(at);
  slider.setAttribute("aria-valuenow", String(at));
  slider.setAttribute("aria-valuemax", String(run.newest));
  fill(where, h("b", {}, grouped(Math.round(at))), ` / ${grouped(run.newest)} `, h("span", { class: "hint" }, run.running ? t("time.running", run.mips.toFixed(0)) : t(`stop.${run.stop}`)));
  playing.textContent = run.running ? "❚❚" : "▶";
  playing.title = t(run.running ? "time.pause" : "time.run");
});

function makeSlider(): SVGSVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const svg = select(element).attr("class", "time-slider").attr("height", HEIGHT).attr("role", "slider").attr("tabindex", 0).attr("aria-valuemin", 0);
  svg.append("line").attr("class", "all").attr("x1", EDGE).attr("y1", 15).attr("y2", 15);
  svg.append("line").attr("class", "done").attr("x1", EDGE).attr("y1", 15).attr("y2", 15);
  svg.append("g").attr("class", "inputs");
  svg.append("g").attr("class", "bad");
  svg.append("circle").attr("class", "knob").attr("cy", 15).attr("r", 7);
  const drag = (event: PointerEvent) => {
    dragged = atMouse(event);
    goTo(dragged);
    draw();
  };
  element.onpointerdown = (event) => {
    element.setPointerCapture(event.pointerId);
    drag(event);
    element.onpointermove = drag;
  };
  element.onpointerup = element.onpointercancel = () => {
    element.onpointermove = null;
    if (dragged !== null) goTo(dragged);
    dragged = null;
    draw();
  };
  return element;
}

function words(): void {
  for (const [button, key] of buttons) {
    button.title = t(key);
    button.setAttribute("aria-label", t(key));
  }
  slider.setAttribute("aria-label", t("time.slider"));
  draw();
}

export function mountTimeline(into: HTMLElement): void {
  buttons = BUTTONS.map(([move, sign, key]) => [h("button", { class: `move ${move}`, "data-move": move, onclick: () => moves[move]() }, sign), key]);
  playing = buttons[3][0];
  slider = makeSlider();
  where = h("div", { class: "where mono" });
  bar = h("div", { class: "moves" }, ...buttons.map(([b]) => b));
  fill(into, bar, slider, where);
  onChange((what) => (what === "lang" ? words() : draw()));
  new ResizeObserver(([entry]) => {
    width = entry.contentRect.width;
    draw();
  }).observe(slider);
  words();
}
