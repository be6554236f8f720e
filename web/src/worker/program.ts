// SPDX-License-Identifier: MIT
// program.ts - the name of the program in an address space, found on its stack.
//
// An xv6-style exec pushes the strings of the command first, each at a multiple of 16: the first one is the last thing on
// the page at the stack's top. So of the writable pages for user mode, the highest that ends in this way names the program.
import { Range } from "../protocol";
import type { Machine } from "./machine";
import { walk } from "./walks";

const WRITABLE = 0x14, COPIED = 0x110; // U with W; U with RSW0, as after a fork
const PAGES = 48, LONGEST = 64;

export function programOf(machine: Machine, satp: bigint, ranges: Range[]): string {
  const pages = ranges.filter((r) => (r.flags & WRITABLE) === WRITABLE || (r.flags & COPIED) === COPIED).flatMap(pagesOf).slice(-PAGES);
  for (const va of pages.reverse()) {
    const asks = { satp, va, access: 0, user: true, sum: false, mxr: false, updateAd: true, edits: [] };
    const found = walk(machine.module, machine.m, asks);
    const name = found.rule === "ok" ? nameAtEnd(machine.pageAt(found.pa)) : "";
    if (name !== "") return name;
  }
  return "";
}

function pagesOf(range: Range): bigint[] {
  const count = Math.min(PAGES, Number((range.end - range.start) >> 12n));
  return Array.from({ length: count }, (_, i) => range.start + (BigInt(i) << 12n));
}

// The string in the last bytes of a page, if the rest of the page is zero behind it.
function nameAtEnd(page: Uint8Array | null): string {
  if (!page) return "";
  let end = page.length;
  while (end > page.length - 16 && page[end - 1] === 0) end--;
  if (end === page.length || page[end - 1] === 0) return "";
  let start = end;
  while (start > end - LONGEST && page[start - 1] > 32 && page[start - 1] < 127) start--;
  const text = String.fromCharCode(...page.slice(start, end));
  return start % 16 === 0 && /^[\w./+-]+$/.test(text) ? (text.split("/").pop() ?? "") : "";
}
