// SPDX-License-Identifier: MIT
// fork.ts - the story of a fork and the first write after it.
import { harts, link, satpOf } from "../app";
import { hex } from "../numbers";
import { Events } from "../protocol";
import { ruleWords } from "../views/verdict";
import { atPrompt, CALL, FAULT, hartOf, known, only, Play, rootOf, Story, type, until, untilWhere, walk } from "./story";

const FORK = 1;
const store = { access: 1, user: true, edits: [] };
const tree = (play: Play) => ({ view: "tree" as const, tree: play.root, va: play.va, level: -1, ...store });

export const forkStory: Story = { id: "fork", title: "story.fork", chapters: [
  { words: "fork.1", spot: ".block.data rect", show: (play) => ({ view: "space", tree: play.root, other: "" }),
    act: async (play) => {
      await atPrompt("unified");
      await type("ls\n");
      await until(play, CALL(FORK));
      play.root = play.other = rootOf(hartOf(play));
    }, values: (play) => [hartOf(play), "0x" + play.root] },
  { words: "fork.2", spot: "[data-flag=W], [data-flag=V]", show: tree,
    act: async (play) => {
      await untilWhere(play, { kinds: Events.entry, harts: only(play) }, async (e) => {
        const va = await link.look<bigint | null>("addressOf", satpOf(play.root), e.pa);
        if (va !== null) play.va = va;
        return va !== null && va < 1n << 38n;
      });
    }, values: (play) => [hex(play.va), play.event?.place?.name ?? "?", hex(play.event?.before ?? 0n), hex(play.event?.after ?? 0n)] },
  { words: "fork.3", spot: ".block.differs rect", show: (play) => ({ view: "space", tree: play.root, other: play.other }),
    act: async (play) => {
      await untilWhere(play, { kinds: Events.return | Events.satp }, (e) => {
        const root = rootOf(e.hart);
        if (root !== play.root && known(root) && harts[e.hart].mode === 0) play.other = root;
        return play.other !== play.root;
      });
    }, values: (play) => ["0x" + play.root, "0x" + play.other] },
  { words: "fork.4", spot: ".result, [data-flag=W]", show: (play) => ({ ...tree(play), other: "" }),
    act: async (play) => {
      const event = await until(play, FAULT(15));
      play.root = rootOf(event.hart);
      play.va = event.value;
    },
    values: async (play) => {
      const { walk: found } = await walk(play, play.va, store);
      return [hartOf(play), hex(play.va), () => ruleWords(found.rule)];
    } },
  { words: "fork.5", spot: ".result, [data-flag=W]", show: tree, act: (play) => until(play, { kinds: Events.return, harts: only(play) }).then(() => {}),
    values: async (play) => {
      const { walk: found } = await walk(play, play.va, store);
      return [hex(play.va), hex(found.pa)];
    } },
] };
