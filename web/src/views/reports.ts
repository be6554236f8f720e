// SPDX-License-Identifier: MIT
// reports.ts - the view of reports: the event, its time, the store behind it, the rule, the advice.
import { choice, reports, run } from "../app";
import { fill, h } from "../dom";
import { grouped } from "../numbers";
import type { Report } from "../protocol";
import { goTo } from "../timeline";
import { Key, t } from "../words";
import type { Ask, View } from "./view";

let list: HTMLElement;

function card(r: Report): HTMLElement {
  const [title, ...parts] = choice.lang === "zh" ? r.zh : r.en;
  const rows = parts.map(({ head, words }) => h("div", { class: "pair" }, h("dt", {}, head), h("dd", {}, words)));
  const go = h("button", { class: "link", onclick: () => goTo(r.when) }, t("report.go", grouped(r.when)));
  return h("article", { class: `report ${r.note ? "note" : ""}`, "data-kind": r.kind }, h("h3", {}, title?.words ?? r.kind), h("dl", {}, ...rows), h("div", { class: "row" }, go));
}

const WATCHED: Key[] = ["reports.stale", "reports.tables", "reports.frames", "reports.traps", "reports.stacks", "reports.locks", "reports.panic"];

// Lists the mistakes that the machine looks for, while there is nothing to report.
const watched = (): HTMLElement[] => [h("p", { class: "hint" }, t("reports.none", grouped(run.position))), h("ul", { class: "watched" }, ...WATCHED.map((key) => h("li", {}, t(key))))];

export const reportsView: View = {
  name: "reports",
  title: "view.reports",
  key: "5",
  mount(into) {
    list = h("div", { class: "reports" });
    fill(into, list);
  },
  asks: (): Record<string, Ask> => ({}),
  draw() {
    fill(list, ...(reports.length === 0 ? watched() : reports.map(card)));
  },
};
