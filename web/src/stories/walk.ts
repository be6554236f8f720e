// SPDX-License-Identifier: MIT
// walk.ts - the story of a walk: from satp to the row in the TLB.
import { harts } from "../app";
import { hex, indexAt, targetOf } from "../numbers";
import { Events } from "../protocol";
import { atPrompt, Chapter, hartOf, Play, rootOf, step, Story, type, until, walk } from "./story";

const fetch = { access: 2, user: true, edits: [] };

const shown = (level: number) => (play: Play) => ({ view: "tree" as const, tree: play.root, va: play.va, level, ...fetch });

function atLevel(level: number, words: Chapter["words"]): Chapter {
  return { words, show: shown(level), values: async (play) => {
    const path = await walk(play, play.va, fetch), table = path.tables.find((t) => t.level === level) ?? path.tables[path.tables.length - 1];
    const index = indexAt(play.va, table.level), pte = table.entries[index];
    return [hex(play.va), index, hex(table.pa), hex(pte), hex(targetOf(pte)), hex(play.va & 0xfffn)];
  } };
}

export const walkStory: Story = { id: "walk", title: "story.walk", chapters: [
  { words: "walk.1", show: (play) => ({ view: "harts", tree: play.root }),
    act: async (play) => {
      await atPrompt("unified");
      await type("ls\n");
      await until(play, { kinds: Events.return });
      play.root = rootOf(hartOf(play));
      play.va = harts[hartOf(play)].pc;
    },
    values: (play) => [hartOf(play), hex(play.va), hex(harts[hartOf(play)].satp), "0x" + play.root] },
  atLevel(2, "walk.2"),
  atLevel(1, "walk.3"),
  atLevel(0, "walk.4"),
  atLevel(0, "walk.5"),
  atLevel(0, "walk.6"),
  atLevel(0, "walk.7"),
  atLevel(0, "walk.8"),
  { words: "walk.9", act: () => step(1).then(() => {}), show: () => ({ view: "harts" }), values: (play) => [hartOf(play), hex(play.va & ~0xfffn)] },
] };
