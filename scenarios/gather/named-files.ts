// Files that a scenario names beside its mesh, for `apply` and `delete` of its timeline.

import type { Diagnostic } from '../../models/config/diagnostic.js';
import type { RawDocument } from '../../models/config/document.js';
import type { NamedText } from '../../models/config/resource.js';
import type { Gathered } from './gather.js';

export interface NamedFiles {
  /** By path, as the scenario writes the path. */
  readonly named: ReadonlyMap<string, readonly RawDocument[]>;
  /** Names of the texts that are applied: nothing of them is there before. */
  readonly applied: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

interface Entry {
  readonly apply?: string | readonly string[] | undefined;
  readonly delete?: unknown;
}

export function namedFiles(
  timeline: readonly Entry[],
  read: (path: string) => Gathered,
  parse: (texts: readonly NamedText[]) => readonly RawDocument[],
): NamedFiles {
  const named = new Map<string, readonly RawDocument[]>();
  const applied = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  const take = (path: string): readonly NamedText[] => {
    const gathered = read(path);
    if (!named.has(path)) diagnostics.push(...gathered.diagnostics);
    named.set(path, parse(gathered.texts));
    return gathered.texts;
  };
  for (const { apply, delete: deleted } of timeline) {
    for (const path of [apply ?? []].flat()) for (const { name } of take(path)) applied.add(name);
    for (const path of [deleted ?? []].flat()) if (typeof path === 'string') take(path);
  }
  return { named, applied, diagnostics };
}
