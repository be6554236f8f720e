// SPDX-License-Identifier: MIT
// walk.ts - the story of a walk: from satp to the row in the TLB.
import { harts } from "../app";
import { hex, indexAt, targetOf } from "../numbers";
import { Events } from "../protocol";
import { atPrompt, Chapter, hartOf, Play, rootOf, step, Story, type, until, walk } from "./story";

const fetch = { access: 2, user: true, edits: [] };

const shown = (level: number) => (play: Play) => ({ view: "tree" as const, tree: play.root, va: play.va, level, ...fetch });

// The index in the address, the cell that it picks, and the page number that the cell leads to.
const index = (level: number): string => `.ruler [data-kind=level${level}] .box, .strip[data-level="${level}"] .mark, .entry [data-kind=ppn] .box`;

function atLevel(level: number, words: Chapter["words"], spot: string): Chapter {
  return { words, spot, show: shown(level), values: async (play) => {
    const path = await walk(play, play.va, fetch), table = path.tables.find((t) => t.level === level) ?? path.tables[path.tables.length - 1];
    const index = indexAt(play.va, table.level), pte = table.entries[index];
    return [hex(play.va), index, hex(table.pa), hex(pte), hex(targetOf(pte)), hex(play.va & 0xfffn)];
  } };
}

export const walkStory: Story = { id: "walk", title: "story.walk", chapters: [
  { words: "walk.1", spot: ".hart.chosen .satp", show: (play) => ({ view: "harts", tree: play.root }),
    act: async (play) => {
      await atPrompt("unified");
      await type("ls\n");
      await until(play, { kinds: Events.return });
      play.root = rootOf(hartOf(play));
      play.va = harts[hartOf(play)].pc;
    },
    values: (play) => [hartOf(play), hex(play.va), hex(harts[hartOf(play)].satp), "0x" + play.root] },
  atLevel(2, "walk.2", index(2)),
  atLevel(1, "walk.3", index(1)),
  atLevel(0, "walk.4", index(0)),
  atLevel(0, "walk.5", "[data-flag=V], [data-flag=R], [data-flag=W]"),
  atLevel(0, "walk.6", "[data-flag=U]"),
  atLevel(0, "walk.7", "[data-flag=X], [data-flag=A]"),
  atLevel(0, "walk.8", ".ruler [data-kind=offset] .box, .entry [data-kind=ppn] .box, .result"),
  { words: "walk.9", spot: (play) => `.tlb [data-va="${hex(play.va & ~0xfffn)}"]`, act: () => step(1).then(() => {}), show: () => ({ view: "harts" }), values: (play) => [hartOf(play), hex(play.va & ~0xfffn)] },
] };
