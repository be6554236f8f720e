// SPDX-License-Identifier: MIT
// notice.ts - one line that tells the person what has happened.
import { fill, h } from "./dom";
import { t } from "./words";

let line: HTMLElement;
let timer = 0;

export function mountNotice(): HTMLElement {
  line = h("div", { class: "notice", role: "status", "aria-live": "polite" });
  return line;
}

/** Removes the sentence: it is of a machine that is gone. */
export function hush(): void {
  clearTimeout(timer);
  fill(line);
}

/** Shows a sentence for a while. */
export function say(words: string): void {
  fill(line, words);
  line.dataset.kind = "told";
  clearTimeout(timer);
  timer = window.setTimeout(() => fill(line), 8000);
}

/** Shows what is wrong; it stays until it is closed or something else is said. */
export function complain(words: string): void {
  clearTimeout(timer);
  fill(line, words, " ", h("button", { class: "link", onclick: () => fill(line) }, t("notice.close")));
  line.dataset.kind = "wrong";
}
