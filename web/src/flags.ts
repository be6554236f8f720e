// SPDX-License-Identifier: MIT
// flags.ts - the bits of an entry by name, and the colours of what it maps.
import type { Key } from "./words";

export interface Flag {
  bit: number;
  letter: string;
  words: Key;
}

export const FLAGS: Flag[] = [
  { bit: 7, letter: "D", words: "flag.d" }, { bit: 6, letter: "A", words: "flag.a" }, { bit: 5, letter: "G", words: "flag.g" },
  { bit: 4, letter: "U", words: "flag.u" }, { bit: 3, letter: "X", words: "flag.x" }, { bit: 2, letter: "W", words: "flag.w" },
  { bit: 1, letter: "R", words: "flag.r" }, { bit: 0, letter: "V", words: "flag.v" },
];

export const V = 1, R = 2, W = 4, X = 8, U = 16, G = 32, A = 64, D = 128, RSW0 = 256, RSW1 = 512;
export const DEFERRED = 1024; // of a range: its table's copy is deferred (machine/web/ranges.c)

/** The flags of an entry: its lowest ten bits. */
export const flagsOf = (pte: bigint): number => Number(pte & 0x3ffn);

/** As pgtbl writes them: rwxugadc. */
export function letters(flags: number): string {
  const one = (bit: number, letter: string) => ((flags & bit) !== 0 ? letter : "-");
  return one(R, "r") + one(W, "w") + one(X, "x") + one(U, "u") + one(G, "g") + one(A, "a") + one(D, "d") + one(RSW0, "c");
}

export type Region = "text" | "data" | "readonly" | "guard" | "kernel";

const USER_TOP = 0x3fffffd000n;

/** What a leaf maps, as pgtbl colours it. `user`: the tree maps memory for user mode. */
export function regionOf(flags: number, start: bigint, bytes: bigint, user: boolean): Region {
  if ((flags & U) !== 0) return (flags & X) !== 0 ? "text" : (flags & (W | RSW0)) !== 0 ? "data" : "readonly";
  return user && start < USER_TOP && bytes <= 65536n ? "guard" : "kernel";
}

export const LEAF_NAMES = ["4K", "2M", "1G", "512G", "256T"];
