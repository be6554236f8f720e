// SPDX-License-Identifier: MIT
// keys.ts - the keyboard: the meaning of each key when the person is not typing.
import { choice, choose } from "./app";
import { focusTerminal } from "./terminal";
import { moves } from "./timeline";
import { VIEWS } from "./views/views";

const MOVES: Record<string, string> = { " ": "run", ArrowRight: "step", ArrowLeft: "stepBack", "Shift+ArrowRight": "event", "Shift+ArrowLeft": "eventBack",
  "Alt+ArrowRight": "call", "Alt+ArrowLeft": "callBack", End: "newest" };

const isTyping = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.closest("input, select, textarea, .console") !== null;

function press(event: KeyboardEvent): void {
  if (event.key === "Escape") {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    return;
  }
  if (isTyping(event.target) || event.ctrlKey || event.metaKey) return;
  const name = (event.shiftKey ? "Shift+" : "") + (event.altKey ? "Alt+" : "") + event.key;
  const view = VIEWS.find((v) => v.key === event.key);
  if (MOVES[name] && !(event.key === " " && event.target instanceof HTMLButtonElement)) moves[MOVES[name]]();
  else if (view) choose({ view: view.name });
  else if (event.key === "l") choose({ lang: choice.lang === "en" ? "zh" : "en" });
  else if (event.key === "d") choose({ theme: choice.theme === "dark" ? "light" : "dark" });
  else if (event.key === "t") focusTerminal();
  else if (event.key === "w") document.querySelector<HTMLButtonElement>(".view .why")?.click();
  else return;
  event.preventDefault();
}

export function listenToKeys(): void {
  addEventListener("keydown", press);
}
