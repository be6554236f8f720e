// SPDX-License-Identifier: MIT
// terminal.ts - the machine's console.
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { choice, link, onChange } from "./app";
import { fill, h } from "./dom";

const DARK = { background: "#14181c", foreground: "#d7dde2", cursor: "#7fd1c7", selectionBackground: "#33505f" };
const LIGHT = { background: "#fbfaf6", foreground: "#23282d", cursor: "#0b7a75", cursorAccent: "#fff", selectionBackground: "#bcd9d6",
  black: "#23282d", yellow: "#8a6100", cyan: "#0b7a75", green: "#2d6a2d", red: "#b3261e", magenta: "#7b2d8e", white: "#5c646b",
  brightYellow: "#8a6100", brightWhite: "#23282d" };

let terminal: Terminal;

/** All that is on the screen and above it, for tests and for a copy. */
export function screenText(): string {
  const buffer = terminal.buffer.active;
  return Array.from({ length: buffer.length }, (_, i) => buffer.getLine(i)?.translateToString(true) ?? "").join("\n");
}

export function typeText(text: string): Promise<unknown> {
  return link.call("type", new TextEncoder().encode(text));
}

export function focusTerminal(): void {
  terminal.focus();
}

export function mountTerminal(into: HTMLElement): void {
  terminal = new Terminal({ fontSize: 12, fontFamily: "'DejaVu Sans Mono', ui-monospace, Menlo, Consolas, monospace", cursorBlink: false,
    scrollback: 5000, convertEol: true, theme: LIGHT, screenReaderMode: false });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  const screen = h("div", { class: "screen" });
  fill(into, screen);
  terminal.open(screen);
  terminal.onData((data) => void typeText(data));
  link.on("console", ({ bytes }) => terminal.write(bytes));
  link.on("screen", ({ bytes }) => {
    terminal.reset();
    terminal.write(bytes);
  });
  const dress = () => {
    terminal.options.theme = choice.theme === "dark" ? DARK : LIGHT;
  };
  onChange((what) => {
    if (what === "choice" || what === "lang") dress();
  });
  new ResizeObserver(() => fit.fit()).observe(into);
  fit.fit();
  dress();
}
