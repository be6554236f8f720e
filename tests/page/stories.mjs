// SPDX-License-Identifier: MIT
// stories.mjs - each story can be played to its end and back; its places are the same the second time.
import { demand } from "./browser.mjs";

// The expected state in the last chapter: a view, and words of the page.
const ENDS = { walk: ["harts", /stays in its TLB/], fault: ["tree", /ends well, at 0x8/], call: ["harts", /two switches for each call/],
  fork: ["tree", /copy-on-write/], fence: ["reports", /still sees the old page/], exec: ["tree", /first instruction/] };

async function settled(opened, chapter) {
  await opened.until((n) => {
    const page = document.querySelector(".stories .page");
    return page?.dataset.busy === "false" && (Number(page.dataset.chapter) === n || /has not come/.test(page.textContent));
  }, 100, `chapter ${chapter}`, chapter);
  demand(!/has not come/.test(await opened.text(".page p")), `the event of chapter ${chapter} has not come`);
  const words = await opened.text(".page p");
  demand(!/\{\d\}|undefined|NaN/.test(words), `a value is missing: ${words}`);
}

const phrase = { en: /[\u4e00-\u9fff]/, zh: /[a-z]{4,} [a-z]{3,}/ };

// The chapter in one language has no word of the other one, also when the language changes while it is told.
async function inBothLanguages(opened) {
  for (const [lang, other] of [["zh", phrase.zh], ["en", phrase.en]]) {
    await opened.choose({ lang });
    const words = await opened.text(".page p");
    demand(!other.test(words) && /[\u4e00-\u9fff]/.test(words) === (lang === "zh"), `in ${lang} it says: ${words}`);
  }
}

async function play(opened, id) {
  await opened.page.evaluate((name) => document.querySelector(`[data-story=${name}]`).click(), id);
  const positions = [];
  for (let n = 0; ; n++) {
    await settled(opened, n);
    positions.push((await opened.run()).position);
    await inBothLanguages(opened);
    if (await opened.page.$eval(".page .next", (e) => e.disabled)) break;
    await opened.page.click(".page .next");
  }
  return positions;
}

async function goBack(opened, positions) {
  const last = positions.length - 1;
  if (positions[last - 1] > positions[last]) return; // the machine was started anew between them
  await opened.page.click(".page .prev");
  await settled(opened, last - 1);
  demand((await opened.run()).position === positions[last - 1], "going back a chapter leads elsewhere");
  await opened.page.click(".page .next");
  await settled(opened, last);
  demand((await opened.run()).position === positions[last], "going on again leads elsewhere");
}

// An address opens a story.
async function byAddress(open) {
  const opened = await open("#lang=zh&theme=dark&seed=1&story=walk");
  await settled(opened, 0);
  demand(/^Hart \d 刚刚返回用户态/.test(await opened.text(".page p")) && (await opened.count(".spot")) > 0, "the story of the address is not told");
  await opened.page.close();
}

export default async function ({ open, words }) {
  if (words.includes("walk")) await byAddress(open);
  const opened = await open();
  await opened.prompt();
  for (const id of words) {
    const positions = await play(opened, id), [view, says] = ENDS[id];
    demand((await opened.page.$eval(".view", (e) => e.dataset.view)) === view, `${id} ends in another view than ${view}`);
    demand(says.test(await opened.text(".page p")), `${id} ends with other words`);
    demand((await opened.count(".spot")) > 0, `${id}: nothing is marked`);
    await goBack(opened, positions);
    if (id === "fence") demand(/I still see the OLD page/.test(await opened.page.evaluate(() => window.vitrine.screenText())), "the stale translation is not used");
    await opened.page.$$eval(".page button.link", (all) => all.pop().click());
  }
}
