// SPDX-License-Identifier: MIT
// machine.ts - a machine in the module: making, running, going back, events.
import { Change, Events, EventSeen, Input, Parts, Report, Settings, Stop, Wanted } from "../protocol";
import { Names } from "./names";
import { Module, u64 } from "./module";
import { readReport } from "./reports";

const STOPS: Stop[] = ["none", "idle", "finished", "break", "report"];
const NEVER = (1n << 64n) - 1n;
const HISTORY_BYTES = 384n << 20n;
const EVENT_WORDS = 10;

/** The kernel cannot be loaded; `code` is enum load_error. */
export class LoadError extends Error {
  constructor(readonly code: number, readonly value: bigint) {
    super(`load:${code}:${value.toString(16)}`);
  }
}

/** The order of enum setting in machine/web/web.c. */
function settingWords(s: Settings): number[] {
  return [s.harts, s.seed, 1000, 0, s.tlb, 57, 0, Number(s.noPmp), Number(s.modern), s.epoch];
}

export class Machine {
  private readonly bytes: number[] = []; // all that the run has printed, up to its newest moment
  private readonly printedAt: number[] = []; // and where
  readonly reports: Report[] = [];
  names: Names;
  deferred = false; // the kernel defers copies of tables
  private count = 0; // of them, up to the present position
  private fresh = 0; // of them, told
  private quiet = false;
  private hasHistory = false;
  private watch = 0; // struct web_reports

  private constructor(readonly module: Module, readonly m: number, kernel: number, size: number) {
    this.names = new Names(module, kernel, size);
  }

  static async make(parts: Parts, settings: Settings): Promise<Machine> {
    let machine: Machine | null = null;
    const module = await Module.start(parts.wasm, {
      console: (byte) => machine?.prints(byte),
    });
    machine = Machine.build(module, parts, settings);
    return machine;
  }

  private static build(module: Module, parts: Parts, settings: Settings): Machine {
    const x = module.x, config = x.web_config();
    settingWords(settings).forEach((value, i) => x.web_set(config, i, BigInt(value)));
    const m = x.web_machine(config, BigInt(settings.mem));
    if (m === 0) throw new LoadError(-1, 0n);
    const kernel = module.place(parts.kernel);
    const boot = x.web_boot();
    x.web_kernel(boot, kernel, BigInt(parts.kernel.length));
    if (parts.firmware) x.web_firmware(boot, module.place(parts.firmware), BigInt(parts.firmware.length));
    x.web_append(boot, module.place(new TextEncoder().encode(settings.append)));
    if (parts.disk) x.web_disk(m, 0, module.place(parts.disk), BigInt(parts.disk.length), false);
    const code = x.web_load(m, boot, module.room);
    if (code !== 0) throw new LoadError(code, module.words(module.room, 1)[0]);
    const made = new Machine(module, m, kernel, parts.kernel.length);
    made.deferred = made.names.symbol("asid_init") !== 0n;
    made.watch = parts.facts ? x.web_watch(m, made.names.names, module.place(parts.facts), BigInt(parts.facts.length)) : x.web_watch(m, made.names.names, 0, 0n);
    made.hasHistory = x.web_history(m, HISTORY_BYTES) !== 0;
    return made;
  }

  private prints(byte: number): void {
    if (this.quiet) return;
    if (this.count++ < this.bytes.length) return; // the run was there before
    this.bytes.push(byte);
    this.printedAt.push(this.position);
  }

  /** Takes what has been reported since the last time. The machine stands. */
  lookForReports(): void {
    if (this.watch === 0) return;
    const count = this.module.x.web_report_count(this.m, this.watch);
    for (let i = this.reports.length; i < count; i++) this.reports.push(readReport(this.module, this.m, this.watch, i));
  }

  /** What has been printed since it was asked for last. */
  takePrinted(): Uint8Array {
    const bytes = Uint8Array.from(this.bytes.slice(this.fresh, this.count));
    this.fresh = this.count;
    return bytes;
  }

  /** All that has been printed up to the present position. */
  get printed(): Uint8Array {
    return Uint8Array.from(this.bytes.slice(0, this.count));
  }

  get position(): number {
    return Number(u64(this.module.x.web_position(this.m)));
  }

  get first(): number {
    const first = u64(this.module.x.web_first(this.m));
    return first === NEVER ? 0 : Number(first);
  }

  get hash(): string {
    return u64(this.module.x.web_hash(this.m)).toString(16).padStart(16, "0");
  }

  run(steps: number): Stop {
    return STOPS[this.module.x.web_run(this.m, BigInt(steps))];
  }

  /** While all harts wait the clock jumps as far as this; null: no limit. */
  limit(clock: bigint | null): void {
    this.module.x.web_limit(this.m, clock ?? NEVER);
  }

  get clock(): bigint {
    return u64(this.module.x.web_clock(this.m));
  }

  /** When something happens by itself next; null: never. */
  get due(): bigint | null {
    const due = u64(this.module.x.web_due(this.m));
    return due === NEVER ? null : due;
  }

  get exit(): number {
    return this.module.x.web_status(this.m);
  }

  /** Types a byte. Returns false if there is no room now. */
  type(byte: number, idle: boolean): boolean {
    if (!this.module.x.web_room(this.m)) return false;
    this.module.x.web_input(this.m, byte, idle);
    this.bytes.length = this.printedAt.length = this.count; // another future begins
    return true;
  }

  /** All that has been typed. */
  inputs(): Input[] {
    const { module, m } = this;
    return Array.from({ length: module.x.web_inputs(m) }, (_, n) => {
      module.x.web_input_of(m, n, module.askRoom);
      const [position, clock, idle, byte] = module.words(module.askRoom, 4);
      return { position, clock, idle: idle !== 0n, byte: Number(byte) };
    });
  }

  /** Where something was typed; of many places some. */
  inputPlaces(): number[] {
    const { module, m } = this, count = module.x.web_inputs(m), every = Math.max(1, Math.floor(count / 300));
    return Array.from({ length: Math.floor(count / every) }, (_, i) => {
      module.x.web_input_of(m, i * every, module.askRoom);
      return Number(module.words(module.askRoom, 1)[0]);
    });
  }

  /** Input that is still to come, at its places. */
  note(inputs: Input[]): void {
    if (!this.hasHistory) return;
    for (const { position, clock, idle, byte } of inputs) {
      this.module.words(this.module.askRoom, 4).set([position, clock, BigInt(idle), BigInt(byte)]);
      this.module.x.web_note_input(this.m, this.module.askRoom);
    }
  }

  /** Goes to a position where the run has been. Returns false if it cannot be. */
  go(position: number): boolean {
    const before = this.position;
    if (position === before) return true;
    if (position > before && !this.hasHistory) return this.forward(position);
    const ok = this.module.x.web_go(this.m, BigInt(position)) !== 0;
    this.countPrinted();
    return ok;
  }

  // Without a history there is only the way on.
  private forward(position: number): boolean {
    this.limit(null);
    while (this.position < position) {
      const stop = this.run(position - this.position);
      if (stop === "idle" || stop === "finished") break;
    }
    return this.position === position;
  }

  /** The last snapshot at or before a position: a moment that is there at once. */
  snapshotBefore(position: number): number {
    const at = u64(this.module.x.web_snapshot_before(this.m, BigInt(position)));
    return at === NEVER ? this.position : Number(at);
  }

  // Finds how much had been printed by now: positions grow, so the place is found by halving.
  private countPrinted(): void {
    if (this.quiet) return;
    const here = this.position;
    let low = 0, high = this.bytes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.printedAt[middle] <= here) low = middle + 1;
      else high = middle;
    }
    this.count = low;
    this.fresh = Math.min(this.fresh, low);
  }

  /** A look into the past prints nothing; what has been printed by then is known. */
  private silently<T>(f: () => T): T {
    this.quiet = true;
    try {
      return f();
    } finally {
      this.quiet = false;
      this.countPrinted();
    }
  }

  /** Runs up to an event, at most `steps`. */
  until(wanted: Wanted, steps: number): EventSeen | Stop {
    const result = this.ask(wanted, steps, false);
    if (result !== 1) return result === 0 ? "none" : STOPS[result - 1];
    return this.readEvent(this.module.words(this.module.room, EVENT_WORDS));
  }

  private ask(wanted: Wanted, steps: number, last: boolean): number {
    const { module } = this;
    const causes = wanted.causes ? wanted.causes.reduce((bits, c) => bits | (1n << BigInt(c)), 0n) : NEVER;
    const ask = module.words(module.askRoom, 6);
    ask.set([BigInt(wanted.kinds), causes, BigInt(wanted.modes ?? 15), BigInt(wanted.harts ?? 255),
      wanted.call === undefined ? NEVER : BigInt(wanted.call), BigInt(last)]);
    return module.x.web_until(this.m, module.askRoom, BigInt(steps), module.room);
  }

  private readEvent(w: BigUint64Array): EventSeen {
    const event = { kind: Number(w[0]), hart: Number(w[1]), position: Number(w[2]), pc: w[3], mode: Number(w[4]),
      cause: w[5], value: w[6], before: w[7], after: w[8], pa: w[9] };
    return { ...event, place: event.mode === 0 || event.kind === Events.return ? null : this.names.place(event.pc) };
  }

  /** The last wanted event before the present position; the machine goes to it. */
  lastEvent(wanted: Wanted): EventSeen | null {
    const here = this.position;
    return this.silently(() => {
      for (let span = 100_000; ; span *= 8) {
        const from = Math.max(this.first, here - span);
        if (!this.go(from)) break;
        const found = this.lastBetween(wanted, here - 1);
        if (found) {
          this.go(found.position);
          return found;
        }
        if (from === this.first) break;
      }
      this.go(here);
      return null;
    });
  }

  // The run goes to `end`, and the last event counts.
  private lastBetween(wanted: Wanted, end: number): EventSeen | null {
    let last: EventSeen | null = null, stop = 0;
    while (this.position < end && (stop === 0 || STOPS[stop - 1] === "report")) {
      stop = this.ask(wanted, end - this.position, true);
      const seen = this.readEvent(this.module.words(this.module.room, EVENT_WORDS));
      if (seen.kind !== 0) last = seen;
    }
    return last;
  }

  /** The store that made the entry at `pa` what it is, with the machine as it was. */
  whoStored(pa: bigint): Change | null {
    const here = this.position, { module } = this;
    const is = this.entryAt(pa);
    return this.silently(() => {
      if (!module.x.web_last_store(this.m, pa, BigInt(here), module.room)) return null;
      const [when, hart, pc] = module.words(module.room, 3);
      const was = this.entryAt(pa), h = Number(BigInt.asIntN(32, hart));
      const calls = h >= 0 ? this.names.calls(this.m, h, pc) : [];
      module.x.web_go(this.m, BigInt(here));
      return { pa, was, is, when: Number(when), pc, hart: h, place: h >= 0 ? this.names.place(pc) : null, calls };
    });
  }

  /** The eight bytes at a physical address; 0 outside RAM. */
  entryAt(pa: bigint): bigint {
    const offset = pa - 0x80000000n, x = this.module.x;
    if (offset < 0n || offset + 8n > x.web_ram_size(this.m)) return 0n;
    return new DataView(x.memory.buffer).getBigUint64(x.web_ram(this.m) + Number(offset), true);
  }

  /** The bytes of the frame that holds an address; null outside RAM. */
  pageAt(pa: bigint): Uint8Array | null {
    const offset = (pa & ~0xfffn) - 0x80000000n, x = this.module.x;
    if (offset < 0n || offset >= x.web_ram_size(this.m)) return null;
    return this.module.bytes(x.web_ram(this.m) + Number(offset), 4096);
  }

  /** A copy of the words of the frame that holds an address; zeros outside RAM. */
  wordsOf(pa: bigint): BigUint64Array {
    const bytes = this.pageAt(pa);
    return bytes ? new BigUint64Array(bytes.slice().buffer) : new BigUint64Array(512);
  }
}
