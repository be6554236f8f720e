// SPDX-License-Identifier: MIT
// files.ts - the files of the machine: those in the page, and those that are dropped on it.
import { link } from "./app";
import { complain, say } from "./notice";
import { during } from "./progress";
import type { Input, Parts, Settings } from "./protocol";
import { setSources, useSources } from "./sources";
import { size } from "./numbers";
import { Key, t } from "./words";

interface Told {
  title: string;
  kernel: string;
  disk: string;
  vitrine: boolean;
  machine: Settings;
}

export const told = JSON.parse(document.getElementById("settings")?.textContent ?? "null") as Told;
export const settings: Settings = { ...told.machine };
export const loaded = { kernel: told.kernel, disk: told.disk, own: false };

async function inflate(base64: string): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function embedded(id: string): Promise<Uint8Array | null> {
  const text = document.getElementById(`data-${id}`)?.textContent;
  return text ? inflate(text) : null;
}

let parts: Parts;
let firmware: Uint8Array | null;

/** Unpacks what is in the page. */
export async function unpack(): Promise<void> {
  const [wasm, kernel, fw, disk, facts, sources] = await Promise.all(["wasm", "kernel", "firmware", "disk", "facts", "sources"].map(embedded));
  firmware = fw;
  parts = { wasm: wasm as Uint8Array, kernel: kernel as Uint8Array, firmware: fw, disk, facts };
  setSources(sources ? new TextDecoder().decode(sources) : null);
  await link.call("prepare", parts.wasm);
}

// The error in a file: a sentence's key and its values.
type Wrong = [Key, ...(string | number)[]];

const LOAD_WRONG: Record<number, Key> = { [-1]: "load.memory", 1: "load.notelf", 2: "load.32bit", 3: "load.bigendian", 4: "load.machine", 5: "load.notprogram",
  6: "load.truncated", 7: "load.headers", 8: "load.segment", 9: "load.outside", 10: "load.nosegment", 11: "load.entry", 12: "load.noroom", 13: "load.overlap", 14: "load.append" };

const MACHINES: Record<number, string> = { 3: "i386", 62: "x86-64", 40: "ARM", 183: "AArch64", 8: "MIPS", 20: "PowerPC", 21: "PowerPC64", 258: "LoongArch" };

function loadWrong(error: unknown): Wrong | null {
  const found = /^load:(-?\d+):([0-9a-f]+)$/.exec(error instanceof Error ? error.message : "");
  if (!found) return null;
  const code = Number(found[1]), value = parseInt(found[2], 16);
  return [LOAD_WRONG[code] ?? "load.other", code === 4 ? (MACHINES[value] ?? String(value)) : "0x" + found[2]];
}

/** Makes the machine anew and runs it. `inputs` come again where they came before. */
export async function start(running = true, inputs: Input[] = []): Promise<void> {
  try {
    await during(t("head.starting"), link.call("load", parts, settings, inputs));
  } catch (error) {
    const wrong = loadWrong(error);
    throw wrong ? new Refused(wrong) : error;
  }
  await link.call("run", running);
}

class Refused extends Error {
  constructor(readonly wrong: Wrong) {
    super(wrong[0]);
  }
}

const isElf = (b: Uint8Array): boolean => b[0] === 0x7f && b[1] === 0x45 && b[2] === 0x4c && b[3] === 0x46;

const PICTURES: [name: string, magic: number[]][] = [["PNG", [0x89, 0x50, 0x4e, 0x47]], ["JPEG", [0xff, 0xd8, 0xff]], ["GIF", [0x47, 0x49, 0x46]], ["PDF", [0x25, 0x50, 0x44, 0x46]],
  ["ZIP", [0x50, 0x4b, 3, 4]], ["gzip", [0x1f, 0x8b]]];

// A disk has a file system of Vitrine (ext2) or of xv6.
function isDisk(b: Uint8Array): boolean {
  if (b.length < 4096 || b.length % 512 !== 0) return false;
  const view = new DataView(b.buffer, b.byteOffset);
  return view.getUint16(1024 + 56, true) === 0xef53 || view.getUint32(1024, true) === 0x10203040;
}

function whatIsWrong(name: string, b: Uint8Array): Wrong | null {
  if (b.length === 0) return ["drop.empty", name];
  const other = PICTURES.find(([, magic]) => magic.every((byte, i) => b[i] === byte));
  if (other) return ["drop.other", name, other[0]];
  if (isElf(b) || isDisk(b) || isLinuxImage(b)) return null;
  return ["drop.neither", name];
}

const isLinuxImage = (b: Uint8Array): boolean => b.length > 64 && new DataView(b.buffer, b.byteOffset).getUint32(56, true) === 0x05435352;

// The entry point decides whether the kernel is started by the firmware.
function needsFirmware(kernel: Uint8Array): boolean {
  if (!isElf(kernel) || kernel.length < 32) return isLinuxImage(kernel);
  return (new DataView(kernel.buffer, kernel.byteOffset).getBigUint64(24, true) & 0xffffffffn) >= 0x80200000n;
}

const isXv6Disk = (b: Uint8Array | null): boolean => b !== null && b.length > 1028 && new DataView(b.buffer, b.byteOffset).getUint32(1024, true) === 0x10203040;

const LARGEST = 256 << 20; // of a file, so that machine and history have room

/** Files were dropped: a kernel, a disk, or both. */
export async function takeFiles(list: File[]): Promise<void> {
  const large = list.find((f) => f.size > LARGEST);
  if (large) return complain(t("drop.large", large.name, size(BigInt(large.size)), size(BigInt(LARGEST))));
  const files: { name: string; bytes: Uint8Array }[] = [];
  for (const f of list) {
    const bytes = await f.arrayBuffer().catch(() => null);
    if (!bytes) return complain(t("drop.unreadable", f.name));
    files.push({ name: f.name, bytes: new Uint8Array(bytes) });
  }
  for (const { name, bytes } of files) {
    const wrong = whatIsWrong(name, bytes);
    if (wrong) return complain(t(...wrong));
  }
  const [kernel, otherKernel] = files.filter((f) => !isDisk(f.bytes)), [disk, otherDisk] = files.filter((f) => isDisk(f.bytes));
  if (otherKernel) return complain(t("drop.kernels", kernel.name, otherKernel.name));
  if (otherDisk) return complain(t("drop.disks", disk.name, otherDisk.name));
  if (!kernel && !disk) return;
  await tryFiles(kernel, disk);
}

const COURSE_RAM = 128 << 20; // what the kernels of all courses expect

type Dropped = { name: string; bytes: Uint8Array } | undefined;

// The machine before goes on if the new one cannot be made.
async function tryFiles(kernel: Dropped, disk: Dropped): Promise<void> {
  const before = { parts, settings: { ...settings }, loaded: { ...loaded } };
  parts = { ...parts, kernel: kernel?.bytes ?? parts.kernel, facts: kernel ? null : parts.facts, disk: disk ? disk.bytes : kernel && loaded.own === false ? null : parts.disk };
  if (kernel && !disk && parts.disk === null && isElf(kernel.bytes) && needsFirmware(kernel.bytes)) parts.disk = before.parts.disk;
  parts.firmware = needsFirmware(parts.kernel) ? firmware : null;
  const own = parts.firmware === null;
  Object.assign(settings, { noPmp: own, modern: !own || !isXv6Disk(parts.disk) || settings.modern, append: own ? "" : settings.append,
    mem: Math.max(settings.mem, COURSE_RAM) });
  Object.assign(loaded, { kernel: kernel?.name ?? loaded.kernel, disk: disk?.name ?? (parts.disk ? loaded.disk : ""), own: kernel ? true : loaded.own });
  try {
    await start();
    if (kernel) useSources(null);
    say(t("drop.runs", loaded.kernel, loaded.disk || t("drop.nodisk")));
  } catch (error) {
    parts = before.parts;
    Object.assign(settings, before.settings);
    Object.assign(loaded, before.loaded);
    if (!(error instanceof Refused)) throw error;
    complain(t("load.refused", kernel?.name ?? "", t(...error.wrong)));
  }
}

/** The kernel says that it has found no disk. An xv6 of before 2022 knows the older version of virtio only. */
export async function tryOlderDisk(): Promise<void> {
  if (!loaded.own) return;
  if (!parts.disk) return complain(t("drop.wantsdisk", loaded.kernel));
  if (!settings.modern) return;
  settings.modern = false;
  await start();
  say(t("drop.legacy"));
}

const OLDEST = 2; // enum tlb_mode: the oldest translation that the rules allow is used
const FENCE = { harts: 2, tlb: OLDEST, noPmp: true, modern: true, append: "" };

/** Starts Vitrine, or the small kernel of a story, from what is in the page. `inputs` come again. */
export async function startEmbedded(name: "kernel" | "fence", changes: Partial<Settings> = {}, inputs: Input[] = []): Promise<void> {
  const own = name === "fence";
  parts = { ...parts, kernel: (await embedded(name)) as Uint8Array, firmware: own ? null : firmware, disk: own ? null : await embedded("disk"), facts: own ? null : await embedded("facts") };
  Object.assign(settings, told.machine, own ? FENCE : {}, changes);
  Object.assign(loaded, { kernel: own ? "fence" : told.kernel, disk: own ? "" : told.disk, own });
  useSources("own");
  await start(!own, inputs);
}

/** A block of the page, unpacked; null: the page does not have it. */
export const unpacked = embedded;

const SMALL = { harts: 1, mem: 4 << 20, noPmp: true, modern: true, append: "", tlb: 0 };

/** Starts the small kernel with the mistake of an exercise. */
export async function startMistaken(number: number, running: boolean, inputs: Input[]): Promise<void> {
  parts = { ...parts, kernel: (await embedded(`find-${number}`)) as Uint8Array, firmware: null, disk: null, facts: await embedded(`find-${number}-facts`) };
  Object.assign(settings, told.machine, SMALL);
  Object.assign(loaded, { kernel: `exercise ${number}`, disk: "", own: true });
  await start(running, inputs);
}

/** Another machine with the page's Vitrine, for a worker of its own. */
export async function machineOf(append: string): Promise<{ parts: Parts; settings: Settings }> {
  const kernel = (await embedded("kernel")) as Uint8Array;
  return { parts: { wasm: parts.wasm, kernel, firmware, disk: await embedded("disk"), facts: await embedded("facts") }, settings: { ...told.machine, append } };
}

/** Is what runs the Vitrine of the page? */
export const isVitrine = (): boolean => told.vitrine && !loaded.own;
