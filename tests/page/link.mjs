// SPDX-License-Identifier: MIT
// link.mjs - a link opens the same moment of the same run, with the same things shown.
import { demand } from "./browser.mjs";

export default async function ({ open }) {
  const first = await open("#lang=zh&theme=dark&seed=7");
  await first.prompt();
  await first.type("echo on''e two | wc\n");
  await first.prompt(2);
  await first.call("run", false);
  const { newest } = await first.run();
  await first.call("go", newest - 20_000);
  await first.choose({ view: "space", va: 0x1000n, access: 1 });
  const hash = await first.look("hash"), link = await first.page.evaluate(() => window.vitrine.makeLink());
  demand(link.length < 2000, `the link has ${link.length} letters`);
  const second = await open(link);
  await second.until((at) => window.vitrine?.run.position === at && !window.vitrine.run.running, 100, "the moment of the link", newest - 20_000);
  demand((await second.look("hash")) === hash, "the link leads to another run");
  const shown = await second.page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset.theme, window.vitrine.choice.access]);
  demand(String(shown) === "zh-CN,dark,1", `it shows ${shown}`);
  await second.until(() => document.querySelectorAll(".block").length > 5, 20, "the address space");
  await second.call("run", true);
  await second.type("echo li''ve\n");
  await second.until(() => /^live/m.test(window.vitrine.screenText()), 60, "the run that goes on");
}
