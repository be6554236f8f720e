// SPDX-License-Identifier: MIT
// exercises.ts - the exercises in the page: their texts and questions, the marks, and the kernels with a mistake.
import { link } from "./app";
import { startMistaken, unpacked } from "./files";
import type { Input } from "./protocol";
import { useSources } from "./sources";
import { screenText } from "./terminal";
import type { Lang } from "./words";

type Both<T> = Record<Lang, T>;

interface Answer {
  right: string; // a number as 0x...
  number: boolean;
  reason: string;
}

interface Variant {
  questions: Both<string[]>;
  answers: Record<string, Answer>;
}

export interface Exercise {
  number: number;
  kind: "predict" | "find";
  title: Both<string>;
  text: Both<string>;
  hints: Both<string[]>;
  solution: Both<string>;
  reasons: Both<Record<string, string>>;
  variants?: Variant[]; // predict
  where?: { file: string; first: number; last: number; names: string[] }; // find
  type?: string[];
  changed?: Record<string, string>; // files by path
}

let all: Exercise[] | null = null;
let sources: Record<string, string> = {};

/** The exercises; none in a page with the reader's own kernel. */
export async function exercises(): Promise<Exercise[]> {
  if (all) return all;
  const bytes = await unpacked("exercises");
  const told = bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as { exercises: Exercise[]; sources: Record<string, string> }) : { exercises: [], sources: {} };
  sources = told.sources;
  return (all = told.exercises);
}

// --- marks -----------------------------------------------------------------------------------

const sorted = (words: string[]): string => [...words].sort().join(" ");

function number(text: string): bigint | null {
  try {
    return text.trim() === "" ? null : BigInt(text.replaceAll("_", ""));
  } catch {
    return null;
  }
}

/** As tools/exercise/predict.py compares: numbers in any base, words in any order. */
export function isRight(given: string, answer: Answer): boolean {
  const text = given.trim().toLowerCase(), words = text.replaceAll(",", " ").split(/\s+/);
  if (answer.number) return number(text) === BigInt(answer.right);
  if (answer.reason === "order") return words.join("") === answer.right;
  return answer.reason === "flags" ? sorted([...words.join("")]) === sorted([...answer.right]) : sorted(words) === sorted(answer.right.split(" "));
}

const SLACK = 3; // lines beside the mistake that still count

/** Is a function, or a line as in vm.c:23, the place of the mistake? */
export function isPlace(given: string, { where }: Exercise): boolean {
  const text = given.trim().toLowerCase(), line = /^(?:.*\/)?([\w.]+):(\d+)$/.exec(text);
  if (!where) return false;
  if (line) return line[1] === where.file.toLowerCase() && Number(line[2]) >= where.first - SLACK && Number(line[2]) <= where.last + SLACK;
  return where.names.some((name) => name.toLowerCase() === text.replace(/\(.*/, ""));
}

// --- kernels with a mistake ------------------------------------------------------------------

/** The files of the kernel, with the mistake in one of them. */
export const filesOf = (e: Exercise): Record<string, string> => ({ ...sources, ...e.changed });

const PATIENCE_MS = 60_000;

async function prompt(): Promise<boolean> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; ) {
    if (/\$ ?$/.test(screenText().trimEnd())) return true;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  return false;
}

/** Starts the kernel of an exercise. `inputs` come again where they came before. */
export async function startExercise(number: number, running = true, inputs: Input[] = []): Promise<void> {
  const e = (await exercises()).find((one) => one.number === number);
  await startMistaken(number, running, inputs);
  if (e) useSources(filesOf(e));
}

/** Starts the kernel of an exercise and types what shows the mistake, each line at a prompt. */
export async function runMistaken(e: Exercise): Promise<void> {
  await startExercise(e.number);
  for (const words of e.type ?? []) {
    if (!(await prompt())) return;
    await link.call("type", new TextEncoder().encode(`${words}\n`));
    await new Promise((resolve) => setTimeout(resolve, 100)); // the echo takes the prompt's place
  }
}
