// SPDX-License-Identifier: MIT
// call.ts - the story of a system call, in one tree for both modes and through the trampoline.
import { harts } from "../app";
import { hex } from "../numbers";
import { Events } from "../protocol";
import { atPrompt, CALL, Chapter, hartOf, only, rootOf, Story, type, until } from "./story";

const WRITE = 16;
const fetch = { access: 2, edits: [], level: -1 };

function ecall(design: string, words: Chapter["words"]): Chapter {
  return { words, spot: ".hart.chosen .satp, .hart.chosen .trap-words", show: (play) => ({ view: "harts", tree: play.root }),
    act: async (play) => {
      await atPrompt(design);
      await type("echo hello\n");
      await until(play, CALL(WRITE));
      play.root = rootOf(hartOf(play));
      play.va = harts[hartOf(play)].pc;
      play.notes.satp = harts[hartOf(play)].satp;
    },
    values: (play) => [hartOf(play), hex(harts[hartOf(play)].sepc), hex(play.va), hex(play.notes.satp)] };
}

const vector = (words: Chapter["words"], user: boolean): Chapter => (
  { words, spot: "[data-flag=U], [data-flag=X], [data-flag=G], .result", show: (play) => ({ view: "tree", tree: play.root, va: play.va, user, ...fetch }), values: (play) => [hex(play.va)] });

function home(words: Chapter["words"]): Chapter {
  return { words, spot: ".hart.chosen .satp, .hart.chosen .pc", show: () => ({ view: "harts" }), act: async (play) => {
    await until(play, { kinds: Events.return, harts: only(play) });
    play.notes.back = harts[hartOf(play)].satp;
  }, values: (play) => [hartOf(play), hex(harts[hartOf(play)].pc), hex(play.notes.back)] };
}

const other = (words: Chapter["words"]): Chapter => ({ words, spot: ".result", act: (play) => until(play, { kinds: Events.satp, harts: only(play) }).then(() => {}),
  show: (play) => ({ view: "tree", tree: rootOf(hartOf(play)), va: play.va, user: false, ...fetch }),
  values: (play) => [hartOf(play), play.event?.place?.name ?? "?", hex(play.event?.before ?? 0n), hex(play.event?.after ?? 0n), hex(play.event?.pc ?? 0n)] });

export const callStory: Story = { id: "call", title: "story.call", chapters: [
  ecall("unified", "call.1"), vector("call.2", false), vector("call.3", true), home("call.4"),
  ecall("global", "call.5"), vector("call.6", false), other("call.7"), home("call.8"),
] };
