// SPDX-License-Identifier: MIT
// controls.ts - which tree, which address, which access: the head of the views that walk.
import { choice, choose, harts, trees } from "../app";
import { fill, h } from "../dom";
import { hex, parseNumber } from "../numbers";
import type { TreeView } from "../protocol";
import { t } from "../words";

// The kernel's own tree is the first one that has no memory of a user. Others are the kernel's side of a process, or what
// an ended process has left.
const isFirst = (tree: TreeView): boolean => !trees.some((other) => !other.user && other.number < tree.number);

/** A tree in words. */
export function treeName(tree: TreeView): string {
  const root = hex(tree.root);
  if (!tree.user) return t(isFirst(tree) ? "tree.kernel" : "tree.nouser", root);
  const pid = tree.pid === null ? "" : ` (${tree.pid})`, mark = tree.sure ? "" : "?";
  if (tree.program !== "") return t("tree.program", tree.program + mark + pid, root);
  return tree.pid === null ? t("tree.some", root) : t("tree.process", tree.pid, root);
}

/** The choices of a tree, as [value, words]. */
export function treeOptions(none: boolean): [string, string][] {
  const first: [string, string][] = none ? [["", t("space.one")]] : [["auto", t("tree.auto")]];
  return [...first, ...harts.map((hart): [string, string] => [`hart${hart.id}`, t("tree.hart", hart.id)]),
    ...trees.map((tree): [string, string] => [tree.root.toString(16), treeName(tree)])];
}

/** Says where the names of processes come from. */
export function sourceOfNames(): string {
  const users = trees.filter((tree) => tree.user);
  return users.length === 0 ? "" : t(users.every((tree) => tree.sure) ? "tree.sure" : "tree.guessed");
}

/** Fills a list of choices, unless nothing has changed. */
export function setOptions(list: HTMLSelectElement, options: [string, string][], value: string): void {
  const text = JSON.stringify(options);
  if (list.dataset.options !== text) {
    list.dataset.options = text;
    fill(list, ...options.map(([v, words]) => h("option", { value: v }, words)));
  }
  if (document.activeElement !== list || list.value !== value) list.value = value;
}

function setAddress(input: HTMLInputElement): void {
  const va = parseNumber(input.value);
  input.setAttribute("aria-invalid", String(va === null));
  if (va !== null) choose({ va, level: -1 });
}

function check(name: "sum" | "mxr"): HTMLElement {
  const box = h("input", { type: "checkbox", "data-name": name, onchange: () => choose({ [name]: box.checked }) });
  return h("label", { class: "check", "data-words": `${name}.title` }, box, name.toUpperCase());
}

export function mountControls(into: HTMLElement): void {
  const list = h("select", { class: "tree-choice", onchange: () => choose({ tree: list.value, level: -1, edits: [] }) });
  const address = h("input", { class: "address", spellcheck: "false", size: "19",
    onchange: () => setAddress(address), onkeydown: ((e: KeyboardEvent) => { if (e.key === "Enter") setAddress(address); }) as never });
  const access = h("select", { class: "access", onchange: () => choose({ access: Number(access.value) }) });
  const mode = h("select", { class: "mode", onchange: () => choose({ user: mode.value === "u" }) });
  fill(into, list, address, access, mode, check("sum"), check("mxr"));
}

/** Shows what is chosen. */
export function drawControls(into: HTMLElement): void {
  const find = <E extends HTMLElement>(what: string) => into.querySelector<E>(what) as E;
  setOptions(find<HTMLSelectElement>(".tree-choice"), treeOptions(false), choice.tree);
  find<HTMLSelectElement>(".tree-choice").title = sourceOfNames();
  const address = find<HTMLInputElement>(".address");
  address.title = t("tree.address");
  address.setAttribute("aria-label", t("tree.address"));
  if (document.activeElement !== address || parseNumber(address.value) !== null) {
    if (parseNumber(address.value) !== choice.va) address.value = hex(choice.va);
  }
  setOptions(find<HTMLSelectElement>(".access"), [["0", t("access.read")], ["1", t("access.write")], ["2", t("access.exec")]], String(choice.access));
  setOptions(find<HTMLSelectElement>(".mode"), [["u", t("mode.u")], ["s", t("mode.s")]], choice.user ? "u" : "s");
  for (const name of ["sum", "mxr"] as const) {
    const box = find<HTMLInputElement>(`[data-name=${name}]`);
    box.checked = choice[name];
    (box.parentElement as HTMLElement).title = t(`${name}.title`);
  }
}
