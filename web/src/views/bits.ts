// SPDX-License-Identifier: MIT
// bits.ts - rulers of bits: an address by its indices, an entry by its fields.
import type { Selection } from "d3-selection";
import { FLAGS } from "../flags";
import { hex, hexWide, indexAt } from "../numbers";
import { t } from "../words";

type G = Selection<SVGGElement, unknown, null, undefined>;

interface Field {
  name: string;
  value: string;
  bits: number;
  width: number;
  kind: string;
  top: number; // the highest bit
}

function draw(g: G, fields: Field[], height: number): void {
  let x = 0;
  const placed = fields.map((f) => {
    const at = x;
    x += f.width;
    return { ...f, x: at };
  });
  const all = g.selectAll<SVGGElement, (typeof placed)[0]>("g.field").data(placed, (_, i) => i);
  const made = all.enter().append("g").attr("class", "field");
  made.append("rect").attr("class", "box");
  made.append("text").attr("class", "value");
  made.append("text").attr("class", "name");
  made.append("text").attr("class", "bit");
  const each = made.merge(all).attr("transform", (d) => `translate(${d.x},0)`).attr("data-kind", (d) => d.kind);
  each.select("rect").attr("width", (d) => d.width - 2).attr("height", height).attr("y", 11).attr("rx", 2);
  each.select(".value").attr("x", (d) => (d.width - 2) / 2).attr("y", 11 + height / 2).text((d) => d.value);
  each.select(".name").attr("x", (d) => (d.width - 2) / 2).attr("y", height + 22).text((d) => d.name);
  each.select(".bit").attr("x", 1).attr("y", 8).text((d) => String(d.top));
  all.exit().remove();
}

/** 25 | 9 | 9 | 9 | 12 for three levels. */
export function addressRuler(g: G, va: bigint, levels: number, width: number): void {
  const unused = 52 - 9 * levels;
  const fields: Field[] = [];
  const used = 9 * levels + 12, wideUnused = Math.min(130, width * 0.18), per = (width - wideUnused) / used;
  const above = BigInt.asUintN(64, va) >> BigInt(64 - unused);
  fields.push({ name: t("bits.copies", 64 - unused - 1), value: hex(above), bits: unused, width: wideUnused, kind: "rest", top: 63 });
  for (let level = levels - 1; level >= 0; level--)
    fields.push({ name: t("bits.index", level), value: String(indexAt(va, level)), bits: 9, width: 9 * per, kind: `level${level}`, top: 20 + 9 * level });
  fields.push({ name: t("bits.offset"), value: hex(va & 0xfffn), bits: 12, width: 12 * per, kind: "offset", top: 11 });
  draw(g, fields, 20);
}

/** 10 | 44 | 2 | D A G U X W R V. */
export function entryRuler(g: G, pte: bigint, width: number): void {
  const small = 21, fields: Field[] = [];
  const reserved = 70, rsw = 40, ppn = width - reserved - rsw - 8 * small;
  fields.push({ name: t("bits.reserved"), value: hexWide(pte >> 54n, 3), bits: 10, width: reserved, kind: "rest", top: 63 });
  fields.push({ name: t("bits.ppn"), value: hex((pte >> 10n) & ((1n << 44n) - 1n)), bits: 44, width: ppn, kind: "ppn", top: 53 });
  fields.push({ name: "RSW", value: ((pte >> 8n) & 3n).toString(2).padStart(2, "0"), bits: 2, width: rsw, kind: "rest", top: 9 });
  for (const f of FLAGS) {
    const on = (pte >> BigInt(f.bit)) & 1n;
    fields.push({ name: f.letter, value: String(on), bits: 1, width: small, kind: on ? "on" : "off", top: f.bit });
  }
  draw(g, fields, 20);
}
