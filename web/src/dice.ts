// SPDX-License-Identifier: MIT
// dice.ts - random numbers: by chance, or from a seed, so that a sheet is the same for everyone who has its number.

export class Dice {
  private constructor(private readonly next: () => number) {}

  static byChance(): Dice {
    return new Dice(Math.random);
  }

  /** Equal seeds give equal numbers (a counter of 32 bits, mixed). */
  static ofSeed(seed: number): Dice {
    let counter = seed >>> 0;
    return new Dice(() => {
      counter = (counter + 0x9e3779b9) >>> 0;
      let n = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad);
      n = Math.imul(n ^ (n >>> 15), 0x735a2d97);
      return ((n ^ (n >>> 15)) >>> 0) / 2 ** 32;
    });
  }

  /** 0 to n - 1. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  shuffled<T>(list: T[]): T[] {
    const left = [...list], out: T[] = [];
    while (left.length > 0) out.push(...left.splice(this.below(left.length), 1));
    return out;
  }
}
