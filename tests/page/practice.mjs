// SPDX-License-Identifier: MIT
// practice.mjs - the sheet of a number is the same everywhere; exercises are given, run and marked.
import { demand } from "./browser.mjs";

async function sheet(opened) {
  await opened.until(() => document.querySelector(".sheet")?.dataset.sheet === "7" && document.querySelectorAll(".sheet-question").length === 8, 30, "the eight questions of a sheet");
  return opened.texts(".sheet-question");
}

async function sheets(opened, open) {
  await opened.choose({ view: "quiz", practice: "sheet", sheet: 7 });
  const questions = await sheet(opened), link = await opened.page.evaluate(() => window.vitrine.makeLink());
  await opened.page.click(".practice .check input");
  await opened.until(() => document.querySelectorAll(".choice.right").length === 8, 20, "an answer for each question");
  await opened.page.emulateMedia({ media: "print" });
  demand(!(await opened.page.isVisible(".console")) && (await opened.page.isVisible(".sheet-question")), "the print is not the sheet alone");
  await opened.page.emulateMedia({ media: "screen" });
  const other = await open(link);
  demand(String(await sheet(other)) === String(questions), "the link leads to another sheet");
  await other.page.close();
}

async function exercise(opened, number) {
  await opened.choose({ view: "quiz", practice: "exercises" });
  await opened.until(() => document.querySelectorAll(".exercise-choice option").length > 25, 20, "the exercises");
  await opened.page.selectOption(".exercise-choice", String(number));
  await opened.until((n) => document.querySelector(".exercise")?.dataset.exercise === String(n), 20, `exercise ${number}`, number);
}

async function verdict(opened, ok) {
  await opened.page.click(".check-answer");
  demand((await opened.page.$eval(".exercise .result", (e) => e.dataset.ok)) === String(ok), `the answer is judged: ${await opened.text(".exercise .result")}`);
}

// Exercise 1: the indices of three addresses.
async function predicts(opened) {
  await exercise(opened, 1);
  await verdict(opened, false);
  const text = await opened.text(".asked");
  for (const [, name, va] of text.matchAll(/(va\d) = (0x[0-9a-f]+)/g)) {
    const fields = { l2: 30n, l1: 21n, l0: 12n };
    for (const [key, shift] of Object.entries(fields)) await opened.page.fill(`[data-key="${name}.${key}"]`, String((BigInt(va) >> shift) & 511n));
    await opened.page.fill(`[data-key="${name}.offset"]`, "0x" + (BigInt(va) & 4095n).toString(16));
  }
  await verdict(opened, true);
  await opened.page.click(".other");
  demand((await opened.text(".asked")) !== text, "other numbers are the same numbers");
}

// Exercise 18: a page without U, in the small kernel.
async function finds(opened) {
  await exercise(opened, 18);
  await opened.page.click(".run-mistaken");
  await opened.until(() => window.vitrine.loaded.kernel === "exercise 18" && window.vitrine.reports.length > 0, 100, "the report of the mistake");
  const words = await opened.page.evaluate(() => JSON.stringify(window.vitrine.reports[0].en));
  demand(/U is 0/.test(words) && /proc_pagetable \(kernel\/proc\.c:\d+\)/.test(words), `the report: ${words}`);
  await opened.page.fill("[data-key=where]", "walk");
  await verdict(opened, false);
  await opened.page.fill("[data-key=where]", "proc_pagetable");
  await verdict(opened, true);
  await opened.page.click(".exercise summary");
  await opened.page.selectOption(".source-choice", "kernel/proc.c");
  demand(/PTE_R\)/.test(await opened.text(".listing")), "the source has no mistake");
}

// The link of a run with a report leads beyond it, in the kernel of the exercise.
async function link(opened, open) {
  await opened.until(() => window.vitrine.run.stop === "finished", 100, "the end of the small kernel");
  await opened.call("run", false);
  const { position } = await opened.run(), hash = await opened.look("hash");
  const other = await open(await opened.page.evaluate(() => window.vitrine.makeLink()));
  await other.until((at) => window.vitrine?.run.position === at, 100, "the moment of the link, behind a report", position);
  demand((await other.look("hash")) === hash, "the link leads to another run of the exercise");
  demand((await other.page.evaluate(() => window.vitrine.reports.length)) > 0, "the repeated run has no report");
  await other.page.close();
}

// After two seconds without a step in user mode a check tries sleeping processes (machine/check/wakeup.c). Input that is to come stays.
async function linkToARest(opened, open) {
  const words = (await opened.page.evaluate(() => window.vitrine.makeLink())).replace(/([#&]at)=\d+/, "$1=1");
  const slow = await open(words.replace(/&typed=[^&]*/, ""));
  await slow.until(() => window.vitrine?.run.position === 1, 100, "the first instruction of the run");
  await slow.call("run", true);
  await slow.prompt();
  await slow.page.waitForTimeout(3000);
  await slow.type("exit\n");
  await slow.until(() => window.vitrine.run.stop === "finished", 100, "the end of the small kernel");
  const { position } = await slow.run(), hash = await slow.look("hash");
  const other = await open((await slow.page.evaluate(() => window.vitrine.makeLink())).replace(/([#&]at)=\d+/, "$1=1"));
  await other.until(() => window.vitrine?.run.position === 1, 100, "the first instruction of the repeated run");
  for (let at = 1; at < position; ) await other.call("forward", (at = Math.min(position, at + 100_000)));
  demand((await other.look("hash")) === hash, "after a rest the link leads to another run");
  await other.page.close();
  await slow.page.close();
}

export default async function ({ open }) {
  const opened = await open();
  await opened.prompt();
  await sheets(opened, open);
  await predicts(opened);
  await finds(opened);
  await link(opened, open);
  await linkToARest(opened, open);
}
