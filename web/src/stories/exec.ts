// SPDX-License-Identifier: MIT
// exec.ts - the story of exec: a new tree beside the old one, and then the old one is gone.
import { harts } from "../app";
import { hex } from "../numbers";
import { Events } from "../protocol";
import { atPrompt, CALL, hartOf, rootOf, Story, type, until, untilWhere } from "./story";

const EXEC = 7;

export const execStory: Story = { id: "exec", title: "story.exec", chapters: [
  { words: "exec.1", spot: ".block.text rect", show: (play) => ({ view: "space", tree: play.root, other: "" }),
    act: async (play) => {
      await atPrompt("unified");
      await type("ls\n");
      await until(play, CALL(EXEC));
      play.root = rootOf(hartOf(play));
    }, values: (play) => [hartOf(play), hex(harts[hartOf(play)].x[10]), "0x" + play.root] },
  { words: "exec.2", spot: ".hart.chosen .pc, .hart.chosen .satp", show: (play) => ({ view: "harts", tree: play.root }),
    act: async (play) => {
      await untilWhere(play, { kinds: Events.return }, (e) => rootOf(e.hart) !== play.root && harts[e.hart].pc < 0x10000n && harts[e.hart].x[11] >= harts[e.hart].x[2]);
      play.other = rootOf(hartOf(play));
      play.va = harts[hartOf(play)].pc;
    }, values: (play) => [hartOf(play), hex(play.va), "0x" + play.other, Number(harts[hartOf(play)].x[10])] },
  { words: "exec.3", spot: ".block.text rect, .block.data rect", show: (play) => ({ view: "space", tree: play.other, other: "" }), values: (play) => ["0x" + play.other] },
  { words: "exec.4", spot: ".result", show: (play) => ({ view: "tree", tree: play.other, va: play.va, access: 2, user: true, level: -1, edits: [] }), values: (play) => [hex(play.va)] },
] };
