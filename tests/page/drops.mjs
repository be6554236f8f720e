// SPDX-License-Identifier: MIT
// drops.mjs - files that are dropped on the page: bad ones get a sentence and change nothing, a kernel runs.
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

async function says(opened, name, words) {
  await opened.until((text) => new RegExp(text).test(document.querySelector(".notice").textContent), 60, `the sentence about ${name}`, words);
  await opened.type(`echo st''ill ${name}\n`);
  await opened.until((n) => window.vitrine.screenText().includes(`\nstill ${n}`), 60, `the machine after ${name}`, name);
}

// A file of a gigabyte, chosen with the button; and a folder, whose bytes no browser gives.
async function largeFileAndFolder(opened) {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-page-")), large = join(folder, "large.img");
  try {
    writeFileSync(large, "");
    truncateSync(large, 1 << 30);
    const chooser = opened.page.waitForEvent("filechooser");
    await opened.page.click("header button:nth-of-type(2)");
    await (await chooser).setFiles(large);
    await says(opened, "large.img", "large\\.img has 1G; the page takes files of up to 256M");
  } finally {
    rmSync(folder, { recursive: true });
  }
  await opened.page.evaluate(() => {
    const file = new File([], "xv6-labs");
    file.arrayBuffer = () => Promise.reject(new DOMException("no bytes", "NotReadableError"));
    return window.vitrine.takeFiles([file]);
  });
  await says(opened, "xv6-labs", "xv6-labs cannot be read. Is it a folder");
}

// Files that are good one by one and make no machine together.
async function several(opened, kernel) {
  const disk = Buffer.alloc(8192);
  disk.writeUInt32LE(0x10203040, 1024);
  await opened.drop(["a.elf", kernel], ["b.elf", kernel]);
  await says(opened, "a.elf", "a\\.elf and b\\.elf are both kernels");
  await opened.drop(["a.img", disk], ["b.img", disk]);
  await says(opened, "a.img", "a\\.img and b\\.img are both disks");
  await opened.drop(["a.elf", kernel], ["cat.png", PNG]);
  await says(opened, "b.elf", "cat\\.png is a PNG file");
}

export default async function ({ open, words: [vitrine, own] }) {
  const opened = await open();
  await opened.prompt();
  const hint = await opened.page.evaluate(() => {
    dispatchEvent(new DragEvent("dragover"));
    return getComputedStyle(document.body, "::after").content;
  });
  demand(/Drop a kernel \(ELF\), a disk image, or both/.test(hint), `while files are over the page it says ${hint}`);
  for (const [name, bytes, words] of badFiles(readFileSync(vitrine))) {
    await opened.drop([name, bytes]);
    await says(opened, name, words.source);
  }
  await several(opened, readFileSync(vitrine));
  await largeFileAndFolder(opened);
  await opened.drop(["prompt", readFileSync(own)]);
  await opened.until(() => /\$ ?$/.test(window.vitrine.screenText().trim()) && window.vitrine.loaded.kernel === "prompt", 60, "the dropped kernel's prompt");
  await opened.choose({ view: "harts" });
  await opened.until(() => document.querySelectorAll(".source.insns .now").length === 1, 20, "the instructions of a kernel whose source the page does not have");
}
