// SPDX-License-Identifier: MIT
// exercises.ts - the exercises: text, questions with fields for the answers, hints, the kernel to run, marks.
import { choice, choose } from "../app";
import { fill, h } from "../dom";
import { Exercise, exercises, filesOf, isPlace, isRight, runMistaken } from "../exercises";
import { say } from "../notice";
import { t } from "../words";

const KEEP = "vitrine.exercises";

let done = new Set<number>();
try {
  done = new Set(JSON.parse(localStorage.getItem(KEEP) ?? "[]") as number[]);
} catch {
  // what is done is known as long as the page is open
}

function noteDone(n: number): void {
  done.add(n);
  try {
    localStorage.setItem(KEEP, JSON.stringify([...done]));
  } catch {
    // as above
  }
}

const given = new Map<string, string>(); // what has been typed, by exercise, variant and key
const variantOf = new Map<number, number>();

// Text with `code`, in paragraphs; lists and indented lines stay as they are.
function prose(text: string): HTMLElement[] {
  return text.split(/\n{2,}/).map((part) => {
    if (/^( {4}|- )/.test(part)) return h("pre", {}, part);
    return h("p", {}, ...part.replace(/\s*\n\s*/g, choice.lang === "zh" ? "" : " ").split(/`([^`]+)`/).map((piece, i) => (i % 2 === 1 ? h("code", {}, piece) : piece)));
  });
}

function field(e: Exercise, key: string, placeholder = ""): HTMLInputElement {
  const id = `${e.number} ${variantOf.get(e.number) ?? 0} ${key}`;
  const input = h("input", { class: "answer-field mono", "data-key": key, spellcheck: "false", placeholder, value: given.get(id) ?? "", "aria-label": key });
  input.oninput = () => given.set(id, input.value);
  return input;
}

function told(result: HTMLElement, e: Exercise, wrong: string): void {
  result.dataset.ok = String(wrong === "");
  fill(result, wrong === "" ? t("exercise.allright") : wrong);
  if (wrong === "") noteDone(e.number);
}

function predictPart(e: Exercise, again: () => void): HTMLElement[] {
  const list = e.variants ?? [], variant = list[(variantOf.get(e.number) ?? 0) % list.length], result = h("p", { class: "result" });
  const keys = Object.keys(variant.answers), fields = keys.map((key) => field(e, key));
  const check = () => {
    const bad = keys.findIndex((key, i) => !isRight(fields[i].value, variant.answers[key]));
    fields.forEach((f, i) => f.setAttribute("aria-invalid", String(!isRight(f.value, variant.answers[keys[i]]))));
    told(result, e, bad < 0 ? "" : t("exercise.notyet", `${keys[bad]}. ${fields[bad].value.trim() === "" ? "" : (e.reasons[choice.lang][variant.answers[keys[bad]].reason] ?? "")}`));
  };
  const other = () => {
    variantOf.set(e.number, ((variantOf.get(e.number) ?? 0) + 1) % list.length);
    again();
  };
  return [h("pre", { class: "asked" }, variant.questions[choice.lang].join("\n")), h("div", { class: "answer-fields" }, ...keys.map((key, i) => h("label", {}, h("span", { class: "mono" }, `${key} = `), fields[i]))),
    h("div", { class: "row" }, h("button", { class: "check-answer", onclick: check }, t("exercise.check")), h("button", { class: "other", onclick: other }, t("exercise.other"))), result];
}

function sourcePart(e: Exercise): HTMLElement {
  const files = filesOf(e), pre = h("pre", { class: "source listing" });
  const show = (path: string) => fill(pre, files[path].split("\n").map((line, i) => `${String(i + 1).padStart(4)}  ${line.replace(/\t/g, "    ")}`).join("\n"));
  const paths = Object.keys(files).sort(), list = h("select", { class: "source-choice", onchange: () => show(list.value) }, ...paths.map((path) => h("option", { value: path }, path)));
  show(paths[0]);
  return h("details", {}, h("summary", {}, t("exercise.source")), list, pre);
}

function findPart(e: Exercise): HTMLElement[] {
  const where = field(e, "where", t("exercise.where")), result = h("p", { class: "result" });
  const check = () => told(result, e, isPlace(where.value, e) ? "" : t("exercise.notplace"));
  where.onkeydown = (event) => { if (event.key === "Enter") check(); };
  return [h("div", { class: "row" }, h("button", { class: "run-mistaken", onclick: () => void runMistaken(e).then(() => say(t("exercise.ran"))) }, t("exercise.run"))), sourcePart(e),
    h("div", { class: "row" }, h("label", {}, h("span", { class: "mono" }, "where = "), where), h("button", { class: "check-answer", onclick: check }, t("exercise.check"))), result];
}

function helpPart(e: Exercise): HTMLElement {
  const parts = [...e.hints[choice.lang].map((text, i): [string, string] => [t("exercise.hint", i + 1), text]), [t("exercise.solution"), e.solution[choice.lang]]];
  return h("div", {}, ...parts.map(([title, text]) => h("details", { class: "help" }, h("summary", {}, title), ...prose(text))));
}

function page(e: Exercise, again: () => void): HTMLElement {
  return h("div", { class: "exercise", "data-exercise": e.number }, h("h2", {}, `${e.number}. ${e.title[choice.lang]}`), ...prose(e.text[choice.lang]), h("p", { class: "hint" }, t("exercise.files")),
    ...(e.kind === "predict" ? predictPart(e, again) : findPart(e)), helpPart(e));
}

function group(list: Exercise[], kind: Exercise["kind"]): HTMLElement {
  const group = h("optgroup", { label: t(`exercise.${kind}`) });
  group.append(...list.filter((e) => e.kind === kind).map((e) => h("option", { value: e.number }, `${done.has(e.number) ? "✓ " : ""}${e.number}. ${e.title[choice.lang]}`)));
  return group;
}

/** Shows the list, and the chosen exercise. */
export function drawExercises(into: HTMLElement): void {
  void exercises().then((list) => {
    if (list.length === 0) return fill(into, h("p", { class: "hint" }, t("exercise.none")));
    const shown = h("div", {}), select = h("select", { class: "exercise-choice", "aria-label": t("exercise.choose"), onchange: () => {
      choose({ exercise: Number(select.value) });
      show();
    } }, h("option", { value: 0 }, t("exercise.choose")), group(list, "predict"), group(list, "find"));
    const show = () => {
      const e = list.find((one) => one.number === choice.exercise);
      fill(shown, e ? page(e, show) : h("p", { class: "hint" }, t("exercise.intro")));
    };
    select.value = String(choice.exercise);
    fill(into, h("div", { class: "controls" }, select), shown);
    show();
  });
}
