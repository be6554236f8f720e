// SPDX-License-Identifier: MIT
// build.mjs - makes the page: bundles the program, and puts it and the files of the machine into one HTML file.
//
// usage: node build.mjs OUT SETTINGS.json
// SETTINGS names the files: {wasm, kernel, firmware?, disk?, facts?, fence?, exercises?, mistaken?: {number: [kernel, facts?]}, sources?: {root, files}, machine: {...}, title}.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { deflateSync } from "node:zlib";

const here = new URL(".", import.meta.url).pathname;
const src = (name) => join(here, "src", name);
const options = { bundle: true, write: false, minify: true, format: "iife", target: "es2022", legalComments: "none" };

// The worker's program is a text in the page's program, which makes a Blob of it.
async function workerText() {
  const result = await build({ ...options, entryPoints: [src("worker/worker.ts")] });
  return result.outputFiles[0].text;
}

async function pageParts() {
  const define = { WORKER_TEXT: JSON.stringify(await workerText()) };
  const result = await build({ ...options, entryPoints: [src("main.ts")], outdir: "out", define });
  const part = (end) => result.outputFiles.find((f) => f.path.endsWith(end))?.text ?? "";
  return { script: part(".js"), style: part(".css") };
}

// A file as text in the page: deflated, in base64.
const packed = (bytes) => deflateSync(bytes, { level: 9 }).toString("base64");

function block(id, bytes) {
  return `<script type="text/plain" id="data-${id}">${packed(bytes)}</script>`;
}

function sourcesText({ root, files }) {
  const text = Object.fromEntries(files.map((path) => [path, readFileSync(join(root, path), "utf8")]));
  return Buffer.from(JSON.stringify(text));
}

function dataBlocks(settings) {
  const blocks = ["wasm", "kernel", "firmware", "disk", "facts", "fence", "exercises"].filter((id) => settings[id])
    .map((id) => block(id, readFileSync(settings[id])));
  for (const [number, [kernel, facts]] of Object.entries(settings.mistaken ?? {})) {
    blocks.push(block(`find-${number}`, readFileSync(kernel)));
    if (facts) blocks.push(block(`find-${number}-facts`, readFileSync(facts)));
  }
  if (settings.sources) blocks.push(block("sources", sourcesText(settings.sources)));
  const told = { title: settings.title, kernel: basename(settings.kernel), machine: settings.machine,
    disk: settings.disk ? basename(settings.disk) : "", vitrine: settings.vitrine };
  blocks.push(`<script type="application/json" id="settings">${JSON.stringify(told).replaceAll("<", "\\u003c")}</script>`);
  return blocks.join("\n");
}

const [out, settingsPath] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(settingsPath, "utf8"));
const { script, style } = await pageParts();
const licences = readFileSync(join(here, "LICENCES.md"), "utf8").replaceAll("--", "- -");
const fill = { STYLE: () => style, DATA: () => dataBlocks(settings), LICENCES: () => licences,
  SCRIPT: () => script.replaceAll("</script", "<\\/script") };
const html = readFileSync(src("page.html"), "utf8").replace(/\{\{(\w+)\}\}/g, (_, name) => fill[name]());
writeFileSync(out, html);
console.error(`${out}: ${(html.length / 1e6).toFixed(1)} MB`);
