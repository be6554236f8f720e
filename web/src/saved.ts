// SPDX-License-Identifier: MIT
// saved.ts - a link that restores the seed, the input, the time, and what is shown, so that the run is the same.
import { choice, choose, link, run, ViewName } from "./app";
import { exercises, startExercise } from "./exercises";
import { loaded, settings, start, startEmbedded, told } from "./files";
import { complain } from "./notice";
import { during } from "./progress";
import type { Input } from "./protocol";
import { PRACTICES } from "./views/practice";
import { t } from "./words";

const VIEW_NAMES: ViewName[] = ["tree", "space", "frames", "harts", "reports", "explain", "designs", "quiz"];

let wanted: { at: number; kernel: string; typed: string } | null = null;

async function throughStream(bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const out = new Blob([bytes as BlobPart]).stream().pipeThrough(stream as ReadableWritablePair<Uint8Array, Uint8Array>);
  return new Uint8Array(await new Response(out).arrayBuffer());
}

// Each byte with the distance from the place of the one before, deflated, in the letters of an address.
async function packInputs(inputs: Input[]): Promise<string> {
  let position = 0n, clock = 0n;
  const text = inputs.map((i) => {
    const words = [i.position - position, i.clock - clock].map((n) => n.toString(36));
    position = i.position;
    clock = i.clock;
    return `${words.join(",")},${i.byte}${i.idle ? "i" : ""}`;
  }).join(";");
  const packed = await throughStream(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  return btoa(String.fromCharCode(...packed)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const base36 = (text: string): bigint => [...text].reduce((n, c) => n * 36n + BigInt(parseInt(c, 36)), 0n);

async function unpackInputs(text: string): Promise<Input[]> {
  if (text === "") return [];
  const packed = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const words = new TextDecoder().decode(await throughStream(packed, new DecompressionStream("deflate-raw")));
  let position = 0n, clock = 0n;
  return words.split(";").map((one) => {
    const [p, c, byte] = one.split(",");
    position += base36(p);
    clock += base36(c);
    return { position, clock, byte: parseInt(byte), idle: byte.endsWith("i") };
  });
}

/** The address of the page with what is shown now. */
export async function makeLink(): Promise<string> {
  const words = new URLSearchParams({ kernel: loaded.kernel, seed: String(settings.seed), at: String(run.position), view: choice.view, va: choice.va.toString(16), lang: choice.lang, theme: choice.theme,
    access: String(choice.access), hart: String(choice.hart), mode: choice.user ? "u" : "s" });
  if (choice.view === "quiz") Object.entries({ practice: choice.practice, sheet: choice.sheet, exercise: choice.exercise }).forEach(([name, value]) => words.set(name, String(value)));
  if (choice.tree !== "auto") words.set("tree", choice.tree);
  if (choice.other !== "") words.set("other", choice.other);
  if (settings.append !== "") words.set("append", settings.append);
  const inputs = (await link.call<Input[]>("inputs")).filter((i) => i.position <= BigInt(run.position));
  if (inputs.length > 0) words.set("typed", await packInputs(inputs));
  return "#" + words.toString();
}

/** Takes what a link says, before the machine starts. */
export function readLink(): void {
  const words = new URLSearchParams(location.hash.slice(1));
  const lang = words.get("lang") ?? (navigator.language.startsWith("zh") ? "zh" : "en");
  const theme = words.get("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const view = VIEW_NAMES.find((name) => name === words.get("view")) ?? "tree";
  const va = /^[0-9a-f]{1,16}$/.test(words.get("va") ?? "") ? BigInt("0x" + words.get("va")) : 0n;
  choose({ lang: lang === "zh" ? "zh" : "en", theme: theme === "dark" ? "dark" : "light", view, va, tree: words.get("tree") ?? "auto", other: words.get("other") ?? "",
    access: Math.min(2, Number(words.get("access") ?? 0) || 0), user: words.get("mode") !== "s", hart: Number(words.get("hart") ?? 0) || 0, practice: PRACTICES.find((name) => name === words.get("practice")) ?? "questions", sheet: Number(words.get("sheet") ?? 1) || 1, exercise: Number(words.get("exercise") ?? 0) || 0 });
  if (words.has("seed")) settings.seed = Number(words.get("seed")) || 1;
  if (words.has("append")) settings.append = (words.get("append") ?? "").slice(0, 500);
  if (words.has("at")) wanted = { at: Number(words.get("at")) || 0, kernel: words.get("kernel") ?? loaded.kernel, typed: words.get("typed") ?? "" };
}

async function inputsOf(typed: string): Promise<Input[]> {
  try {
    return await unpackInputs(typed);
  } catch {
    return [];
  }
}

/** Starts the kernel that the link names, if it is in the page, with the link's input; else the page's own. */
export async function startLinked(): Promise<void> {
  const inputs = wanted ? await inputsOf(wanted.typed) : [], exercise = /^exercise (\d+)$/.exec(wanted?.kernel ?? "");
  if (exercise && (await exercises()).some((e) => e.kind === "find" && e.number === Number(exercise[1]))) return startExercise(Number(exercise[1]), false, inputs);
  if (wanted?.kernel === "fence" && told.vitrine) return startEmbedded("fence", {}, inputs);
  await start(false, wanted?.kernel === loaded.kernel ? inputs : []);
}

/** The story that the link opens; "": none. */
export const linkedStory = (): string => new URLSearchParams(location.hash.slice(1)).get("story") ?? "";

/** Goes to the time that the link names, once the machine has been made. */
export async function restored(): Promise<boolean> {
  if (wanted === null || wanted.at === 0) return false;
  if (wanted.kernel !== loaded.kernel) {
    complain(t("link.kernel", wanted.kernel));
    return false;
  }
  if (!(await during(t("link.going"), link.call<boolean>("forward", wanted.at), wanted.at))) complain(t("link.far"));
  return true;
}
