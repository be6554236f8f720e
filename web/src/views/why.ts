// SPDX-License-Identifier: MIT
// why.ts - "why?" of an entry, wherever it is shown: the store that made it what it is, and the way to that moment.
import { link } from "../app";
import { fill, h } from "../dom";
import { grouped, hex } from "../numbers";
import { during } from "../progress";
import type { Change, Path } from "../protocol";
import { goTo } from "../timeline";
import { t } from "../words";
import { placeWords } from "./places";

/** The physical address of the last entry on the way of an address; null: nothing is read for it. */
export async function leafOf(satp: bigint, va: bigint): Promise<bigint | null> {
  const path = await link.look<Path>("path", { satp, va, access: 0, user: false, sum: true, mxr: true, updateAd: true, edits: [] });
  return path.walk.steps[path.walk.steps.length - 1]?.pa ?? null;
}

function answerOf(found: Change): (Node | string)[] {
  const by = found.hart < 0 ? t("entry.device") : t("entry.hart", found.hart);
  return [t("entry.writer", grouped(found.when), by, found.hart < 0 ? "" : placeWords(found.place, found.pc), hex(found.was), hex(found.is)), " ",
    found.calls.length > 1 ? h("span", { class: "calls" }, found.calls.join(" < ")) : "", " ", h("button", { class: "link", onclick: () => goTo(found.when) }, t("entry.go"))];
}

/** Looks back for the store of the entry at `pa` and tells it in `into`. */
export async function tellWhy(pa: bigint | null, into: HTMLElement): Promise<void> {
  if (pa === null) return fill(into, t("why.noentry"));
  fill(into, t("entry.looking"));
  const found = await during(t("entry.looking"), link.call<Change | null>("whoStored", pa));
  fill(into, h("b", { class: "mono" }, `${hex(pa)} `), ...(found ? answerOf(found) : [t("entry.nobody")]));
}

/** The small button beside a row. */
export function whyLink(entry: () => Promise<bigint | null>, into: HTMLElement): HTMLElement {
  return h("button", { class: "link whylink", title: t("entry.why"), onclick: ((e: MouseEvent) => {
    e.stopPropagation();
    void entry().then((pa) => tellWhy(pa, into));
  }) as never }, t("why.short"));
}
