// SPDX-License-Identifier: MIT
// practice.ts - the view for practice: random questions, a sheet of questions for a class, exercises.
import { choice, choose } from "../app";
import { fill, h } from "../dom";
import { Key, t } from "../words";
import { drawExercises } from "./exercises";
import { drawQuiz } from "./quiz";
import { drawSheet } from "./sheet";
import type { Ask, View } from "./view";

export const PRACTICES = ["questions", "sheet", "exercises"] as const;
export type Practice = (typeof PRACTICES)[number];

const PARTS: Record<Practice, [Key, (into: HTMLElement) => void]> = { questions: ["practice.questions", drawQuiz], sheet: ["practice.sheet", drawSheet], exercises: ["practice.exercises", drawExercises] };

let head: HTMLElement, body: HTMLElement;
let shown = "";

export const quizView: View = {
  name: "quiz",
  title: "view.quiz",
  key: "8",
  mount(into) {
    head = h("div", { class: "controls parts", role: "tablist" });
    body = h("div", { class: "practice" });
    shown = "";
    fill(into, head, body);
  },
  asks: (): Record<string, Ask> => ({}),
  draw() {
    const wanted = `${choice.practice} ${choice.lang}`;
    if (wanted === shown) return;
    shown = wanted;
    fill(head, ...PRACTICES.map((name) => h("button", { role: "tab", "data-practice": name, "aria-selected": String(name === choice.practice), onclick: () => choose({ practice: name }) }, t(PARTS[name][0]))));
    body.replaceChildren();
    PARTS[choice.practice][1](body);
  },
};
