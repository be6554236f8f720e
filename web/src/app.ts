// SPDX-License-Identifier: MIT
// app.ts - what the parts of the page share: the worker, the state of the run, what the person has chosen.
import { Link } from "./link";
import type { HartView, Report, State, Step, TreeView } from "./protocol";
import type { Lang } from "./words";

export type ViewName = "tree" | "space" | "frames" | "harts" | "reports" | "explain" | "designs" | "quiz";

/** What the person has chosen; a link restores it. */
export interface Choice {
  lang: Lang;
  theme: "light" | "dark";
  view: ViewName;
  tree: string; // "auto", "hart0", or a root in hexadecimal
  other: string; // the second address space, or ""
  va: bigint;
  access: number;
  user: boolean;
  sum: boolean;
  mxr: boolean;
  level: number; // whose entry is shown; -1: the last of the walk
  frame: bigint | null;
  hart: number;
  edits: Step[]; // what if
  practice: "questions" | "sheet" | "exercises";
  sheet: number; // the seed of a sheet of questions
  exercise: number; // 0: none is chosen
  spot: string; // what a story points at: a selector
}

export const link = new Link();

export const choice: Choice = { lang: "en", theme: "light", view: "tree", tree: "auto", other: "", va: 0n, access: 0, user: true,
  sum: false, mxr: false, level: -1, frame: null, hart: 0, edits: [], practice: "questions", sheet: 1, exercise: 0, spot: "" };

export const run: State = { position: 0, newest: 0, first: 0, running: false, stop: "none", mips: 0, turn: 0, epoch: 0,
  inputs: [], exit: 0 };

export let harts: HartView[] = [];
export let trees: TreeView[] = [];
export const reports: Report[] = [];

type Hearer = (what: "choice" | "state" | "reports" | "lang") => void;
const hearers: Hearer[] = [];

export function onChange(f: Hearer): void {
  hearers.push(f);
}

function changed(what: Parameters<Hearer>[0]): void {
  hearers.forEach((f) => f(what));
}

/** The person chooses something. */
export function choose(part: Partial<Choice>): void {
  const lang = part.lang !== undefined && part.lang !== choice.lang;
  Object.assign(choice, part);
  changed(lang ? "lang" : "choice");
}

export function setState(state: State, looks: Record<string, unknown>): void {
  if (state.epoch !== run.epoch) reports.length = 0;
  Object.assign(run, state);
  harts = (looks.harts as HartView[] | null) ?? [];
  trees = (looks.trees as TreeView[] | null) ?? [];
  changed("state");
}

export function addReport(report: Report): void {
  reports.push(report);
  changed("reports");
}

/** The satp of a choice of tree; null: there is none yet. */
export function satpOf(tree: string): bigint | null {
  if (tree.startsWith("hart")) {
    const satp = harts[Number(tree.slice(4))]?.satp ?? 0n;
    return satp >> 60n === 0n ? null : (satp >> 60n) << 60n | (satp & ((1n << 44n) - 1n));
  }
  if (tree !== "auto") return trees.find((t) => t.root.toString(16) === tree)?.satp ?? null;
  return (trees.find((t) => t.user) ?? trees[0])?.satp ?? null;
}

/** The tree that a satp leads to. */
export function treeOf(satp: bigint | null): TreeView | undefined {
  return satp === null ? undefined : trees.find((t) => t.root === (satp & ((1n << 44n) - 1n)) << 12n);
}
