// SPDX-License-Identifier: MIT
// header.ts - the head of the page: the kernel that runs, files, language, colours, a link.
import { choice, choose, link, onChange, run } from "./app";
import { fill, h } from "./dom";
import { loaded, settings, start, takeFiles, told } from "./files";
import { makeLink } from "./saved";
import { say } from "./notice";
import { t } from "./words";

let head: HTMLElement;
let shown = "";

function openFiles(): void {
  const input = h("input", { type: "file", multiple: true });
  input.onchange = () => void takeFiles([...(input.files ?? [])]);
  input.click();
}

async function copyLink(): Promise<void> {
  const text = await makeLink();
  history.replaceState(null, "", text);
  try {
    await navigator.clipboard.writeText(location.href);
    say(t("link.copied"));
  } catch {
    say(t("link.shown"));
  }
}

function seedInput(): HTMLElement {
  const input = h("input", { class: "seed", size: "4", value: settings.seed, title: t("head.seed"), "aria-label": t("head.seed") });
  input.onchange = () => {
    settings.seed = Math.max(0, Number(input.value) || 1);
    void start();
  };
  return h("label", { class: "check" }, t("head.seedword"), input);
}

async function showHash(): Promise<void> {
  say(t("head.hash", await link.look<string>("hash"), run.position));
}

function draw(): void {
  const text = JSON.stringify([choice.lang, choice.theme, loaded, run.epoch]);
  if (text === shown) return;
  shown = text;
  fill(head, h("h1", {}, h("span", { class: "logo" }, "Vitrine"), h("span", { class: "sub" }, t("head.sub"))),
    h("span", { class: "what mono", title: told.title }, loaded.kernel + (loaded.disk ? ` + ${loaded.disk}` : "")),
    h("span", { class: "space" }), seedInput(),
    h("button", { onclick: () => void start() }, t("head.restart")), h("button", { onclick: openFiles }, t("head.open")),
    h("button", { onclick: () => void showHash(), title: t("head.hashtitle") }, "#"),
    h("button", { onclick: () => void copyLink() }, t("head.link")),
    h("button", { class: "lang", onclick: () => choose({ lang: choice.lang === "en" ? "zh" : "en" }) }, choice.lang === "en" ? "中文" : "English"),
    h("button", { class: "theme", title: t("head.theme"), "aria-label": t("head.theme"), onclick: () => choose({ theme: choice.theme === "dark" ? "light" : "dark" }) }, choice.theme === "dark" ? "☀" : "☾"));
}

export function mountHeader(into: HTMLElement): void {
  head = into;
  onChange(draw);
  draw();
}
