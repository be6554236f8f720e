// SPDX-License-Identifier: MIT
// replay.mjs - replays a recording of glass in node, with the module for WebAssembly.
//
// usage: node replay.mjs MODULE RECORDING [--firmware=FILE] [--append=WORDS] KERNEL [DISK...]
// Prints the console, and on standard error "hash HASH at POSITION" and the time it took.
// Status: 0 if the run ends in the state that the recording names, else 1.
import { readFileSync, writeSync } from "node:fs";

const SETTINGS = ["harts", "seed", "turn", "sharp", "tlb", "mmu", "svade", "no-pmp", "modern", "epoch"];
const MODES = ["strict", "lax", "oldest", "random", "late", "exact"];
const SLICE = 1000000n;

function parseWords(words) {
  const options = {}, files = [];
  for (const word of words) {
    const pair = /^--([a-z-]+)=(.*)$/s.exec(word);
    if (pair) options[pair[1]] = pair[2];
    else files.push(word);
  }
  return { options, files };
}

// The settings of the machine, the bytes with their positions, and the end.
function parseRecording(path) {
  const [head, ...lines] = readFileSync(path, "utf8").trim().split("\n");
  const settings = Object.fromEntries(head.split(" ").slice(2).map((word) => word.split("=")));
  const end = lines.pop().split(" ");
  const events = lines.map((line) => line.split(" ")).map(([position, clock, how, byte]) => (
    { position: BigInt(position), clock: BigInt(clock), idle: how === "idle", byte: parseInt(byte, 16) }));
  return { settings, events, end: BigInt(end[0]), hash: end[2] };
}

class Machine {
  constructor(exports, settings) {
    this.x = exports;
    const config = exports.web_config();
    SETTINGS.forEach((name, i) => {
      const value = name === "tlb" ? MODES.indexOf(settings.tlb) : settings[name];
      exports.web_set(config, i, BigInt(value));
    });
    this.m = exports.web_machine(config, BigInt(settings.mem));
    this.boot = exports.web_boot();
  }

  // Copies bytes into the module's memory.
  place(bytes) {
    const at = this.x.web_alloc(bytes.length + 1);
    new Uint8Array(this.x.memory.buffer, at, bytes.length).set(bytes);
    return [at, BigInt(bytes.length)];
  }

  load({ options, files }) {
    const [kernel, ...disks] = files.map((path) => this.place(readFileSync(path)));
    disks.forEach(([at, size], i) => this.x.web_disk(this.m, i, at, size, false));
    this.x.web_kernel(this.boot, ...kernel);
    if (options.firmware) this.x.web_firmware(this.boot, ...this.place(readFileSync(options.firmware)));
    if (options.append) this.x.web_append(this.boot, this.place(new TextEncoder().encode(options.append))[0]);
    if (this.x.web_load(this.m, this.boot)) throw new Error("the kernel cannot be loaded");
  }

  get position() {
    return BigInt.asUintN(64, this.x.web_position(this.m));
  }

  get hash() {
    return BigInt.asUintN(64, this.x.web_hash(this.m)).toString(16).padStart(16, "0");
  }

  // Runs up to a position in slices; stops when nothing goes on.
  runTo(position, afterSlice) {
    while (this.position < position) {
      const left = position - this.position;
      const before = this.position;
      this.x.web_run(this.m, left < SLICE ? left : SLICE);
      afterSlice();
      if (this.position === before) break;
    }
  }
}

const [module, recording, ...words] = process.argv.slice(2);
const printed = [];
const host = { console: (byte) => printed.push(byte) };
const flush = () => writeSync(1, Uint8Array.from(printed.splice(0)));

const { instance } = await WebAssembly.instantiate(readFileSync(module), { host });
const { settings, events, end, hash } = parseRecording(recording);
const machine = new Machine(instance.exports, settings);
machine.load(parseWords(words));
if (machine.hash !== settings.start) throw new Error(`it starts with hash ${machine.hash}, not ${settings.start}`);

const started = performance.now();
for (const event of events) {
  machine.x.web_limit(machine.m, event.clock);
  machine.runTo(event.position, flush);
  if (event.idle) machine.x.web_run(machine.m, 1n); // all harts wait: it makes no step
  machine.x.web_input(machine.m, event.byte, event.idle);
}
machine.x.web_limit(machine.m, ~0n);
machine.runTo(end, flush);
const seconds = (performance.now() - started) / 1000;
console.error(`hash ${machine.hash} at ${machine.position}, ${seconds.toFixed(1)} s`);
process.exit(machine.hash === hash && machine.position === end ? 0 : 1);
