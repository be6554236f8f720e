// SPDX-License-Identifier: MIT
// dom.ts - makes elements.

type Props = Record<string, string | number | boolean | null | undefined | ((e: never) => void)>;
type Child = Node | string | null | undefined | false;

/** An element with attributes; "on..." are listeners, false and null leave an attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  element.append(...children.filter((c): c is Node | string => c !== null && c !== undefined && c !== false));
  return element;
}

function setProp(element: HTMLElement, name: string, value: Props[string]): void {
  if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
  else if (value === true) element.setAttribute(name, "");
  else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
}

/** Makes an element a button for the mouse and the keyboard. */
export function pressable(f: () => void): Props {
  return { role: "button", tabindex: "0", onclick: f, onkeydown: ((event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.stopPropagation();
    f();
  }) as never };
}

/** Replaces what is in an element. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(...children.filter((c): c is Node | string => c !== null && c !== undefined && c !== false));
}

/** Lets a function run at most once a frame. */
export function eachFrame(f: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      f();
    });
  };
}
