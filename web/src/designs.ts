// SPDX-License-Identifier: MIT
// designs.ts - runs the same programs in each of the four designs, each in a machine of its own.
import { machineOf } from "./files";
import { Link } from "./link";
import type { Range, TreeView } from "./protocol";

export const DESIGNS = ["unified", "global", "fullcopy", "sharedroot"] as const;
export const OPERATIONS = ["null", "copy", "fork", "exec", "switch", "fault"] as const;
export type Design = (typeof DESIGNS)[number];

/** One operation, once. */
export interface Cost {
  instructions: number;
  satp: number;
  fences: number;
}

export interface Measured {
  costs: Partial<Record<string, Cost>>;
  tables: number; // of a process
  kernelTables: number;
  ranges: Range[]; // of the shell's own tree
}

const PATIENCE_MS = 240_000;

// kptbench DESIGN OPERATION TIMES INSTRUCTIONS NANOSECONDS SATP FENCES
function readCosts(text: string): Pick<Measured, "costs" | "tables" | "kernelTables"> {
  const costs: Measured["costs"] = {};
  for (const [, name, ...numbers] of text.matchAll(/^kptbench \w+ (\w+) (\d+) (\d+) (\d+) (\d+) (\d+)/gm)) {
    const [times, instructions, , satp, fences] = numbers.map(Number);
    costs[name] = { instructions: Math.round(instructions / times), satp: satp / times, fences: fences / times };
  }
  const tables = /^kptbench \w+ tables (\d+) (\d+)/m.exec(text);
  return { costs, tables: Number(tables?.[1] ?? 0), kernelTables: Number(tables?.[2] ?? 0) };
}

/** Boots Vitrine in a design, runs its bench, and looks at the shell's tree. `tell` hears what is printed. */
export async function measure(design: Design, tell: (text: string) => void): Promise<Measured> {
  const link = new Link(), decoder = new TextDecoder();
  let text = "";
  link.on("console", ({ bytes }) => {
    text += decoder.decode(bytes);
    tell(text);
  });
  try {
    const { parts, settings } = await machineOf(`kpt=${design} quiet`);
    await link.call("load", parts, settings);
    await link.call("run", true);
    await until(() => /^\$ /m.test(text));
    await link.call("type", new TextEncoder().encode("kptbench\n"));
    await until(() => /^kptbench \w+ tables \d+ \d+[\s\S]*^\$ /m.test(text.replaceAll("\r", "")));
    await link.call("run", false);
    const trees = await link.look<TreeView[]>("trees");
    const shell = trees.find((tree) => tree.user && tree.program === "sh") ?? trees.find((tree) => tree.user);
    return { ...readCosts(text.replaceAll("\r", "")), ranges: shell ? await link.look<Range[]>("ranges", shell.satp) : [] };
  } finally {
    link.end();
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !holds(); ) {
    if (performance.now() > end) throw new Error("time");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
