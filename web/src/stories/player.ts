// SPDX-License-Identifier: MIT
// player.ts - plays stories.
export function mountStories(into: HTMLElement): void {
  void into;
}
