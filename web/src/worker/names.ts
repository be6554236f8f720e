// SPDX-License-Identifier: MIT
// names.ts - functions, files and lines of a kernel's addresses.
import { Place } from "../protocol";
import { Module, u64 } from "./module";

export class Names {
  readonly names: number; // struct web_names
  private readonly known = new Map<bigint, Place | null>();

  constructor(private readonly module: Module, kernel: number, size: number) {
    this.names = module.x.web_names(kernel, BigInt(size));
  }

  /** The place of an instruction of the kernel, or null. */
  place(pc: bigint): Place | null {
    let place = this.known.get(pc);
    if (place === undefined) {
      place = this.find(pc);
      if (this.known.size > 20000) this.known.clear();
      this.known.set(pc, place);
    }
    return place;
  }

  private find(pc: bigint): Place | null {
    const { module } = this;
    module.x.web_place(this.names, u64(pc), module.askRoom);
    const [name, offset, directory, file, line] = module.words(module.askRoom, 5);
    if (name === 0n) return null;
    const parts = [directory, file].map((at) => module.string(Number(at))).filter((s) => s !== "");
    return { name: module.string(Number(name)), offset: Number(offset), file: parts.join("/"), line: Number(line) };
  }

  /** The functions that the hart's kernel is inside of, the innermost first. */
  calls(machine: number, hart: number, at: bigint): string[] {
    const { module } = this;
    const count = module.x.web_calls(machine, this.names, hart, at, module.askRoom);
    const pcs = [...module.words(module.askRoom, count)];
    return pcs.map((pc, i) => this.place(i === 0 ? pc : pc - 1n)?.name ?? "?");
  }

  /** The address of a function; 0: there is none. */
  symbol(name: string): bigint {
    const bytes = new TextEncoder().encode(name);
    this.module.bytes(this.module.askRoom, bytes.length + 1).set([...bytes, 0]);
    return u64(this.module.x.web_symbol(this.names, this.module.askRoom));
  }
}
