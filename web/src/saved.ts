// SPDX-License-Identifier: MIT
// saved.ts - a link that restores the seed, the time, and what is shown; the input is in it, so that the run is the same.
import { choice, choose, run, ViewName } from "./app";
import { settings } from "./files";
import { complain } from "./notice";
import { link } from "./app";
import { t } from "./words";

const VIEW_NAMES: ViewName[] = ["tree", "space", "frames", "harts", "reports", "explain", "designs", "quiz"];

let wanted: number | null = null;

/** The address of the page with what is shown now. */
export function makeLink(): string {
  const words = new URLSearchParams({ seed: String(settings.seed), at: String(run.position), view: choice.view, va: choice.va.toString(16), lang: choice.lang, theme: choice.theme,
    access: String(choice.access), mode: choice.user ? "u" : "s" });
  if (choice.tree !== "auto") words.set("tree", choice.tree);
  return "#" + words.toString();
}

/** Takes what a link says, before the machine starts. */
export function readLink(): void {
  const words = new URLSearchParams(location.hash.slice(1));
  const lang = words.get("lang") ?? (navigator.language.startsWith("zh") ? "zh" : "en");
  const theme = words.get("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const view = VIEW_NAMES.find((name) => name === words.get("view")) ?? "tree";
  const va = /^[0-9a-f]{1,16}$/.test(words.get("va") ?? "") ? BigInt("0x" + words.get("va")) : 0n;
  choose({ lang: lang === "zh" ? "zh" : "en", theme: theme === "dark" ? "dark" : "light", view, va, tree: words.get("tree") ?? "auto",
    access: Math.min(2, Number(words.get("access") ?? 0) || 0), user: words.get("mode") !== "s" });
  if (words.has("seed")) settings.seed = Number(words.get("seed")) || 1;
  if (words.has("at")) wanted = Number(words.get("at")) || null;
}

/** Goes to the time that the link names, once the machine has started. */
export async function restored(): Promise<void> {
  if (wanted === null) return;
  await link.call("run", false);
  const there = await link.call<boolean>("forward", wanted);
  if (!there) complain(t("link.far"));
}
