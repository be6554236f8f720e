// SPDX-License-Identifier: MIT
// designs.mjs - the four designs are measured side by side, each in a machine of its own.
import { demand } from "./browser.mjs";

export default async function ({ open }) {
  const opened = await open("#lang=en&theme=light&seed=1&view=designs");
  await opened.until(() => window.vitrine?.run.epoch > 0, 60, "the machine");
  await opened.page.click(".measure");
  await opened.until(() => document.querySelector(".side") && !document.querySelector(".side progress"), 400, "all four designs");
  const rows = await opened.page.$$eval(".designs tbody tr", (all) => all.map((tr) => [...tr.children].map((td) => td.textContent)));
  demand((await opened.count(".pile")) === 4, "not four trees");
  const count = (name) => rows.find((r) => r[0].startsWith(name)).slice(1).map((s) => Number(s.split(" ")[0].replaceAll(",", "")));
  demand(/0 \/ 0/.test(rows.find((r) => /nothing/.test(r[0]))[1]), "a call in unified writes satp");
  demand(/2 \/ 0/.test(rows.find((r) => /nothing/.test(r[0]))[2]), "a call in global does not write satp twice");
  const fork = count("fork, exit");
  demand(fork[2] > 5 * fork[0] && fork[0] < fork[1], `forks cost ${fork}`);
}
