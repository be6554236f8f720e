// SPDX-License-Identifier: MIT
// speed.mjs - processor time: from the file to the prompt, and of the page's thread while the machine runs and while the slider is dragged far.
import { demand, SLOW } from "./browser.mjs";
import { framesDuring } from "./frames.mjs";

// A frame shall take 1000 / 60 ms on an idle computer. Beside other tests the times grow, so twice as much is allowed.
const PROMPT_SECONDS = 5, FRAME_MS = 2 * 1000 / 60, FAR = 100_000_000, MOVES = 60, STATES = 20;
const VIEWS = ["tree", "space", "frames", "harts"];

// The times of a view's frames must allow sixty a second: one in twenty may take longer.
async function allow(opened, view, what, run) {
  const { count, ms } = await framesDuring(opened, run);
  console.log(`${view}: 19 of 20 of ${count} frames take less than ${ms.toFixed(1)} ms ${what}`);
  demand(count > STATES / 4, `${view}: only ${count} frames are drawn ${what}`);
  demand(ms < FRAME_MS * SLOW, `${view}: a frame takes ${ms.toFixed(1)} ms ${what}`);
}

async function statesPass(opened, count) {
  const states = await opened.page.evaluate(() => window.states);
  await opened.until((n) => window.states >= n, 100, "states of the run", states + count);
}

async function draws(opened, view) {
  await opened.choose({ view });
  await opened.until((name) => document.querySelector(".view")?.dataset.view === name, 20, view, view);
  await statesPass(opened, 2); // with the view's first drawing
  await allow(opened, view, "while the machine runs", () => statesPass(opened, STATES));
}

async function far(opened) {
  await opened.type("usertests -q\n");
  await opened.page.evaluate(() => {
    window.states = 0;
    window.vitrine.link.on("state", () => window.states++);
  });
  for (const view of VIEWS) await draws(opened, view);
  await opened.until((at) => window.vitrine.run.position > at, 200, "a run of that length", FAR * 1.2);
  await opened.call("run", false);
}

// Moves the mouse over the slider and waits for a frame after each move.
async function drag(opened, view) {
  await opened.choose({ view });
  await opened.call("go", (await opened.run()).newest);
  const box = await opened.page.locator(".time-slider").boundingBox();
  const at = (i) => opened.page.mouse.move(box.x + box.width - 8 - (i * box.width * 0.8) / MOVES, box.y + 15);
  await at(0);
  await opened.page.mouse.down();
  await allow(opened, view, "while the slider is dragged", async () => {
    for (let i = 1; i <= MOVES; i++) {
      await at(i);
      await opened.page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
  });
  await opened.page.mouse.up();
  await opened.until(() => window.vitrine.run.position < window.vitrine.run.newest / 3, 100, "the place where the slider was left");
}

export default async function ({ open }) {
  const opened = await open();
  await opened.prompt();
  const prompt = await opened.seconds();
  console.log(`prompt after ${Date.now() - opened.from} ms, ${prompt.toFixed(1)} s of processor time`);
  demand(prompt < PROMPT_SECONDS * SLOW, `the prompt takes ${prompt.toFixed(1)} s of processor time`);
  await far(opened);
  for (const view of VIEWS) await drag(opened, view);
}
