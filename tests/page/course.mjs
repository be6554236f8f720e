// SPDX-License-Identifier: MIT
// course.mjs - a kernel of a course is dropped with its disk, and without one.
//
// Words: a kernel, its disk; then a kernel that knows the older version of virtio alone. Any kernels will do that look
// for their disk and end their boot with a prompt, "$ ".
import { readFileSync } from "node:fs";
import { demand, SLOW } from "./browser.mjs";

const SECONDS = 8; // of processor time, from the drop to the prompt

async function prompts(opened, name) {
  await opened.until((n) => window.vitrine.loaded.kernel === n && /^\$ ?$/m.test(window.vitrine.screenText()), 100, `the prompt of ${name}`, name);
}

async function says(opened, words) {
  await opened.until((text) => new RegExp(text).test(document.querySelector(".notice").textContent), 100, `the sentence "${words}"`, words);
}

export default async function ({ open, words: [kernel, disk, older] }) {
  const opened = await open(), image = readFileSync(disk);
  await opened.prompt();
  await opened.drop(["alone", readFileSync(kernel)]);
  await opened.until(() => window.vitrine.reports.length > 0, 100, "the report of the panic"); // it must not hide the sentence
  await says(opened, "alone looks for a disk, and there is none. Drop its disk, fs\\.img, too");
  await opened.drop(["fs.img", image]);
  await prompts(opened, "alone");
  const before = await opened.seconds();
  await opened.drop(["kernel", readFileSync(kernel)], ["fs.img", image]);
  await prompts(opened, "kernel");
  const spent = (await opened.seconds()) - before, { position } = await opened.run();
  console.log(`prompt after ${spent.toFixed(1)} s of processor time, at step ${position}`);
  demand(spent < SECONDS * SLOW, `the prompt takes ${spent.toFixed(1)} s of processor time`);
  await opened.drop(["older", readFileSync(older)], ["fs.img", image]);
  await says(opened, "found no disk: it is started again with the older version of virtio");
  await prompts(opened, "older");
}
