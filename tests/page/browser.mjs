// SPDX-License-Identifier: MIT
// browser.mjs - opens the page in a browser for a check.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

export const SLOW = Number(process.env.SLOWNESS ?? 1);
export const patience = (seconds) => ({ timeout: seconds * 1000 * SLOW, polling: 100 });

export class Failure extends Error {}

export function demand(condition, words) {
  if (!condition) throw new Failure(words);
}

/** The page, open, with what it complains of noted. */
export class Opened {
  static async open(browser, path, hash = "#lang=en&theme=light&seed=1") {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    const opened = new Opened(page);
    page.on("pageerror", (error) => opened.errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && opened.errors.push(message.text()));
    page.on("request", (request) => /^https?:/.test(request.url()) && opened.errors.push(`it asks for ${request.url()}`));
    opened.from = Date.now();
    await page.goto(`file://${path}${hash}`);
    return opened;
  }

  constructor(page) {
    this.page = page;
    this.errors = [];
  }

  /** Waits until a function of the page is true. */
  async until(what, seconds, words, ...args) {
    try {
      await this.page.waitForFunction(what, args[0], patience(seconds));
    } catch (error) {
      if (error.name !== "TimeoutError") throw error;
      throw new Failure(`${words}: not within ${seconds} s; ${this.errors[0] ?? "no error"}`);
    }
  }

  async prompt(count = 1) {
    await this.until((n) => (window.vitrine?.screenText().match(/^\$/gm) ?? []).length >= n, 60, "the prompt", count);
  }

  call(...words) {
    return this.page.evaluate((w) => window.vitrine.link.call(...w), words);
  }

  look(...words) {
    return this.call("look", words);
  }

  run() {
    return this.page.evaluate(() => ({ ...window.vitrine.run }));
  }

  type(text) {
    return this.page.evaluate((words) => window.vitrine.typeText(words), text);
  }

  /** Drops files on the page, each a name and its bytes. */
  drop(...files) {
    const packed = files.map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")]);
    return this.page.evaluate(async (all) => window.vitrine.takeFiles(all.map(([n, b]) => new File([Uint8Array.from(atob(b), (c) => c.charCodeAt(0))], n))), packed);
  }

  /** The processor time of the page's process, its worker included. */
  async seconds() {
    const session = await this.page.context().browser().newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return Math.max(...processInfo.filter((p) => p.type === "renderer").map((p) => p.cpuTime));
  }

  choose(part) {
    return this.page.evaluate((words) => window.vitrine.choose(words), part);
  }

  /** Texts of all elements that a selector names. */
  texts(selector) {
    return this.page.$$eval(selector, (all) => all.map((e) => e.textContent.trim()));
  }

  count(selector) {
    return this.page.$$eval(selector, (all) => all.length);
  }

  text(selector) {
    return this.page.$eval(selector, (e) => e.textContent.trim());
  }
}

export function launch(path) {
  return chromium.launch({ executablePath: path, args: ["--no-sandbox"] });
}
