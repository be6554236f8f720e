// SPDX-License-Identifier: MIT
// run.mjs - runs one check of the page in a browser.
//
// usage: node run.mjs BROWSER PAGE CHECK [WORD...]
// Prints the result of the check. Status 0: it holds; 1: it does not, the last line says why.
import { Failure, launch, Opened } from "./browser.mjs";

const [browserPath, page, check, ...words] = process.argv.slice(2);
const { default: run } = await import(`./${check}.mjs`);
const browser = await launch(browserPath);
let status = 0;
try {
  const opened = { last: null };
  const open = async (hash) => (opened.last = await Opened.open(browser, page, hash));
  await run({ open, words });
  if (opened.last?.errors.length > 0) throw new Failure(`the page complains: ${opened.last.errors[0]}`);
} catch (error) {
  console.log(error instanceof Failure ? error.message : error.stack);
  status = 1;
} finally {
  await browser.close();
}
process.exit(status);
