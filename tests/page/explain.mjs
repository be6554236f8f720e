// SPDX-License-Identifier: MIT
// explain.mjs - what is pasted is explained; the quiz knows its answers; and all sentences exist in both languages.
import { readFileSync } from "node:fs";
import { demand } from "./browser.mjs";

const BAD = "..0: pte 0x0000000021fd9c41 pa 0x0000000087f67000\n.. ..0: pte 0x0000000021fd9c05 pa 0x0000000087f67000";
const COLUMNS = "0x80007000:\t0x0000000021fd9c01\t0x0000000021fda01b\n0x80007010:\t0x0000000000000000\t0x0000000021fd9406";

async function paste(opened, text, until) {
  await opened.page.fill(".paste", text);
  await opened.until((words) => new RegExp(words, "s").test(document.querySelector(".explained").textContent), 20, `to explain ${text.slice(0, 30)}`, until);
}

async function explains(opened) {
  await opened.choose({ view: "explain" });
  await opened.page.click(".sample");
  await opened.until(() => document.querySelectorAll(".pasted tbody tr").length === 11, 20, "the eleven entries of the example");
  const trap = await opened.text(".trap");
  demand(/load page fault/.test(trap) && /USYSCALL/.test(trap) && /Rule “user” at level 0: U is 0/.test(trap), `the trap: ${trap}`);
  demand(/Did you mean PTE_U/.test(await opened.text(".pasted")), "the entry without U is not remarked");
  await paste(opened, BAD, "malformed: a pointer to a table must have A, D and U clear");
  await paste(opened, COLUMNS, "points to a table.*malformed|points to a table.*V is 0");
  demand((await opened.count(".pasted tbody tr")) === 3, "three entries are pasted");
  await paste(opened, "scause 0x0000000000000002\nsepc=0x3e8 stval=0x0", "illegal instruction");
  await paste(opened, "hello", "nothing here that the page can read");
}

async function quiz(opened) {
  await opened.choose({ view: "quiz" });
  for (let i = 0; i < 12; i++) {
    await opened.until(() => document.querySelectorAll(".answer:not(.right):not(.wrong)").length >= 2, 20, "a question");
    await opened.page.click(".answer");
    demand((await opened.count(".answer.right")) === 1, "not one answer is right");
    demand((await opened.text(".quiz .result")).length > 8, "no reason is given");
    await opened.page.click(".quiz .more");
    await opened.until(() => document.querySelectorAll(".answer.right").length === 0, 20, "the next question");
  }
}

// The catalogue as text: each key has two sentences with the same values in them.
function words() {
  const text = readFileSync(new URL("../../web/src/words.ts", import.meta.url), "utf8");
  const pairs = [...text.matchAll(/^ {2}"([\w.-]+)": \[("(?:[^"\\]|\\.)*"),\s*("(?:[^"\\]|\\.)*")\],?$/gm)];
  const values = (s) => [...new Set(s.match(/\{\d\}/g) ?? [])].sort().join();
  demand(pairs.length > 200, `only ${pairs.length} sentences are found`);
  demand(pairs.length === (text.match(/^ {2}"[\w.-]+": \[/gm) ?? []).length, "a sentence is in one language only");
  for (const [, key, en, zh] of pairs) demand(values(en) === values(zh) && zh.length > 2, `${key}: the two sentences have other values`);
}

export default async function ({ open }) {
  words();
  const opened = await open();
  await opened.until(() => window.vitrine?.run.epoch > 0, 60, "the machine");
  await explains(opened);
  await quiz(opened);
}
