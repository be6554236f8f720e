// SPDX-License-Identifier: MIT
// numbers.ts - numbers as text, and text as numbers.

export const hex = (n: bigint): string => "0x" + BigInt.asUintN(64, n).toString(16);

/** With as many digits as given. */
export const hexWide = (n: bigint, digits: number): string => BigInt.asUintN(64, n).toString(16).padStart(digits, "0");

/** 1234567 -> 1,234,567 */
export const grouped = (n: number | bigint): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

const UNITS = ["", "K", "M", "G", "T"];

/** 8192n -> 8K */
export function size(bytes: bigint): string {
  let unit = 0, n = bytes;
  while (n >= 1024n && n % 1024n === 0n && unit < UNITS.length - 1) {
    n /= 1024n;
    unit++;
  }
  if (n < 10000n || unit === UNITS.length - 1) return n + UNITS[unit];
  return (Number(n) / 1024).toFixed(1) + UNITS[unit + 1];
}

/** A number as a person types it: 0x40201000, 40201000h, 123, with _ or , between digits. */
export function parseNumber(text: string): bigint | null {
  const plain = text.trim().replace(/[_,]/g, "").toLowerCase();
  if (/^0x[0-9a-f]{1,16}$/.test(plain)) return BigInt(plain);
  if (/^[0-9a-f]{1,16}h$/.test(plain)) return BigInt("0x" + plain.slice(0, -1));
  if (/^\d{1,20}$/.test(plain)) return BigInt.asUintN(64, BigInt(plain));
  if (/^[0-9a-f]{9,16}$/.test(plain)) return BigInt("0x" + plain);
  return null;
}

/** The index that an address has at a level. */
export const indexAt = (va: bigint, level: number): number => Number((va >> BigInt(12 + 9 * level)) & 511n);

/** Extends the highest translated bit to 64 bits. */
export function canonical(va: bigint, levels: number): bigint {
  return BigInt.asUintN(64, BigInt.asIntN(12 + 9 * levels, va));
}

/** The address with another index at a level, and 0 below it. */
export function withIndex(va: bigint, level: number, index: number, levels: number): bigint {
  const shift = BigInt(12 + 9 * level);
  const above = va >> (shift + 9n) << (shift + 9n);
  return canonical(above | (BigInt(index) << shift), levels);
}

export const pageOf = (n: bigint): bigint => n & ~0xfffn;
export const targetOf = (pte: bigint): bigint => ((pte >> 10n) << 12n) & ((1n << 56n) - 1n);
