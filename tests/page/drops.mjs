// SPDX-License-Identifier: MIT
// drops.mjs - files that are dropped on the page: bad ones get a sentence and change nothing, a kernel runs.
import { readFileSync } from "node:fs";
import { demand } from "./browser.mjs";

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...Array(100).fill(7)];

// An ELF file's first bytes with another machine in them.
function forX86(kernel) {
  const bytes = Buffer.from(kernel);
  bytes.writeUInt16LE(62, 18);
  return bytes;
}

function badFiles(kernel) {
  return [["cat.png", PNG, /cat\.png is a PNG file/], ["half", kernel.subarray(0, 100_000), /the file ends before/],
    ["bzImage", forX86(kernel), /it is a program for x86-64/], ["noise.img", Buffer.alloc(8192, 0x5a), /neither an ELF file nor a disk/],
    ["nothing", [], /nothing is empty/]];
}

function drop(opened, name, bytes) {
  return opened.page.evaluate(async ([n, b]) => window.vitrine.takeFiles([new File([Uint8Array.from(atob(b), (c) => c.charCodeAt(0))], n)]),
    [name, Buffer.from(bytes).toString("base64")]);
}

export default async function ({ open, words: [vitrine, own] }) {
  const opened = await open();
  await opened.prompt();
  for (const [name, bytes, words] of badFiles(readFileSync(vitrine))) {
    await drop(opened, name, bytes);
    const said = await opened.text(".notice");
    demand(words.test(said), `${name}: it says "${said}"`);
    await opened.type(`echo st''ill ${name}\n`);
    await opened.until((n) => window.vitrine.screenText().includes(`\nstill ${n}`), 60, `the machine after ${name}`, name);
  }
  await drop(opened, "prompt", readFileSync(own));
  await opened.until(() => /\$ ?$/.test(window.vitrine.screenText().trim()) && window.vitrine.loaded.kernel === "prompt", 60, "the dropped kernel's prompt");
}
