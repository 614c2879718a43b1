// A table looked up by a word that somebody else has chosen. A plain index on an object literal finds `constructor`, `toString` or `__proto__` too, which
// every object inherits; scripts/laws/lookups.ts bans it.

/** The table's own entry for a word, or undefined. */
export function lookup<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** Sets an own entry, also one with an inherited name such as `__proto__`, to which an assignment would be lost. */
export function setEntry<T>(table: Record<string, T>, word: string, value: T): void {
  if (word === '__proto__') {
    Object.defineProperty(table, word, { value, writable: true, enumerable: true, configurable: true });
  } else {
    table[word] = value;
  }
}
