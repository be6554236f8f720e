// SPDX-License-Identifier: MIT
// places.ts - places of the program in words.
import { hex } from "../numbers";
import type { Place } from "../protocol";
import { t } from "../words";

/** "walk+0x10 (kernel/vm.c:93)", or the address alone. */
export function placeWords(place: Place | null, pc: bigint): string {
  if (!place) return t("place.pc", hex(pc));
  const at = place.offset === 0 ? place.name : `${place.name}+0x${place.offset.toString(16)}`;
  return place.file === "" ? at : `${at} (${shortFile(place.file)}:${place.line})`;
}

/** The last two parts of a path are enough. */
export const shortFile = (file: string): string => file.split("/").slice(-2).join("/");
