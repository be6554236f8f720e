// SPDX-License-Identifier: MIT
// speed.mjs - processor time: from the file to the prompt, and of the page's thread while the machine runs and while the slider is dragged far.
import { demand, SLOW } from "./browser.mjs";

// A frame shall take 1000 / 60 ms on an idle computer. Beside other tests the times grow, so four times as much is allowed.
const PROMPT_SECONDS = 5, FRAME_MS = 4 * 1000 / 60, FAR = 100_000_000, MOVES = 60, STATES = 12;
const VIEWS = ["tree", "space", "frames", "harts"];

// The processor time of the page's own thread.
async function threadMs(session) {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * metrics.find((m) => m.name === "TaskDuration").value;
}

// While the machine runs, a state that is drawn must not take longer than a frame.
async function draws(opened, view) {
  const session = await opened.page.context().newCDPSession(opened.page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await opened.choose({ view });
  await opened.until((name) => document.querySelector(".view")?.dataset.view === name, 20, view, view);
  const states = await opened.page.evaluate(() => window.states), before = await threadMs(session);
  await opened.until((n) => window.states >= n, 60, "states of the run", states + STATES);
  const ms = ((await threadMs(session)) - before) / ((await opened.page.evaluate(() => window.states)) - states);
  console.log(`${view}: ${ms.toFixed(1)} ms of the page's thread for a state while the machine runs`);
  demand(ms < FRAME_MS * SLOW, `${view}: drawing a state takes ${ms.toFixed(1)} ms while the machine runs`);
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
async function drag(opened) {
  const session = await opened.page.context().newCDPSession(opened.page), box = await opened.page.locator(".time-slider").boundingBox();
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const at = (i) => opened.page.mouse.move(box.x + box.width - 8 - (i * box.width * 0.8) / MOVES, box.y + 15);
  await at(0);
  await opened.page.mouse.down();
  const before = await threadMs(session);
  for (let i = 1; i <= MOVES; i++) {
    await at(i);
    await opened.page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
  const spent = (await threadMs(session)) - before;
  await opened.page.mouse.up();
  await opened.until(() => window.vitrine.run.position < window.vitrine.run.newest / 3, 100, "the place where the slider was left");
  return spent / MOVES;
}

export default async function ({ open }) {
  const opened = await open();
  await opened.prompt();
  const prompt = await opened.seconds();
  console.log(`prompt after ${Date.now() - opened.from} ms, ${prompt.toFixed(1)} s of processor time`);
  demand(prompt < PROMPT_SECONDS * SLOW, `the prompt takes ${prompt.toFixed(1)} s of processor time`);
  await far(opened);
  for (const view of VIEWS) {
    await opened.choose({ view });
    await opened.call("go", (await opened.run()).newest);
    const ms = await drag(opened);
    console.log(`${view}: ${ms.toFixed(1)} ms of the page's thread for a frame while dragging`);
    demand(ms < FRAME_MS * SLOW, `${view}: a frame takes ${ms.toFixed(1)} ms while the slider is dragged`);
  }
}
