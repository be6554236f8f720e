// SPDX-License-Identifier: MIT
// hash.mjs - prints the hash of the machine's state at a position.
import { demand } from "./browser.mjs";

export default async function ({ open, words: [position] }) {
  const opened = await open("#lang=en&seed=1");
  await opened.until((at) => window.vitrine?.run.position > at, 120, "the position", Number(position));
  demand(await opened.call("go", Number(position)), "it does not go to the position");
  console.log(`hash ${await opened.look("hash")} at ${position}`);
}
