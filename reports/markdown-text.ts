// Text of the input inside GitHub-flavoured Markdown. Source: GitHub Flavored Markdown Spec 0.29 (https://github.github.com/gfm/), whose tables
// split at `|` before code spans are read.
import { printable } from './escape.js';

/**
 * A name or a value from the input, in code type. Inside it GitHub makes no links, mentions or emphasis; what a code span cannot hold in a
 * table (`|`, a back-tick, a line break) is written as a character reference.
 */
export function code(text: string): string {
  const shown = printable(text);
  if (shown === '') return '<code></code>';
  if (!/[`|\\]/.test(shown) && shown === shown.trim()) return `\`${shown}\``;
  return `<code>${shown.replace(/[^A-Za-z0-9 ./:-]/gu, (char) => `&#${char.codePointAt(0)};`)}</code>`;
}

/** A sentence of ours that may hold words of the input: nothing in it is markup, a link or a mention. */
export function prose(text: string): string {
  return printable(text).replace(/[&<>`*_[\]|\\~#@!$]/g, (char) =>
    char === '@' ? '@<!-- -->' : `&#${char.charCodeAt(0)};`,
  );
}

/** Begins with a capital letter. */
export function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** A block of shell commands; its fence is longer than any in the text. */
export function fenced(text: string): string {
  const shown = printable(text);
  const longest = (shown.match(/`+/g) ?? []).reduce((max, run) => Math.max(max, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${shown}\n${fence}`;
}
