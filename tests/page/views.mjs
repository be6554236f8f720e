// SPDX-License-Identifier: MIT
// views.mjs - each view draws what it should, and nothing leaves its place at 1280x720, in both languages.
import { demand } from "./browser.mjs";

async function show(opened, view) {
  await opened.choose({ view });
  await opened.until((name) => document.querySelector(".view")?.dataset.view === name, 20, `the view ${view}`, view);
}

// A click on a cell chooses its entry, and its words are told under the mouse. Entry 3 of row 1 is 67.
async function pickCell(opened) {
  const box = await opened.page.locator("[data-level='0'] .cells").boundingBox();
  const at = { x: box.x + ((3.4 * 10) / 639) * box.width, y: box.y + ((1.4 * 7) / 55) * box.height };
  await opened.page.mouse.move(at.x, at.y);
  await opened.until(() => /^67: 0x/.test(document.querySelector("[data-level='0'] .cells title").textContent), 20, "the words of the cell under the mouse");
  await opened.page.mouse.click(at.x, at.y);
  await opened.until(() => document.querySelector(".address").value === "0x43000", 20, "the address of the cell that was clicked");
  await opened.choose({ va: 0n });
}

async function tree(opened) {
  await show(opened, "tree");
  await opened.until(() => document.querySelectorAll(".strip").length === 3, 20, "three tables on the way of address 0");
  const cells = await opened.page.evaluate(() => [...document.querySelectorAll(".cell.hole")].map((path) => path.getAttribute("d").split("M").length - 1));
  demand(cells.join() === "512,512,512", `the tables have ${cells} cells`);
  demand((await opened.count(".mark")) === 3, "not one entry of each table is chosen");
  await pickCell(opened);
  demand((await opened.texts(".ruler .name")).length === 5, "the ruler is not 25, 9, 9, 9, 12 bits");
  demand(/^Allowed: 0x0 is physical 0x8/.test(await opened.text(".result")), "reading address 0 is not allowed");
  await opened.choose({ access: 1 });
  await opened.until(() => /Rule “write” at level 0: W is 0/.test(document.querySelector(".result").textContent), 20, "why the text cannot be written");
  await opened.page.click("[data-flag=W]");
  await opened.until(() => /^Allowed/.test(document.querySelector(".result").textContent), 20, "what if W were 1");
  await opened.page.click(".what-if");
  await opened.page.fill(".address", "0x3fffffffff");
  await opened.page.press(".address", "Enter");
  await opened.until(() => /V is 0/.test(document.querySelector(".result").textContent), 20, "an address without memory");
  await opened.choose({ access: 0, va: 0n });
}

async function writer(opened) {
  await opened.until(() => document.querySelectorAll(".strip").length === 3, 20, "the tree");
  await opened.page.click(".entry .why");
  await opened.until(() => /At step [\d,]+, hart \d in \w+/.test(document.querySelector(".writer")?.textContent ?? ""), 60, "which store wrote the entry");
}

async function space(opened) {
  await show(opened, "space");
  await opened.until(() => document.querySelectorAll(".block.text").length > 0, 20, "the text of a process");
  for (const kind of ["data", "kernel", "gap"]) demand((await opened.count(`.block.${kind}`)) > 0, `no range of kind ${kind}`);
}

async function frames(opened) {
  await show(opened, "frames");
  await opened.until(() => document.querySelectorAll(".legend .key b").length === 7, 20, "the frames by kind");
  const counts = (await opened.texts(".legend .key b")).map((s) => Number(s.replaceAll(",", "")));
  demand(counts.reduce((a, b) => a + b) === 64 * 256, "the counts are not all of RAM");
  demand(counts[2] > 5 && counts[4] > 1, "no tables, or no text of programs");
  await opened.choose({ frame: 0x80200000n });
  await opened.until(() => document.querySelectorAll(".references li").length > 0, 20, "the entries that lead to a frame");
}

async function harts(opened) {
  await show(opened, "harts");
  await opened.until(() => document.querySelectorAll(".hart").length === 3, 20, "three harts");
  demand((await opened.texts(".hart")).some((s) => /sched_idle.*sched\.c:\d+/s.test(s)), "no hart names its line");
  demand((await opened.count(".source .now")) === 1, "the line that runs is not marked");
  const ages = (await opened.texts(".tlb .number")).slice(1).map((s) => Number(s.replaceAll(",", "")));
  demand(ages.length > 3 && ages.every((n, i) => n > 0 && n >= (ages[i - 1] ?? 0)), `the ages of the translations are ${ages}`);
  await show(opened, "reports");
  demand(/^No report in/.test(await opened.text(".reports")), "there are reports");
}

// Text that is wider than its place, or reaches out of the window.
function tooWide() {
  const wide = [...document.querySelectorAll("header, footer, .tabs, .controls, .row, .flag, .card, .source span")]
    .filter((e) => e.offsetParent && (e.scrollWidth > e.clientWidth + 2 || e.getBoundingClientRect().right > innerWidth + 1));
  return wide.map((e) => `${e.className || e.tagName}: ${e.textContent.slice(0, 60)}`);
}

async function fits(opened, names, width) {
  await opened.page.setViewportSize({ width, height: 720 });
  for (const lang of ["en", "zh"])
    for (const view of names) {
      await opened.choose({ lang });
      await show(opened, view);
      await opened.page.waitForFunction((l) => document.documentElement.lang.startsWith(l), lang);
      const wide = await opened.page.evaluate(tooWide);
      demand(wide.length === 0, `in ${view}, ${lang}, ${width} pixels, something is cut: ${wide[0]}`);
    }
}

const ANSWER = /^0x[0-9a-f]+ (At step [\d,]+, |No store to it)/;

// "why?" of a range and of a translation.
async function why(opened) {
  await show(opened, "space");
  await opened.until(() => document.querySelectorAll(".block.text .whymark").length > 0, 20, "the sign beside a range");
  await opened.page.click(".block.text .whymark");
  await opened.until((words) => new RegExp(words).test(document.querySelector(".view .answered").textContent), 60, "which store mapped the range", ANSWER.source);
  demand((await opened.page.$eval(".view", (e) => e.dataset.view)) === "space", "the sign opens another view");
  await show(opened, "harts");
  await opened.until(() => document.querySelectorAll(".tlb .whylink").length > 0, 20, "the sign beside a translation");
  await opened.page.click(".tlb .whylink");
  await opened.until((words) => new RegExp(words).test([...document.querySelectorAll(".view > .answered")].pop().textContent), 60, "which store made the translation", ANSWER.source);
}

// Names of processes are facts; a program is shown by its instructions.
async function user(opened) {
  await opened.call("typeStill", [..."ls\n"].map((c) => c.charCodeAt(0)));
  const event = await opened.call("until", { kinds: 4 }, 60_000_000);
  demand(event.kind === 4, "no return to user mode");
  await opened.choose({ hart: event.hart });
  await opened.until(() => document.querySelectorAll(".source.insns span").length > 3 && document.querySelector(".source.insns .now"), 20, "the instructions of the program");
  demand(/0x[0-9a-f]+ {2}\w+/.test(await opened.text(".source.insns .now")), "the instruction that comes next has no name");
  await show(opened, "tree");
  const names = await opened.texts(".tree-choice option");
  demand(names.some((s) => /^sh \(2\) ·/.test(s)) && names.some((s) => /^init \(1\) ·/.test(s)), `the trees are named ${names}`);
}

async function pointAtFrames(opened) {
  await show(opened, "frames");
  const box = await opened.page.locator(".overlay").boundingBox();
  await opened.page.mouse.move(box.x + 20, box.y + box.height - 4);
  await opened.until(() => /^0x8[0-9a-f]{7}/.test(document.querySelector(".view .card").textContent), 20, "the frame under the mouse");
  demand((await opened.count(".axis span")) > 3, "the rows have no addresses");
  await opened.page.mouse.move(box.x - 40, box.y - 40);
  await opened.choose({ frame: 0x80200000n });
  await opened.page.focus(".overlay");
  await opened.page.keyboard.press("ArrowRight");
  await opened.until(() => window.vitrine.choice.frame === 0x80201000n && /^0x80201000/.test(document.querySelector(".view .card").textContent), 20, "the next frame");
}

export default async function ({ open }) {
  const opened = await open();
  await opened.prompt();
  await opened.type("ls | wc\n");
  await opened.prompt(2);
  await opened.call("run", false);
  for (const part of [tree, writer, space, frames, pointAtFrames, harts, why, user]) await part(opened);
  const names = await opened.page.$$eval("[data-view][role=tab]", (all) => all.map((e) => e.dataset.view));
  for (const width of [1280, 1024]) await fits(opened, names, width);
}
