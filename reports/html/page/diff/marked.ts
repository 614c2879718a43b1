// Where two values of a field differ: what lies between their common beginning and their common end.

export type Run = readonly [kind: 'same' | 'other', text: string];

/** The part of a text that the other does not share, in whole words. */
export function marked(text: string, other: string): Run[] {
  const own = words(text);
  const theirs = words(other);
  let start = 0;
  while (start < own.length && start < theirs.length && own[start] === theirs[start]) start++;
  let end = 0;
  const room = Math.min(own.length, theirs.length) - start;
  while (end < room && own[own.length - 1 - end] === theirs[theirs.length - 1 - end]) end++;
  const runs: Run[] = [
    ['same', own.slice(0, start).join('')],
    ['other', own.slice(start, own.length - end).join('')],
    ['same', own.slice(own.length - end).join('')],
  ];
  return runs.filter(([, run]) => run !== '');
}

function words(text: string): string[] {
  return text.match(/[\w.]+|[^\w.]/gu) ?? [];
}
