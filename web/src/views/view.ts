// SPDX-License-Identifier: MIT
// view.ts - what each view is.
import type { ViewName } from "../app";
import type { Key } from "../words";

export type Looks = Record<string, unknown>;
export type Ask = [name: string, ...args: unknown[]];

export interface View {
  name: ViewName;
  title: Key;
  key: string; // of the keyboard
  /** Makes the view's elements. */
  mount(into: HTMLElement): void;
  /** What it wants to know of the machine after each change. */
  asks(): Record<string, Ask>;
  /** Shows what was told; called again when the person chooses something. */
  draw(looks: Looks): void;
}
