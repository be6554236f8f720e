// SPDX-License-Identifier: MIT
// pace.ts - keeps the machine's clock from running ahead of the person's.
//
// As machine/host/pace.c: while all harts wait, the machine's clock may jump as far as the host's has come. A machine that
// is behind does not catch up. This changes the pace of a run, not the run.

const UNITS_PER_MS = 100_000n << 16n; // cycles << CLOCK_FRACTION
const BEHIND_MS = 50;

export class Pace {
  private host = performance.now();
  private machine = 0n;

  start(clock: bigint): void {
    this.host = performance.now();
    this.machine = clock;
  }

  private ahead(clock: bigint): number {
    return Number(clock - this.machine) / Number(UNITS_PER_MS) - (performance.now() - this.host);
  }

  /** How far the clock may jump now. `due`: the timer that an idle machine waits for. */
  limit(clock: bigint, due: bigint | null): bigint {
    const from = due !== null && due > clock ? due : clock;
    if (this.ahead(from) < -BEHIND_MS) this.start(from);
    return this.machine + BigInt(Math.floor((performance.now() - this.host) * Number(UNITS_PER_MS)));
  }

  /** Milliseconds until the host's clock is there. */
  until(clock: bigint): number {
    return Math.max(0, this.ahead(clock));
  }
}
