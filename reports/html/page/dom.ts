// Elements made without any markup: text is text and attributes are attributes, so that no name can become HTML.
import { printable } from '../../escape.js';

export type Child = Node | string | number | null | readonly Child[];
/** `class`, `aria-…`, `data-…` as attributes; `on…` as listeners; false and null leave an attribute out, true sets it empty. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | ((event: Event) => void)>>;

const SVG = 'http://www.w3.org/2000/svg';

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  assign(element, attributes);
  append(element, children);
  return element;
}

export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  assign(element, attributes);
  append(element, children);
  return element;
}

/** A name that came from the input. */
export function named(text: string): HTMLElement {
  return h('bdi', {}, text);
}

export function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null) continue;
    if (child instanceof Node) parent.append(child);
    else if (typeof child === 'string' || typeof child === 'number') parent.append(printable(String(child)));
    else append(parent, child as readonly Child[]);
  }
}

export function replaceChildren(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

/** The element of the page into which a part is drawn. */
export function mountOf(part: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-part="${part}"]`);
}

let lastId = 0;

/** A new id for `aria-controls` and its kin. */
export function freshId(prefix: string): string {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** Says something to who cannot see it happen. */
export function announce(text: string): void {
  announcer().textContent = printable(text);
}

let region: HTMLElement | null = null;

function announcer(): HTMLElement {
  if (region === null) {
    region = h('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
    document.querySelector('main')?.append(region);
  }
  return region;
}

function assign(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
    else element.setAttribute(name, value === true ? '' : printable(String(value)));
  }
}
