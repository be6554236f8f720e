// SPDX-License-Identifier: MIT
// frames.mjs - how much processor time the page's thread takes for each frame that it draws.
const CATEGORIES = ["-*", "toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"];

// The frames of a trace, in milliseconds, the longest first: the tasks of the page's thread in which it draws anew.
function framesOf(events) {
  const drawn = events.filter((e) => e.name === "FireAnimationFrame"), { pid, tid } = drawn[0] ?? {};
  const tasks = events.filter((e) => e.name === "RunTask" && e.pid === pid && e.tid === tid);
  const draws = (task) => drawn.some((e) => e.ts >= task.ts && e.ts < task.ts + task.dur);
  return tasks.filter(draws).map((task) => (task.tdur ?? task.dur) / 1000).sort((a, b) => b - a);
}

/** Runs a function and tells of the frames drawn meanwhile: how many, and the time that one in twenty takes longer than,
 * one at least. */
export async function framesDuring(opened, run) {
  const browser = opened.page.context().browser();
  await browser.startTracing(opened.page, { categories: CATEGORIES });
  await run();
  const frames = framesOf(JSON.parse((await browser.stopTracing()).toString()).traceEvents);
  return { count: frames.length, ms: frames[Math.max(1, Math.floor(frames.length / 20))] ?? 0 };
}
