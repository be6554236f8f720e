// SPDX-License-Identifier: MIT
// fault.ts - the story of a page fault, from the instruction to its second try.
import { harts } from "../app";
import { hex } from "../numbers";
import { Events } from "../protocol";
import { causeWords, ruleWords } from "../views/verdict";
import { atPrompt, FAULT, hartOf, only, Play, rootOf, step, Story, type, until, walk } from "./story";

const store = { access: 1, user: true, edits: [] };
const tree = (play: Play) => ({ view: "tree" as const, tree: play.root, va: play.va, level: -1, ...store });

export const faultStory: Story = { id: "fault", title: "story.fault", chapters: [
  { words: "fault.1", spot: ".hart.chosen .pc",
    act: async (play) => {
      await atPrompt("unified");
      await type("ls\n");
      const event = await until(play, FAULT(15));
      await step(-1);
      play.root = rootOf(event.hart);
      play.va = event.value;
    },
    show: (play) => ({ view: "harts", tree: play.root }), values: (play) => [hartOf(play), hex(harts[hartOf(play)].pc), hex(play.va)] },
  { words: "fault.2", spot: ".result, [data-flag=W]", show: tree, values: async (play) => {
    const { walk: found } = await walk(play, play.va, store);
    return [hex(play.va), found.steps.length, found.level, () => ruleWords(found.rule)];
  } },
  { words: "fault.3", spot: ".hart.chosen .trap-words", act: () => step(1).then(() => {}), show: () => ({ view: "harts" }), values: (play) => {
    const hart = harts[hartOf(play)];
    return [hartOf(play), Number(hart.scause), () => causeWords(hart.scause), hex(hart.stval), hex(hart.sepc), hex(hart.pc)];
  } },
  { words: "fault.4", spot: ".strip .mark", act: (play) => until(play, { kinds: Events.entry, harts: only(play) }).then(() => {}), show: tree,
    values: (play) => [hartOf(play), play.event?.place?.name ?? "?", hex(play.event?.before ?? 0n), hex(play.event?.after ?? 0n)] },
  { words: "fault.5", spot: ".hart.chosen .pc", act: (play) => until(play, { kinds: Events.return, harts: only(play) }).then(() => {}), show: () => ({ view: "harts" }),
    values: (play) => [hartOf(play), hex(harts[hartOf(play)].pc)] },
  { words: "fault.6", spot: ".result", act: () => step(1).then(() => {}), show: tree, values: async (play) => {
    const { walk: found } = await walk(play, play.va, store);
    return [hex(play.va), hex(found.pa)];
  } },
] };
