// SPDX-License-Identifier: MIT
// reports.ts - takes what the checks have reported out of the module.
import { Report, ReportText } from "../protocol";
import { Module } from "./module";

const VIEW_WORDS = 4; // of struct report_view

/** The lines of a report, as the native program prints them, taken apart: a head and its sentence. */
function parts(text: string): ReportText {
  const all: ReportText = [];
  for (const line of text.split("\n")) {
    const begins = /^(glass:| {2}\S+?:)\s+(.*)$/.exec(line);
    const last = all[all.length - 1];
    if (begins) all.push({ head: begins[1].trim().replace(/:$/, ""), words: begins[2] });
    else if (last && line.trim() !== "") last.words = joined(last.words, line.trim());
  }
  return all;
}

/** A line was broken at a space, or beside a Chinese character. */
function joined(before: string, after: string): string {
  const wide = /[\u3000-\u9fff\uff00-\uffef]/;
  return before + (wide.test(before.slice(-1)) || wide.test(after[0]) ? "" : " ") + after;
}

/** Report `i` of those in the module's memory at `reports`. */
export function readReport(module: Module, machine: number, reports: number, i: number): Report {
  module.x.web_report(reports, i, module.askRoom);
  const [kind, when, hart, note] = module.words(module.askRoom, VIEW_WORDS);
  const say = (language: number) => parts(module.string(module.x.web_report_words(machine, reports, i, language)));
  return { kind: module.string(Number(kind)), when: Number(when), hart: Number(hart), note: note !== 0n, en: say(0), zh: say(1) };
}
