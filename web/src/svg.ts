// SPDX-License-Identifier: MIT
// svg.ts - pictures: a view as an SVG file, and as text for the clipboard.

const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "fill-opacity", "font-size", "font-family", "font-weight",
  "text-anchor", "dominant-baseline", "letter-spacing"];

// A picture has no style sheet: each element gets what the page's one gives it.
function inlineStyles(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  to.setAttribute("style", KEPT.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
  to.removeAttribute("class");
  [...from.children].forEach((child, i) => inlineStyles(child, to.children[i]));
}

function background(): string {
  return getComputedStyle(document.documentElement).getPropertyValue("--paper").trim();
}

function picture(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  inlineStyles(svg, copy);
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(Math.ceil(width)));
  copy.setAttribute("height", String(Math.ceil(height)));
  copy.style.background = background();
  return new XMLSerializer().serializeToString(copy);
}

// An element that is no picture becomes one with the page's text in it.
function pictureOfPage(element: HTMLElement): string {
  const { width, height } = element.getBoundingClientRect();
  const copy = element.cloneNode(true) as HTMLElement;
  const copies = [...copy.querySelectorAll("canvas")];
  element.querySelectorAll("canvas").forEach((canvas, i) => {
    const image = document.createElement("img");
    image.src = canvas.toDataURL();
    image.setAttribute("style", `width:${canvas.clientWidth}px;height:${canvas.clientHeight}px;image-rendering:pixelated${i > 0 ? `;position:absolute;left:${canvas.offsetLeft}px;top:${canvas.offsetTop}px` : ""}`);
    copies[i].replaceWith(image);
  });
  const sheet = document.querySelector("style")?.textContent ?? "";
  const body = new XMLSerializer().serializeToString(copy);
  const theme = document.documentElement.dataset.theme ?? "light";
  const height2 = Math.ceil(Math.max(height, element.scrollHeight));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${height2}"><foreignObject width="100%" height="100%">` +
    `<div xmlns="http://www.w3.org/1999/xhtml" class="svg-root" data-theme="${theme}"><style>${sheet.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</style>${body}</div></foreignObject></svg>`;
}

/** The view as an SVG file's text. */
export function asSvg(view: HTMLElement): string {
  const svg = view.querySelector<SVGSVGElement>("svg[data-picture]");
  return svg ? picture(svg) : pictureOfPage(view);
}

/** Copies it; where the clipboard is closed to the page, it is offered as a file. */
export async function copySvg(view: HTMLElement, name: string): Promise<"copied" | "saved"> {
  const text = asSvg(view);
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    const a = document.createElement("a");
    a.href = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    a.download = `vitrine-${name}.svg`;
    a.click();
    return "saved";
  }
}
