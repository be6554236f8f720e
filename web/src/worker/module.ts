// SPDX-License-Identifier: MIT
// module.ts - the module for WebAssembly: its exports with their types, and arrays of words.

type Pointer = number;

/** The exports of machine/web/. */
export interface Exports {
  memory: WebAssembly.Memory;
  web_alloc(bytes: number): Pointer;
  web_config(): Pointer;
  web_set(config: Pointer, setting: number, value: bigint): void;
  web_machine(config: Pointer, ram: bigint): Pointer;
  web_disk(m: Pointer, slot: number, bytes: Pointer, size: bigint, readonly: boolean): number;
  web_boot(): Pointer;
  web_kernel(boot: Pointer, bytes: Pointer, size: bigint): void;
  web_firmware(boot: Pointer, bytes: Pointer, size: bigint): void;
  web_append(boot: Pointer, words: Pointer): void;
  web_load(m: Pointer, boot: Pointer, value: Pointer): number;
  web_run(m: Pointer, steps: bigint): number;
  web_limit(m: Pointer, clock: bigint): void;
  web_room(m: Pointer): number;
  web_input(m: Pointer, byte: number, idle: boolean): void;
  web_position(m: Pointer): bigint;
  web_hash(m: Pointer): bigint;
  web_status(m: Pointer): number;
  web_clock(m: Pointer): bigint;
  web_due(m: Pointer): bigint;
  web_ram(m: Pointer): Pointer;
  web_ram_size(m: Pointer): bigint;
  web_history(m: Pointer, limit: bigint): number;
  web_go(m: Pointer, position: bigint): number;
  web_first(m: Pointer): bigint;
  web_snapshot_before(m: Pointer, position: bigint): bigint;
  web_inputs(m: Pointer): number;
  web_input_of(m: Pointer, n: number, out: Pointer): void;
  web_note_input(m: Pointer, input: Pointer): number;
  web_last_store(m: Pointer, pa: bigint, before: bigint, out: Pointer): number;
  web_harts(m: Pointer, out: Pointer): number;
  web_trees(m: Pointer, out: Pointer): number;
  web_rows(m: Pointer, hart: number, out: Pointer, max: number): number;
  web_doubts(m: Pointer, hart: number, out: Pointer, max: number): number;
  web_turn(m: Pointer): number;
  web_changed(m: Pointer, pa: bigint, out: Pointer): number;
  web_ranges(m: Pointer, satp: bigint, deferred: boolean, out: Pointer, max: number, tables: Pointer): number;
  web_find(m: Pointer, satp: bigint, pa: bigint, out: Pointer): number;
  web_frames(m: Pointer, out: Pointer): void;
  web_references(m: Pointer, pa: bigint, out: Pointer, max: number): number;
  web_walk(m: Pointer, question: Pointer, out: Pointer): void;
  web_rule(pte: bigint, level: number): number;
  web_rule_name(rule: number): Pointer;
  web_until(m: Pointer, wanted: Pointer, steps: bigint, out: Pointer): number;
  web_code(m: Pointer, hart: number, pc: bigint, out: Pointer, max: number): number;
  web_names(bytes: Pointer, size: bigint): Pointer;
  web_place(names: Pointer, pc: bigint, out: Pointer): void;
  web_calls(m: Pointer, names: Pointer, hart: number, at: bigint, out: Pointer): number;
  web_symbol(names: Pointer, name: Pointer): bigint;
  web_watch(m: Pointer, names: Pointer, facts: Pointer, bytes: bigint): Pointer;
  web_processes(m: Pointer, out: Pointer, max: number): number;
  web_report_count(m: Pointer, reports: Pointer): number;
  web_report(reports: Pointer, i: number, out: Pointer): void;
  web_report_words(m: Pointer, reports: Pointer, i: number, language: number): Pointer;
}

export interface HostCalls {
  console(byte: number): void;
}

/** A number without a sign. */
export const u64 = (n: bigint): bigint => BigInt.asUintN(64, n);

/** An instance of the module, with room for answers. */
export class Module {
  readonly room: Pointer;
  readonly askRoom: Pointer;

  private constructor(readonly x: Exports) {
    this.room = x.web_alloc(1 << 20);
    this.askRoom = x.web_alloc(1 << 16);
  }

  static async start(bytes: Uint8Array, host: HostCalls): Promise<Module> {
    const made = await WebAssembly.instantiate(bytes as BufferSource, { host: host as unknown as WebAssembly.ModuleImports });
    return new Module(made.instance.exports as unknown as Exports);
  }

  /** Words in the module's memory; they move when memory grows. */
  words(at: Pointer, count: number): BigUint64Array {
    return new BigUint64Array(this.x.memory.buffer, at, count);
  }

  bytes(at: Pointer, count: number): Uint8Array {
    return new Uint8Array(this.x.memory.buffer, at, count);
  }

  /** Copies bytes into the module's memory, with a NUL behind them. */
  place(bytes: Uint8Array): Pointer {
    const at = this.x.web_alloc(bytes.length + 1);
    if (at === 0) throw new Error("memory");
    this.bytes(at, bytes.length).set(bytes);
    return at;
  }

  string(at: Pointer): string {
    if (at === 0) return "";
    const memory = new Uint8Array(this.x.memory.buffer);
    let end = at;
    while (memory[end] !== 0) end++;
    return new TextDecoder().decode(memory.slice(at, end));
  }
}
