// SPDX-License-Identifier: MIT
// progress.ts - shows what the page waits for, and how far it has come where that is known.
import { onChange, run } from "./app";
import { fill, h } from "./dom";

const SHORT_MS = 250; // what is done sooner is not shown

interface Work {
  words: string;
  from: number; // positions in the run; equal: how far it is cannot be told
  to: number;
}

let box: HTMLElement;
const works: Work[] = [];

function draw(): void {
  const work = works[works.length - 1];
  if (!work) return fill(box);
  const share = work.to > work.from ? Math.max(0, Math.min(1, (run.position - work.from) / (work.to - work.from))) : null;
  fill(box, h("span", {}, work.words), h("progress", share === null ? {} : { max: 1, value: share.toFixed(3) }));
}

/** Shows `words` until the promise is settled. `to`: the position that the run goes to meanwhile. */
export async function during<T>(words: string, promise: Promise<T>, to = 0): Promise<T> {
  const work = { words, from: to > 0 ? run.position : 0, to };
  const timer = setTimeout(() => {
    works.push(work);
    draw();
  }, SHORT_MS);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    if (works.includes(work)) works.splice(works.indexOf(work), 1);
    draw();
  }
}

export function mountProgress(): HTMLElement {
  box = h("div", { class: "progress", role: "status" });
  onChange((what) => {
    if (what === "state" && works.length > 0) draw();
  });
  return box;
}
