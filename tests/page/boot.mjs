// SPDX-License-Identifier: MIT
// boot.mjs - the page boots to a prompt, takes commands, and goes to each moment of the run and back.
import { demand } from "./browser.mjs";

async function goesBack(opened) {
  await opened.call("run", false);
  const { position } = await opened.run(), hash = await opened.look("hash"), far = position - 150_000;
  demand(await opened.call("go", far), "it does not go back");
  demand((await opened.run()).position === far, "it is elsewhere");
  demand(!/ECHOED/.test(await opened.page.evaluate(() => window.vitrine.screenText().split("$ ").pop())), "the screen shows the future");
  const event = await opened.call("until", { kinds: 1, causes: [8] }, 3_000_000);
  demand(event.kind === 1 && event.cause === 8n, "no system call is found");
  const between = await opened.call("until", { kinds: 2 }, 3_000_000);
  demand(between.kind === 2 && between.cause >> 63n === 1n && between.position > event.position, "no interrupt is found");
  await opened.call("go", event.position);
  const before = await opened.call("back", { kinds: 1, causes: [8] });
  demand(before && before.position < event.position, "no system call is found backwards");
  await opened.call("step", -1);
  demand((await opened.run()).position === before.position - 1, "a step back is no step back");
  demand(await opened.call("go", position), "it does not come back");
  demand((await opened.look("hash")) === hash, "the run is another one the second time");
}

export default async function ({ open }) {
  const opened = await open();
  await opened.prompt();
  console.log(`prompt after ${Date.now() - opened.from} ms`);
  await opened.type("echo ECH''OED | cat\n");
  await opened.until(() => /^ECHOED/m.test(window.vitrine.screenText()), 60, "the command's output");
  await goesBack(opened);
}
