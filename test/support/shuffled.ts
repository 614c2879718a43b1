// The same documents in another order, in other files: what a directory, a tool that renders or an editor may do to them without a change of meaning.

import { stableJson } from '../../reports/json.js';
import { fingerprint } from '../../reports/results.js';
import { loadMesh, type NamedText, simulate } from '../../scenarios/library.js';

/** The YAML documents of a text. */
export function documentsIn(text: string): string[] {
  return text.split(/^---.*$/m).filter((document) => /^[^#\s]/m.test(document));
}

/** A generator of whole numbers below n, from a seed (Park and Miller). */
export function below(seed: number): (n: number) => number {
  let state = (Math.abs(seed) % 2147483646) + 1;
  return (n) => {
    state = (state * 48271) % 2147483647;
    return state % n;
  };
}

/** The documents in another order, spread over files of other names. */
export function shuffled(documents: readonly string[], seed: number): NamedText[] {
  const next = below(seed);
  const order = [...documents];
  for (let i = order.length - 1; i > 0; i--) {
    const j = next(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const texts: NamedText[] = [];
  while (order.length > 0) {
    const part = order.splice(0, 1 + next(4));
    texts.push({ name: `${next(1_000_000)}-${texts.length}.yaml`, text: part.join('\n---\n') });
  }
  return texts.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The fingerprint of a short run without the places in files, which move with the documents. */
export async function fingerprintOf(texts: readonly NamedText[], scenario: string, duration: string): Promise<string> {
  const mesh = loadMesh([...texts, { name: 'scenario.yaml', text: scenario }]);
  const result = await simulate(mesh, { workers: 0, replications: 1, duration });
  return fingerprint(stableJson(withoutPlaces(result)));
}

/** The plan as text, without places. */
export function planOf(texts: readonly NamedText[], scenario: string): string {
  return stableJson(withoutPlaces(loadMesh([...texts, { name: 'scenario.yaml', text: scenario }]).plan));
}

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value === 'string') return value.replace(/[\w./-]+\.ya?ml:\d+/g, 'FILE:LINE');
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => name !== 'position');
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutPlaces(inner)]));
}
