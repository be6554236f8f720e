// SPDX-License-Identifier: MIT
// worker.ts - runs the machine in slices and answers the page, so that the page is never blocked.
import { EventSeen, Input, Parts, Settings, State, Stop, Told, Wanted } from "../protocol";
import * as looks from "./looks";
import { Machine } from "./machine";
import { Module } from "./module";
import { Pace } from "./pace";
import { judge, walk } from "./walks";

const SLICE_MS = 12;
const TELL_MS = 60;
const DOLLAR = 36, SPACE = 32; // the end of a prompt
const TELL_SHARE = 16; // while the machine runs, looking takes one part in so many of the time
const FEED_STEPS = 20_000; // while input waits for room in the UART
const UNTIL_STEPS = 400_000; // between two looks at the clock

type Look = [name: string, ...args: unknown[]];

let machine: Machine | null = null;
let tellModule: (made: Module) => void = () => {};
const anyModule = new Promise<Module>((resolve) => (tellModule = resolve)); // for what needs no machine: it may be asked for early
let running = false;
let stop: Stop = "none";
let newest = 0;
let epoch = 0;
let slice = 200_000; // steps
let mips = 0;
let told = 0; // when the page was told last
let tellAfter = TELL_MS;
let idle = false;
let toldReports = 0;
let wanted: Record<string, Look> = {};
const typed: number[] = [];
const pace = new Pace();
const BOOT_CLOCK = (30_000n * 100_000n) << 16n; // 30 s of the machine: a kernel without a prompt is paced from then on
let booting = false; // the clock is not kept before the first prompt, so that a wait for a device takes no time
const tick = new MessageChannel();

const tell = (what: Told): void => postMessage(what);

function tellPrinted(): void {
  const bytes = machine?.takePrinted();
  if (!bytes || bytes.length === 0) return;
  if (bytes[bytes.length - 1] === SPACE && bytes[bytes.length - 2] === DOLLAR) booted();
  tell({ kind: "console", bytes });
}

function booted(): void {
  if (booting && machine) pace.start(machine.clock);
  booting = false;
}

function tellReports(): void {
  if (!machine) return;
  machine.lookForReports();
  for (const report of machine.reports.slice(toldReports)) tell({ kind: "report", report });
  toldReports = machine.reports.length;
}

function look([name, ...args]: Look): unknown {
  const all = looks as unknown as Record<string, (m: Machine, ...args: unknown[]) => unknown>;
  return machine ? all[name](machine, ...args) : null;
}

function stateNow(): State {
  const position = machine?.position ?? 0;
  newest = Math.max(newest, position);
  return { position, newest, first: machine?.first ?? 0, running, stop, mips, turn: machine ? machine.module.x.web_turn(machine.m) : 0,
    epoch, inputs: machine?.inputPlaces() ?? [], exit: machine?.exit ?? 0 };
}

function tellState(): void {
  tellPrinted();
  tellReports();
  const begin = performance.now(); // a report takes up to a second, once: the next state need not wait for that
  const answers = Object.fromEntries(Object.entries(wanted).map(([key, ask]) => [key, look(ask)]));
  tell({ kind: "state", state: stateNow(), looks: answers });
  told = performance.now();
  tellAfter = Math.max(TELL_MS, TELL_SHARE * (told - begin));
}

/** The screen as it was at the present position. */
function tellScreen(): void {
  if (!machine) return;
  machine.takePrinted();
  tell({ kind: "screen", bytes: machine.printed });
}

function feed(): void {
  while (machine && typed.length > 0 && machine.type(typed[0], idle)) {
    typed.shift();
    idle = false;
    newest = Math.max(machine.position, 0); // what lay ahead is forgotten
  }
}

// Runs one slice and adapts its length.
function runSlice(m: Machine): void {
  const begin = performance.now(), from = m.position;
  if (typed.length > 0 || m.clock > BOOT_CLOCK) booted();
  feed();
  m.limit(booting ? BOOT_CLOCK : pace.limit(m.clock, idle ? m.due : null));
  stop = m.run(typed.length > 0 ? FEED_STEPS : slice);
  idle = stop === "idle";
  const ms = performance.now() - begin, steps = m.position - from;
  if (ms > SLICE_MS * 1.3) slice = Math.max(20_000, slice * 0.8);
  else if (ms < SLICE_MS * 0.7 && steps >= slice) slice = Math.min(4_000_000, slice * 1.3);
  slice = Math.floor(slice);
  if (steps > 20_000) mips = 0.9 * mips + 0.1 * (steps / 1000 / Math.max(ms, 0.1));
}

function afterSlice(): void {
  tellPrinted();
  if (stop === "finished") running = false;
  if (performance.now() - told > tellAfter || !running) tellState();
}

function again(ms: number): void {
  if (ms > 0) setTimeout(onTick, ms);
  else tick.port2.postMessage(0);
}

let ticking = false;

function onTick(): void {
  ticking = false;
  if (!machine || !running) return;
  runSlice(machine);
  afterSlice();
  if (running) keepTicking(idle ? Math.min(20, Math.max(1, waitMs(machine))) : 0);
}

function waitMs(m: Machine): number {
  const due = m.due;
  return booting ? 0 : due === null ? 20 : pace.until(due);
}

function keepTicking(ms: number): void {
  if (ticking) return;
  ticking = true;
  again(ms);
}

function run(on: boolean): void {
  running = on && machine !== null;
  if (running && machine) {
    pace.start(machine.clock);
    keepTicking(0);
  }
  tellState();
}

async function load(parts: Parts, settings: Settings, inputs: Input[] = []): Promise<void> {
  running = false;
  const made = await Machine.make(parts, settings);
  made.note(inputs);
  machine = made;
  tellModule(made.module);
  newest = toldReports = 0;
  booting = true;
  stop = "none";
  idle = false;
  mips = 0;
  typed.length = 0;
  epoch++;
  tellScreen();
}

/** Runs to an event in pieces, telling the page on the way. */
async function until(want: Wanted, most: number, seconds = 60): Promise<EventSeen | Stop> {
  const m = machine, begin = performance.now();
  if (!m) return "finished";
  running = false;
  m.limit(null);
  const end = m.position + most;
  let paused = begin;
  while (m.position < end && m === machine && !running && performance.now() - begin < 1000 * seconds) {
    feed();
    const seen = m.until(want, Math.min(typed.length > 0 ? FEED_STEPS : UNTIL_STEPS, end - m.position));
    idle = seen === "idle";
    if (typeof seen !== "string" || seen === "finished" || (seen === "idle" && typed.length === 0)) {
      stop = typeof seen === "string" ? seen : "none";
      tellState();
      return seen;
    }
    if (performance.now() - told > tellAfter) tellState();
    if (performance.now() - paused < SLICE_MS) continue;
    paused = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  tellState();
  return "none";
}

function go(position: number): boolean {
  if (!machine) return false;
  running = idle = false;
  const before = machine.position;
  newest = Math.max(newest, before);
  const there = machine.go(Math.max(machine.first, Math.min(position, newest)));
  if (machine.position < before) tellScreen();
  tellState();
  return there;
}

/** Goes near a position at once: to the snapshot before it. */
function glance(position: number): boolean {
  return machine !== null && go(machine.snapshotBefore(Math.max(machine.first, Math.min(position, newest))));
}

/** Runs to a position in pieces, as a person who waits would. */
async function forward(position: number): Promise<boolean> {
  const m = machine;
  running = false;
  m?.limit(null);
  while (m && m === machine && m.position < position) {
    stop = m.run(Math.min(2_000_000, position - m.position));
    if (stop !== "none" && stop !== "report") break;
    if (performance.now() - told > tellAfter) tellState();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  tellState();
  return machine?.position === position;
}

function back(want: Wanted): EventSeen | null {
  if (!machine) return null;
  running = false;
  newest = Math.max(newest, machine.position);
  const found = machine.lastEvent(want);
  go(machine.position);
  tellScreen();
  tellState();
  return found;
}

const calls: Record<string, (...args: never[]) => unknown> = {
  load,
  run,
  go,
  glance,
  back,
  until,
  forward,
  step: (n: number) => (n < 0 ? go((machine?.position ?? 0) + n) : (running = false, machine?.limit(null), stop = machine?.run(n) ?? "none", tellState())),
  type: (bytes: Uint8Array) => {
    typed.push(...bytes);
    if (!running && machine) run(true);
  },
  typeStill: (bytes: Uint8Array) => void typed.push(...bytes),
  want: (asks: Record<string, Look>) => {
    wanted = asks;
    if (!running) tellState();
  },
  look: (ask: Look) => look(ask),
  inputs: () => machine?.inputs() ?? [],
  whoStored: (pa: bigint) => {
    const was = running;
    running = false;
    const found = machine?.whoStored(pa) ?? null;
    if (was) run(true);
    return found;
  },
  walkAlone: async (q: never) => walk(await anyModule, 0, q),
  judge: async (pte: bigint, level: number) => judge(await anyModule, pte, level),
  prepare: async (wasm: Uint8Array) => {
    tellModule(await Module.start(wasm, { console: () => {} }));
  },
};

onmessage = async (message: MessageEvent<{ id: number; call: string; args: never[] }>) => {
  const { id, call, args } = message.data;
  try {
    tell({ kind: "answer", id, value: await calls[call](...args) });
  } catch (error) {
    tell({ kind: "answer", id, error: error instanceof Error ? error.message : String(error) });
  }
};
tick.port1.onmessage = onTick;
