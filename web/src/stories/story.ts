// SPDX-License-Identifier: MIT
// story.ts - what a story is, and the moves that stories are made of. Each chapter is a place in a real run.
import { Choice, harts, link, satpOf, treeOf } from "../app";
import { isVitrine, settings, startEmbedded } from "../files";
import { Events, EventSeen, Path, Question, Stop, Wanted } from "../protocol";
import { screenText } from "../terminal";
import type { Key } from "../words";

/** A value of a chapter's words; words among them are asked for in the language of the moment. */
export type Value = string | number | (() => string);

/** What the chapters of a story that is being played know. */
export interface Play {
  event: EventSeen | null; // the last one that was run to
  root: string; // of the tree that the story is about
  other: string; // of the second one
  va: bigint;
  notes: Record<string, bigint>;
}

export interface Chapter {
  words: Key;
  /** Takes the machine to where the chapter is. */
  act?: (play: Play) => Promise<void>;
  /** What is shown. */
  show: (play: Play) => Partial<Choice>;
  /** What the words speak of, as a selector. */
  spot?: string | ((play: Play) => string);
  /** What stands for {0}, {1}, ... */
  values?: (play: Play) => Promise<Value[]> | Value[];
}

export interface Story {
  id: string;
  title: Key;
  chapters: Chapter[];
}

const MOST = 60_000_000;
const ROOT = (1n << 44n) - 1n;

/** The story cannot go on: the event did not come. */
export class Stuck extends Error {}

export const rootOf = (hart: number): string => ((harts[hart].satp & ROOT) << 12n).toString(16);
export const hartOf = (play: Play): number => play.event?.hart ?? 0;
export const only = (play: Play): number => 1 << hartOf(play);

/** Runs to an event, which becomes the play's. */
export async function until(play: Play, wanted: Wanted): Promise<EventSeen> {
  const seen = await link.call<EventSeen | Stop>("until", wanted, MOST, 120);
  if (typeof seen === "string") throw new Stuck();
  play.event = seen;
  return seen;
}

/** Runs to the first event of which something is true. */
export async function untilWhere(play: Play, wanted: Wanted, holds: (e: EventSeen) => boolean | Promise<boolean>): Promise<EventSeen> {
  for (let i = 0; i < 400; i++) {
    const seen = await until(play, wanted);
    if (await holds(seen)) return seen;
  }
  throw new Stuck();
}

export const step = (n: number): Promise<unknown> => link.call("step", n);
export const type = (text: string): Promise<unknown> => link.call("typeStill", new TextEncoder().encode(text));

const waits = (): boolean => /(^|\n)\$\s*$/.test(screenText().trimEnd() + " ") && harts.length > 0;

/** Vitrine in a design, paused at its prompt; it is started anew only if it has to be. */
export async function atPrompt(design: string): Promise<void> {
  const append = `kpt=${design}`, now = settings.append.includes("kpt=") ? settings.append : "kpt=unified";
  if (!isVitrine() || now !== append) await startEmbedded("kernel", { append });
  await link.call("go", Number.MAX_SAFE_INTEGER);
  await link.call("run", true);
  for (let i = 0; !waits(); i++) {
    if (i > 1200) throw new Stuck();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await link.call("run", false);
}

/** A walk of the play's tree. */
export async function walk(play: Play, va: bigint, how: Partial<Question>): Promise<Path> {
  const satp = satpOf(play.root) ?? harts[hartOf(play)].satp & ~(0xffffn << 44n);
  return link.look<Path>("path", { satp, va, access: 0, user: true, sum: false, mxr: false, updateAd: true, edits: [], ...how });
}

export const CALL = (n?: number): Wanted => ({ kinds: Events.exception, causes: [8], modes: 1, call: n });
export const FAULT = (...causes: number[]): Wanted => ({ kinds: Events.exception, causes, modes: 1 });

/** Does the root belong to a tree that the page knows? */
export const known = (root: string): boolean => treeOf(satpOf(root)) !== undefined;
