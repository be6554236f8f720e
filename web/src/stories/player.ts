// SPDX-License-Identifier: MIT
// player.ts - plays stories, chapter by chapter, forward and back.
import { choose, link, onChange, run } from "../app";
import { fill, h } from "../dom";
import { told } from "../files";
import { t } from "../words";
import { callStory } from "./call";
import { execStory } from "./exec";
import { faultStory } from "./fault";
import { fenceStory } from "./fence";
import { forkStory } from "./fork";
import { Play, Story, Stuck, Value } from "./story";
import { walkStory } from "./walk";

export const STORIES: Story[] = [walkStory, faultStory, callStory, forkStory, fenceStory, execStory];

// A chapter that has been played: where it was, and what it knew.
interface Played {
  position: number;
  epoch: number;
  play: Play;
  values: Value[];
}

let box: HTMLElement;
let story: Story | null = null;
let at = -1;
let busy = false;
let stuck = false;
let played: Played[] = [];

const fresh = (): Play => ({ event: null, root: "", other: "", va: 0n, notes: {} });

async function perform(n: number): Promise<void> {
  const chapter = (story as Story).chapters[n], before = played[n - 1]?.play ?? fresh();
  const play: Play = { ...before, notes: { ...before.notes } };
  if (chapter.act) await chapter.act(play);
  const values = chapter.values ? await chapter.values(play) : [];
  played[n] = { position: run.position, epoch: run.epoch, play, values };
}

// A chapter that was played before is a place in time, as long as the machine is the same.
async function revisit(n: number): Promise<boolean> {
  const old = played[n];
  if (!old || old.epoch !== run.epoch) return false;
  await link.call("go", old.position);
  return run.position === old.position;
}

async function open(n: number): Promise<void> {
  if (busy || !story) return;
  busy = true;
  stuck = false;
  draw();
  try {
    if (!(await revisit(n))) await perform(n);
    at = n;
    const { play } = played[n];
    const { show, spot } = story.chapters[n];
    choose({ ...(play.event ? { hart: play.event.hart } : {}), spot: typeof spot === "function" ? spot(play) : (spot ?? ""), ...show(play) });
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    stuck = true;
  } finally {
    busy = false;
    draw();
  }
}

/** Opens a story at its first chapter; for tests and links, too. */
export async function tell(id: string): Promise<void> {
  story = STORIES.find((s) => s.id === id) ?? null;
  at = -1;
  played = [];
  await open(0);
}

/** The next chapter, or the one before. */
export const turn = (by: number): Promise<void> => {
  const n = at + by;
  return story && n >= 0 && n < story.chapters.length ? open(n) : Promise.resolve();
};

function close(): void {
  story = null;
  choose({ spot: "" });
  draw();
}

function shelf(): HTMLElement {
  return h("div", { class: "shelf" }, h("b", {}, t("story.title")), ...STORIES.map((s) => h("button", { "data-story": s.id, onclick: () => void tell(s.id) }, t(s.title))));
}

function page(s: Story): HTMLElement {
  const chapter = at >= 0 ? s.chapters[at] : null;
  const words = stuck ? t("story.stuck") : busy ? t("story.busy") : chapter ? t(chapter.words, ...played[at].values.map((v) => (typeof v === "function" ? v() : v))) : "";
  const dots = s.chapters.map((_, i) => h("i", { class: i === at ? "now" : i < played.length ? "read" : "" }));
  return h("div", { class: "page", "data-chapter": at, "data-busy": String(busy) },
    h("div", { class: "row" }, h("b", {}, t(s.title)), h("span", { class: "dots" }, ...dots), h("span", { class: "space" }),
      h("button", { class: "prev", disabled: busy || at <= 0, onclick: () => void turn(-1) }, t("story.prev")),
      h("button", { class: "next", disabled: busy || at >= s.chapters.length - 1, onclick: () => void turn(1) }, t("story.next")),
      h("button", { class: "link", onclick: close }, t("story.close"))),
    h("p", { class: busy ? "hint" : "" }, words));
}

function draw(): void {
  fill(box, story ? page(story) : shelf());
}

export function mountStories(into: HTMLElement): void {
  box = into;
  if (!told.vitrine) return;
  onChange((what) => {
    if (what === "lang") draw();
  });
  draw();
}
