// SPDX-License-Identifier: MIT
// quiz.ts - random questions: each with four answers, and the score, which the browser keeps.
import { choice } from "../app";
import { fill, h } from "../dom";
import { newQuestion, Question } from "../quiz";
import { t } from "../words";

const KEEP = "vitrine.quiz";

interface Score {
  asked: number;
  right: number;
  row: number; // right ones since the last wrong one
  best: number;
}

let box: HTMLElement;
let question: Question | null = null;
let chosen = -1;
let lang = "";

// A browser may refuse to keep anything for a file.
function readScore(): Score {
  try {
    return { asked: 0, right: 0, row: 0, best: 0, ...(JSON.parse(localStorage.getItem(KEEP) ?? "{}") as Partial<Score>) };
  } catch {
    return { asked: 0, right: 0, row: 0, best: 0 };
  }
}

const score = readScore();

function keep(): void {
  try {
    localStorage.setItem(KEEP, JSON.stringify(score));
  } catch {
    // the score lasts as long as the page
  }
}

function answer(n: number): void {
  if (!question || chosen >= 0) return;
  chosen = n;
  const right = n === question.right;
  score.asked++;
  score.right += Number(right);
  score.row = right ? score.row + 1 : 0;
  score.best = Math.max(score.best, score.row);
  keep();
  draw();
}

async function next(): Promise<void> {
  question = await newQuestion();
  chosen = -1;
  lang = choice.lang;
  draw();
}

function choiceButton(q: Question, words: string, n: number): HTMLElement {
  const state = chosen < 0 ? "" : n === q.right ? " right" : n === chosen ? " wrong" : "";
  return h("button", { class: `answer${state}`, "data-n": n, disabled: chosen >= 0 && state === "", onclick: () => answer(n) }, h("b", {}, `${"ABCD"[n]} `), words);
}

function draw(): void {
  const q = question;
  if (!q) return;
  fill(box, h("div", { class: "row" }, h("b", {}, t("practice.questions")), h("span", { class: "hint" }, t("quiz.score", score.right, score.asked, score.row, score.best))),
    h("p", { class: "question" }, q.words), q.table.length > 0 ? h("table", { class: "given mono" }, h("tbody", {}, ...q.table.map(([name, value]) => h("tr", {}, h("td", {}, name), h("td", {}, value))))) : "",
    h("div", { class: "answers" }, ...q.choices.map((words, n) => choiceButton(q, words, n))),
    chosen < 0 ? "" : h("p", { class: "result", "data-ok": String(chosen === q.right) }, h("b", {}, t(chosen === q.right ? "quiz.right" : "quiz.wrong")), " ", q.why),
    h("button", { class: "more", onclick: () => void next() }, t(chosen < 0 ? "quiz.skip" : "quiz.next")));
}

/** Shows a question, a new one when the language has changed. */
export function drawQuiz(into: HTMLElement): void {
  box = h("div", { class: "quiz card" });
  fill(into, box);
  if (!question || lang !== choice.lang) void next();
  else draw();
}
