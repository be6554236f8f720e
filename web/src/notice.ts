// SPDX-License-Identifier: MIT
// notice.ts - one line that tells the person what has happened.
import { fill, h } from "./dom";
import { t } from "./words";

let line: HTMLElement;
let timer = 0;
let waiting = ""; // a sentence that is shown when the line is free

export function mountNotice(): HTMLElement {
  line = h("div", { class: "notice", role: "status", "aria-live": "polite" });
  return line;
}

function show(kind: "told" | "mentioned" | "wrong", ...words: (Node | string)[]): void {
  clearTimeout(timer);
  fill(line, ...words);
  line.dataset.kind = kind;
  if (kind !== "wrong") timer = window.setTimeout(free, 8000);
}

function free(): void {
  const next = waiting;
  waiting = "";
  fill(line);
  if (next !== "") mention(next);
}

/** Removes the sentence: it is of a machine that is gone. */
export function hush(): void {
  waiting = "";
  clearTimeout(timer);
  free();
}

/** Shows a sentence for a while. */
export function say(words: string): void {
  show("told", words);
}

/** Shows a sentence as soon as no other one is shown. */
export function mention(words: string): void {
  if (line.childNodes.length === 0 || line.dataset.kind === "mentioned") show("mentioned", words);
  else waiting = words;
}

/** Shows what is wrong; it stays until it is closed or something else is said. */
export function complain(words: string): void {
  show("wrong", words, " ", h("button", { class: "link", onclick: free }, t("notice.close")));
}
