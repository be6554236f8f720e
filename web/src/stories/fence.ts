// SPDX-License-Identifier: MIT
// fence.ts - the story of a missing fence on two harts, in a kernel of one page that makes this mistake.
import { harts, link, reports } from "../app";
import { startEmbedded } from "../files";
import { hex } from "../numbers";
import { Events } from "../protocol";
import { only, rootOf, Story, until, untilWhere } from "./story";

const WINDOW = 0x40000000n;
const read = { va: WINDOW, access: 0, user: false, level: -1, edits: [] };

export const fenceStory: Story = { id: "fence", title: "story.fence", chapters: [
  { words: "fence.1", spot: ".strip .mark", show: (play) => ({ view: "tree", tree: play.root, ...read }),
    act: async (play) => {
      await startEmbedded("fence");
      await until(play, { kinds: Events.satp, harts: 2 });
      play.root = rootOf(1);
    }, values: (play) => ["0x" + play.root] },
  { words: "fence.2", spot: ".strip .mark", show: (play) => ({ view: "tree", tree: play.root, ...read }),
    act: async (play) => {
      await untilWhere(play, { kinds: Events.entry }, (e) => e.place?.name === "change_entry");
    }, values: (play) => [hex(play.event?.before ?? 0n), hex(play.event?.after ?? 0n), play.event?.place?.line ?? 0] },
  { words: "fence.3", spot: ".source .now", show: () => ({ view: "harts", hart: 0 }), act: (play) => until(play, { kinds: Events.fence, harts: only(play) }).then(() => {}) },
  { words: "fence.4", spot: ".stale", show: () => ({ view: "harts", hart: 1 }) },
  { words: "fence.5", spot: ".report", show: () => ({ view: "reports" }),
    act: async () => {
      for (let i = 0; reports.length === 0 && i < 200; i++) await link.call("step", 500);
    }, values: () => [harts.length] },
  { words: "fence.6", spot: ".console", show: () => ({ view: "reports" }), act: () => link.call("step", 20000).then(() => {}) },
] };
