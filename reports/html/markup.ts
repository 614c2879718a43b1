// Markup with every value escaped: HTML is written in one place, and nothing that comes from YAML can become a part of it
// (OWASP, "Cross Site Scripting Prevention Cheat Sheet"; Unicode TR 9 for the isolation of names).
import { lookup } from '../../sim/lookup.js';
import { printable } from '../escape.js';

/** Text that is HTML already. Made by `html` only. */
export class Markup {
  constructor(readonly text: string) {}
}

export type MarkupValue = Markup | string | number | null | readonly MarkupValue[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for content and quoted attributes; what would not show as itself is written out. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (char) => lookup(ESCAPES, char)!);
}

/** A template whose values are escaped, unless they are markup themselves; null is nothing, lists are joined. */
export function html(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  let text = strings[0]!;
  values.forEach((value, i) => {
    text += render(value) + strings[i + 1]!;
  });
  return new Markup(text);
}

/** A name that came from the input: its direction of writing stays its own. */
export function named(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}

function render(value: MarkupValue): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string') return escapeHtml(value);
  return typeof value === 'number' ? String(value) : value.map(render).join('');
}
