// SPDX-License-Identifier: MIT
// sources.ts - the kernel's source, if the page has it: files by their path.

type Files = Record<string, string[]>;

let own: Files = {}; // of the kernel in the page
let files: Files = {}; // of the kernel that runs

const linesOf = (all: Record<string, string>): Files => Object.fromEntries(Object.entries(all).map(([path, body]) => [path, body.split("\n")]));

export function setSources(text: string | null): void {
  own = files = linesOf(text === null ? {} : (JSON.parse(text) as Record<string, string>));
}

/** Another kernel runs: that in the page, one with these files, or one whose source is not known (null). */
export function useSources(all: "own" | Record<string, string> | null): void {
  files = all === "own" ? own : all === null ? {} : linesOf(all);
}

// Debug information may name a directory above, or none: the longest common end decides.
function find(file: string): string[] | null {
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
  return text.slice(from - 1, line + around).map((words, i) => ({ number: from + i, text: words.replace(/\t/g, "    "), now: from + i === line }));
}
