// SPDX-License-Identifier: MIT
// hands.mjs - the keyboard, the mouse on the slider, the pictures, and what happens on the page's thread meanwhile.
import { demand } from "./browser.mjs";

async function keys(opened) {
  const { page } = opened, press = (key) => page.keyboard.press(key);
  await page.evaluate(() => document.activeElement.blur());
  await press("Space");
  await opened.until(() => !window.vitrine.run.running, 20, "the space bar to pause");
  const { position } = await opened.run();
  await press("ArrowLeft");
  await opened.until((at) => window.vitrine.run.position === at, 30, "a step back", position - 1);
  await press("ArrowRight");
  await opened.until((at) => window.vitrine.run.position === at, 30, "a step on", position);
  await press("Shift+ArrowLeft");
  await opened.until((at) => window.vitrine.run.position < at - 1, 60, "the event before", position);
  await press("End");
  await opened.until((at) => window.vitrine.run.position === at, 60, "the newest moment", position);
  for (const [key, view] of [["2", "space"], ["4", "harts"], ["1", "tree"]]) {
    await press(key);
    await opened.until((name) => document.querySelector(".view").dataset.view === name, 20, `key ${key}`, view);
  }
  await opened.until(() => document.querySelector(".entry .why"), 20, "the card of the entry");
  await press("w");
  await opened.until(() => /At step [\d,]+, |No store to it/.test(document.querySelector(".writer")?.textContent ?? ""), 60, "key w to tell which store wrote the entry");
  await press("l");
  await press("d");
  await opened.until(() => document.documentElement.lang === "zh-CN" && document.documentElement.dataset.theme === "dark", 20, "language and colours");
  await press("l");
}

// The longest time between two frames while the slider is dragged over the whole run.
async function drags(opened) {
  const box = await opened.page.locator(".time-slider").boundingBox(), { newest } = await opened.run();
  await opened.page.evaluate(() => {
    window.gaps = [];
    let last = performance.now();
    const note = (now) => {
      window.gaps.push(now - last);
      last = now;
      if (window.gaps.length < 100000) requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  await opened.page.mouse.move(box.x + box.width - 6, box.y + 15);
  await opened.page.mouse.down();
  for (let i = 1; i <= 20; i++) await opened.page.mouse.move(box.x + box.width - 6 - (i * box.width) / 40, box.y + 15);
  await opened.page.mouse.up();
  await opened.until((at) => Math.abs(window.vitrine.run.position / at - 0.5) < 0.05, 60, "the middle of the run", newest);
  const gaps = (await opened.page.evaluate(() => window.gaps)).sort((a, b) => a - b);
  console.log(`frames while dragging: ${gaps.length}, middle ${gaps[Math.floor(gaps.length / 2)].toFixed(1)} ms, longest ${gaps.pop().toFixed(0)} ms`);
}

async function pictures(opened) {
  for (const [view, least] of [["tree", 1500], ["space", 10], ["harts", 0], ["frames", 0], ["reports", 0], ["explain", 0], ["designs", 0], ["quiz", 0]]) {
    await opened.choose({ view });
    await opened.until((name) => document.querySelector(".view").dataset.view === name, 20, view, view);
    await opened.until(() => document.querySelectorAll(".view *").length > 2, 20, "the view's elements");
    const [error, shapes, size] = await opened.page.evaluate(() => {
      const text = window.vitrine.asSvg(document.querySelector(".view"));
      const made = new DOMParser().parseFromString(text, "image/svg+xml");
      return [made.querySelector("parsererror")?.textContent ?? "", (text.match(/<rect|M\d/g) ?? []).length, text.length];
    });
    demand(error === "" && shapes >= least && size > 500, `the picture of ${view}: ${error || shapes}`);
  }
}

// Print shows the view alone, dark on light.
async function prints(opened) {
  await opened.choose({ view: "tree", theme: "dark" });
  await opened.until(() => document.querySelectorAll(".strip").length === 3, 20, "the tree");
  await opened.page.emulateMedia({ media: "print" });
  const [ink, shown] = await opened.page.evaluate(() => [getComputedStyle(document.querySelector(".strip text")).fill,
    [".console", "footer", ".tabs", "header .seed", ".view", ".strip"].filter((name) => document.querySelector(name)?.getClientRects().length > 0)]);
  await opened.page.emulateMedia({ media: "screen" });
  await opened.choose({ theme: "light" });
  demand(String(shown) === ".view,.strip", `print shows ${shown}`);
  demand(/^rgb\((\d|[1-9]\d), /.test(ink), `print has letters of ${ink}`);
}

export default async function ({ open }) {
  const opened = await open();
  await opened.prompt();
  await keys(opened);
  await pictures(opened);
  await prints(opened);
  await drags(opened);
}
