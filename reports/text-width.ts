// Columns that a text takes on a terminal, and texts that have to be cut to a number of columns without two of them becoming alike.

/** Columns that a text takes: 0 for combining marks, 2 for East Asian wide characters and emoji. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

function charWidth(char: string): number {
  if (/\p{M}/u.test(char)) return 0;
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
    char,
  )
    ? 2
    : 1;
}

/** `text` in at most `width` columns, with `…` for what its middle held. */
export function cut(text: string, width: number): string {
  return cutAt(text, width, Math.ceil((width - 1) / 2));
}

/**
 * Each of `texts` in at most `width` columns, such that different texts stay different: cut in the middle, where that tells them apart;
 * else where it does; numbered where no place does. Equal texts are cut alike. From 4 columns on.
 */
export function cutApart(texts: readonly string[], width: number): string[] {
  const distinct = [...new Set(texts)];
  const shown = new Map<string, string>();
  const taken = new Set<string>();
  const alike = new Map<string, string[]>();
  for (const text of distinct) {
    const short = cut(text, width);
    const group = alike.get(short);
    if (group === undefined) alike.set(short, [text]);
    else group.push(text);
  }
  for (const [short, [text, ...others]] of alike) {
    if (others.length > 0) continue;
    shown.set(text, short);
    taken.add(short);
  }
  for (const group of alike.values()) {
    if (group.length < 2) continue;
    for (const [text, short] of tellApart(group, width, taken)) {
      shown.set(text, short);
      taken.add(short);
    }
  }
  return texts.map((text) => shown.get(text) ?? text);
}

/** Texts whose usual cut is the same. */
function tellApart(
  group: readonly string[],
  width: number,
  taken: ReadonlySet<string>,
): (readonly [text: string, short: string])[] {
  const isApart = (shorts: readonly string[]): boolean =>
    new Set(shorts).size === group.length && !shorts.some((short) => taken.has(short));
  // From the middle outward: an end that is short says little.
  const middle = Math.ceil((width - 1) / 2);
  for (let off = 1; off < middle; off++) {
    for (const head of [middle - off, middle + off]) {
      const shorts = group.map((text) => cutAt(text, width, head));
      if (isApart(shorts)) return group.map((text, index) => [text, shorts[index]]);
    }
  }
  const windows = group.map((text) => cutAround(text, width, firstDifference(group)));
  if (isApart(windows)) return group.map((text, index) => [text, windows[index]]);
  let number = 0;
  return group.map((text) => {
    for (;;) {
      number += 1;
      const ordinal = `…${number}`;
      const short = `${take([...text], Math.max(0, width - ordinal.length))}${ordinal}`;
      if (!taken.has(short)) return [text, short];
    }
  });
}

/** At most `head` columns of the beginning, and of the end what still fits. */
function cutAt(text: string, width: number, head: number): string {
  if (displayWidth(text) <= width) return text;
  const chars = [...text];
  const start = take(chars, head);
  return `${start}…${takeLast(chars, width - 1 - displayWidth(start))}`;
}

/** `shop…b-1…local`: the beginning, what stands around the character at `index`, and no more than fits. */
function cutAround(text: string, width: number, index: number): string {
  const chars = [...text];
  const start = take(chars, Math.floor(width / 4));
  const from = Math.max(start.length, index - 1);
  const room = width - displayWidth(start) - 2;
  return `${start}…${take(chars.slice(from), room)}…`;
}

function firstDifference(texts: readonly string[]): number {
  const [first, ...others] = texts.map((text) => [...text]);
  const at = first.findIndex((char, index) => others.some((other) => other[index] !== char));
  return at < 0 ? first.length : at;
}

function take(chars: readonly string[], width: number): string {
  let used = 0;
  let count = 0;
  for (const char of chars) {
    used += charWidth(char);
    if (used > width) break;
    count += 1;
  }
  return chars.slice(0, count).join('');
}

function takeLast(chars: readonly string[], width: number): string {
  let used = 0;
  let count = 0;
  for (const char of chars.toReversed()) {
    used += charWidth(char);
    if (used > width) break;
    count += 1;
  }
  return count === 0 ? '' : chars.slice(-count).join('');
}
