// SPDX-License-Identifier: MIT
// sources.ts - the kernel's source, if the page has it: files by their path.

let files: Record<string, string[]> = {};
let overlay: Record<string, string[]> = {}; // of the kernel of an exercise, before the page's own

export function setSources(text: string | null): void {
  files = linesOf(text === null ? {} : (JSON.parse(text) as Record<string, string>));
}

const linesOf = (all: Record<string, string>): Record<string, string[]> => Object.fromEntries(Object.entries(all).map(([path, body]) => [path, body.split("\n")]));

/** Files that count before the page's own, while another kernel runs. */
export function setOverlay(all: Record<string, string>): void {
  overlay = linesOf(all);
}

// Debug information may name a directory above, or none: the longest common end decides.
function find(file: string): string[] | null {
  return findIn(overlay, file) ?? findIn(files, file);
}

function findIn(files: Record<string, string[]>, file: string): string[] | null {
  if (files[file]) return files[file];
  const parts = file.split("/").filter((p) => p !== "." && p !== "");
  for (let from = 0; from < parts.length; from++) {
    const end = "/" + parts.slice(from).join("/");
    const path = Object.keys(files).find((p) => ("/" + p).endsWith(end));
    if (path) return files[path];
  }
  return null;
}

export interface SourceLine {
  number: number;
  text: string;
  now: boolean;
}

/** The line of a file with `around` lines before and behind; none when the page does not have the file. */
export function sourceLines(file: string, line: number, around: number): SourceLine[] {
  const text = find(file), from = Math.max(1, line - around);
  if (!text || line < 1) return [];
  return text.slice(from - 1, line + around).map((words, i) => ({ number: from + i, text: words.replace(/\t/g, "    ").slice(0, 96), now: from + i === line }));
}
