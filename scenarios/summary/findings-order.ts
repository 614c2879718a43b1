// The order of findings about the input in a result. It is that of what the findings say: in which file, and where in it, a document stands is no
// part of what a mesh does, and must not change the order of a list.
import type { Diagnostic, FidelityEntry } from '../../models/config/diagnostic.js';

/** By resource, then by the path of the field, then by what it means. */
export function orderedFidelity(entries: readonly FidelityEntry[]): FidelityEntry[] {
  return ordered(entries, ({ resource, path, meaning, status }) => [resource, numbered(path), meaning, status]);
}

/** By code, then by what is said. */
export function orderedDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return ordered(diagnostics, ({ code, message, hint }) => [code, numbered(message), hint ?? '']);
}

/** What says the same keeps its order, which is that of the places. */
function ordered<T>(list: readonly T[], key: (entry: T) => readonly string[]): T[] {
  const keyed = list.map((entry) => ({ entry, key: key(entry).join('\n') }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ entry }) => entry);
}

/** `http[2]` comes before `http[10]`. */
function numbered(text: string): string {
  return text.replace(/\d+/g, (digits) => digits.padStart(9, '0'));
}
