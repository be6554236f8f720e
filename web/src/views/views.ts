// SPDX-License-Identifier: MIT
// views.ts - the views in their tabs: one is shown, and asks the machine for what it needs.
import { choice, choose, link, onChange, reports } from "../app";
import { eachFrame, fill, h } from "../dom";
import { say } from "../notice";
import { copySvg } from "../svg";
import { t } from "../words";
import { designsView } from "./designs";
import { explainView } from "./explain";
import { framesView } from "./frames";
import { hartsView } from "./harts";
import { quizView } from "./practice";
import { reportsView } from "./reports";
import { space } from "./space";
import { tree } from "./tree";
import type { Ask, Looks, View } from "./view";

export const VIEWS: View[] = [tree, space, framesView, hartsView, reportsView, explainView, designsView, quizView];

let tabs: HTMLElement, body: HTMLElement;
let mounted = "", asked = "";
let looks: Looks = {};

const shown = (): View => VIEWS.find((v) => v.name === choice.view) ?? tree;

const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);

// Tells the worker what to look at, if that has changed.
function ask(): void {
  const asks: Record<string, Ask> = { harts: ["harts"], trees: ["trees"], ...shown().asks() };
  const text = JSON.stringify(asks, plain);
  if (text === asked) return;
  asked = text;
  void link.call("want", asks);
}

async function copy(): Promise<void> {
  say(t((await copySvg(body, choice.view)) === "copied" ? "view.copied" : "view.saved"));
}

function drawTabs(): void {
  const found = reports.length > 0 ? h("i", { class: "count" }, String(reports.length)) : "";
  fill(tabs, ...VIEWS.map((v) => h("button", { role: "tab", "data-view": v.name, "aria-selected": String(v.name === choice.view), title: v.key, onclick: () => choose({ view: v.name }) },
    t(v.title), v.name === "reports" ? found : "")), h("span", { class: "space" }), h("button", { class: "link", onclick: () => void copy() }, t("view.svg")));
}

let tabsFor = "";

const draw = eachFrame(() => {
  const view = shown(), wanted = `${view.name} ${choice.lang}`;
  const tabText = `${wanted} ${reports.length}`;
  if (tabText !== tabsFor) drawTabs();
  tabsFor = tabText;
  if (mounted !== wanted) {
    mounted = wanted;
    body.dataset.view = view.name;
    view.mount(body);
  }
  view.draw(looks);
  point();
  ask();
});

// Marks what a story speaks of.
function point(): void {
  document.querySelectorAll(".spot").forEach((e) => e.classList.remove("spot"));
  if (choice.spot !== "") document.querySelectorAll(choice.spot).forEach((e) => e.classList.add("spot"));
}

export function mountViews(into: HTMLElement): void {
  tabs = h("nav", { class: "tabs", role: "tablist" });
  body = h("div", { class: "view", role: "tabpanel" });
  fill(into, tabs, body);
  link.on("state", (told) => {
    looks = told.looks;
    draw();
  });
  onChange((what) => {
    if (what === "state") return;
    ask();
    draw();
  });
  draw();
}
