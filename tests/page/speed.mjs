// SPDX-License-Identifier: MIT
// speed.mjs - processor time: from the file to the prompt, and of the page's thread while the slider is dragged far.
import { demand, SLOW } from "./browser.mjs";

// A frame shall take 1000 / 60 ms on an idle computer. Beside other tests the times grow, so four times as much is allowed.
const PROMPT_SECONDS = 5, FRAME_MS = 4 * 1000 / 60, FAR = 100_000_000, MOVES = 60;

// The processor time of the page's own thread.
async function threadMs(session) {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * metrics.find((m) => m.name === "TaskDuration").value;
}

async function far(opened) {
  await opened.type("usertests -q\n");
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
  await opened.until((most) => window.vitrine.run.position < most, 100, "the place where the slider was left", FAR / 2);
  return spent / MOVES;
}

export default async function ({ open }) {
  const opened = await open();
  await opened.prompt();
  const prompt = await opened.seconds();
  console.log(`prompt after ${Date.now() - opened.from} ms, ${prompt.toFixed(1)} s of processor time`);
  demand(prompt < PROMPT_SECONDS * SLOW, `the prompt takes ${prompt.toFixed(1)} s of processor time`);
  await far(opened);
  for (const view of ["tree", "space", "frames", "harts"]) {
    await opened.choose({ view });
    await opened.call("go", (await opened.run()).newest);
    const ms = await drag(opened);
    console.log(`${view}: ${ms.toFixed(1)} ms of the page's thread for a frame while dragging`);
    demand(ms < FRAME_MS * SLOW, `${view}: a frame takes ${ms.toFixed(1)} ms while the slider is dragged`);
  }
}
