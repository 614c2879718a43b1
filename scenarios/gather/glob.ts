// Shell patterns: `*`, `?`, `[a-z]`, `{a,b}` (POSIX.1-2024, XCU 2.14 Pattern Matching Notation; braces as in bash). Matching is
// linear in the pattern times the name, whatever the pattern.

const GLOB_CHARACTER = /[*?[{]/;

export function isGlob(text: string): boolean {
  return GLOB_CHARACTER.test(text);
}

const MAX_EXPANSIONS = 1000;

/** `a/{b,c}.yaml` → `a/b.yaml`, `a/c.yaml`; braces without a comma or an end stand for themselves. At most 1,000 patterns. */
export function expandBraces(pattern: string): string[] {
  const done: string[] = [];
  const open = [pattern];
  while (open.length > 0 && done.length < MAX_EXPANSIONS) {
    const current = open.pop()!;
    const braces = firstBraces(current);
    if (braces === null) done.push(current);
    else for (const choice of braces.choices.reverse()) open.push(`${braces.before}${choice}${braces.after}`);
  }
  return [...new Set(done)];
}

interface Braces {
  readonly before: string;
  readonly choices: string[];
  readonly after: string;
}

/** The first innermost braces with a comma. */
function firstBraces(pattern: string): Braces | null {
  const found = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
  if (found === null) return null;
  const before = pattern.slice(0, found.index);
  return { before, choices: found[1]!.split(','), after: pattern.slice(found.index + found[0].length) };
}

/** Whether a name matches a pattern without `/`. After a mismatch, the last `*` takes one more character. */
export function matchesSegment(name: string, pattern: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const length = pattern[next] === '*' ? 0 : matchOne(name[at]!, pattern, next);
    if (pattern[next] === '*') {
      star = next;
      starAt = at;
      next += 1;
    } else if (length > 0) {
      at += 1;
      next += length;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      next = star + 1;
    } else return false;
  }
  while (pattern[next] === '*') next += 1;
  return next === pattern.length;
}

/** Length of the pattern's element at `next` if it matches the character, else 0. */
function matchOne(character: string, pattern: string, next: number): number {
  const element = pattern[next];
  if (element === undefined) return 0;
  if (element === '?') return 1;
  const close = element === '[' ? pattern.indexOf(']', next + 2) : -1;
  if (close < 0) return element === character ? 1 : 0;
  const negated = pattern[next + 1] === '!' || pattern[next + 1] === '^';
  const isIn = inSet(character, pattern.slice(next + (negated ? 2 : 1), close));
  return isIn === negated ? 0 : close - next + 1;
}

function inSet(character: string, set: string): boolean {
  for (let i = 0; i < set.length; i++) {
    const isRange = set[i + 1] === '-' && i + 2 < set.length;
    if (isRange ? character >= set[i]! && character <= set[i + 2]! : character === set[i]) return true;
    if (isRange) i += 2;
  }
  return false;
}
