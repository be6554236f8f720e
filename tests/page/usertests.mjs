// SPDX-License-Identifier: MIT
// usertests.mjs - usertests -q runs to its end, and the page answers all the time.
import { demand } from "./browser.mjs";

export default async function ({ open }) {
  const opened = await open();
  await opened.prompt();
  await opened.type("usertests -q\n");
  await opened.until(() => /ALL TESTS PASSED|SOME TESTS FAILED|panic/.test(window.vitrine.screenText()) || !window.vitrine.run.running, 2400, "the end of usertests");
  const text = await opened.page.evaluate(() => window.vitrine.screenText());
  console.log(`${Math.round(await opened.seconds())} s of processor time, ${Math.round((await opened.run()).position / 1e6)} million steps`);
  demand(/ALL TESTS PASSED/.test(text), `usertests ends with ${text.trimEnd().split("\n").pop()}`);
  await opened.type("echo al''ive\n");
  await opened.until(() => /^alive/m.test(window.vitrine.screenText()), 60, "the prompt behind the tests");
  const { newest, first } = await opened.run();
  demand(await opened.call("go", Math.max(first, newest - 5_000_000)), "the run does not go back");
}
