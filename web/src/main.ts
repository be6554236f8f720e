// SPDX-License-Identifier: MIT
// main.ts - puts the page together.
import "./style.css";
import { addReport, choice, choose, link, onChange, reports, run, setState } from "./app";
import { h } from "./dom";
import { loaded, takeFiles, told, tryOlderDisk, unpack } from "./files";
import { listenToKeys } from "./keys";
import { mountHeader } from "./header";
import { linkedStory, makeLink, readLink, restored, startLinked } from "./saved";
import { complain, hush, mention, mountNotice } from "./notice";
import { mountProgress } from "./progress";
import { mountStories, tell } from "./stories/player";
import { focusTerminal, mountTerminal, screenText, typeText } from "./terminal";
import { mountTimeline } from "./timeline";
import { mountViews } from "./views/views";
import { asSvg } from "./svg";
import { t } from "./words";

function lay(): void {
  const header = h("header", {}), terminal = h("div", { class: "console", "aria-label": "console" }), stories = h("section", { class: "stories" });
  const views = h("main", {}), timeline = h("footer", {});
  const left = h("div", { class: "left" }, terminal, stories);
  document.getElementById("app")?.replaceChildren(header, left, views, timeline, mountNotice(), mountProgress());
  mountHeader(header);
  mountTerminal(terminal);
  mountViews(views);
  mountTimeline(timeline);
  mountStories(stories);
}

function dress(): void {
  document.documentElement.lang = choice.lang === "zh" ? "zh-CN" : "en";
  document.documentElement.dataset.theme = choice.theme;
}

function takeDrops(): void {
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.dataset.drop = t("drop.here");
    document.body.classList.add("drop");
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.body.classList.remove("drop");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("drop");
    void takeFiles([...(event.dataTransfer?.files ?? [])]).catch((error: unknown) => complain(String(error)));
  });
}

let printed = "";

function listen(): void {
  const decoder = new TextDecoder();
  link.on("state", ({ state, looks }) => {
    if (state.epoch !== run.epoch) hush();
    setState(state, looks);
  });
  link.on("report", ({ report }) => {
    addReport(report);
    mention(t("reports.new", reports.length));
  });
  link.on("console", ({ bytes }) => {
    printed = (printed + decoder.decode(bytes)).slice(-400);
    if (!/could not find virtio disk/.test(printed)) return;
    printed = "";
    void tryOlderDisk();
  });
}

// An error that no part of the page handles is shown, too.
function listenToErrors(): void {
  addEventListener("unhandledrejection", (event) => complain(t("main.failed", String((event.reason as Error)?.message ?? event.reason))));
}

async function begin(): Promise<void> {
  readLink();
  dress();
  onChange((what) => {
    if (what === "choice" || what === "lang") dress();
    if (what === "lang") hush();
  });
  lay();
  listen();
  takeDrops();
  listenToKeys();
  listenToErrors();
  await unpack();
  await startLinked();
  if (!(await restored())) await link.call("run", true);
  focusTerminal();
  if (told.vitrine && linkedStory() !== "") await tell(linkedStory());
}

// For tests: the actions and views of a person, by name.
Object.assign(window, { vitrine: { link, run, choice, choose, reports, screenText, typeText, makeLink, asSvg, takeFiles, loaded, told } });

begin().catch((error: unknown) => complain(String(error)));
