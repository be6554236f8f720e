// SPDX-License-Identifier: MIT
// sheet.ts - a sheet of questions for a class: drawn from a number, printed with or without answers.
import { choice, choose } from "../app";
import { Dice } from "../dice";
import { fill, h } from "../dom";
import { newQuestion, Question } from "../quiz";
import { t } from "../words";

const QUESTIONS = 8;

let answers = false;

async function questionsOf(sheet: number): Promise<Question[]> {
  const dice = Dice.ofSeed(sheet), list: Question[] = [];
  while (list.length < QUESTIONS) {
    const question = await newQuestion(dice);
    if (!list.some((other) => other.words === question.words && String(other.choices) === String(question.choices))) list.push(question);
  }
  return list;
}

function given(q: Question): HTMLElement | string {
  if (q.table.length === 0) return "";
  return h("table", { class: "given mono" }, h("tbody", {}, ...q.table.map(([name, value]) => h("tr", {}, h("td", {}, name), h("td", {}, value)))));
}

function entry(q: Question, n: number): HTMLElement {
  const choices = q.choices.map((words, i) => h("span", { class: answers && i === q.right ? "choice right" : "choice" }, h("b", {}, `${"ABCD"[i]} `), words));
  return h("li", { class: "sheet-question" }, h("b", {}, `${n + 1}. `), q.words, given(q), h("div", { class: "choices" }, ...choices), answers ? h("p", { class: "hint" }, `${"ABCD"[q.right]}: ${q.why}`) : "");
}

/** Shows the sheet of the chosen number. */
export function drawSheet(into: HTMLElement): void {
  const number = h("input", { class: "sheet-number", type: "number", min: 1, value: choice.sheet, "aria-label": t("sheet.number"), onchange: () => choose({ sheet: Math.max(1, Math.floor(Number(number.value)) || 1) }) });
  const box = h("input", { type: "checkbox", onchange: () => {
    answers = box.checked;
    void show();
  } });
  const list = h("ol", { class: "sheet" }), title = h("h2", {});
  box.checked = answers;
  const show = async () => {
    const sheet = choice.sheet, questions = await questionsOf(sheet);
    fill(title, t("sheet.title", sheet), h("span", { class: "sheet-name" }, t("sheet.name"), " ____________________"));
    fill(list, ...questions.map(entry));
    list.dataset.sheet = String(sheet);
  };
  number.addEventListener("change", () => void show());
  fill(into, h("div", { class: "controls" }, h("label", {}, t("sheet.number"), " ", number), h("label", { class: "check" }, box, t("sheet.answers")), h("button", { class: "print", onclick: () => print() }, t("sheet.print"))),
    h("p", { class: "hint" }, t("sheet.note")), title, list);
  void show();
}
