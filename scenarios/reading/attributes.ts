// Who makes a request: `user: zipf(10000, 1.1)`.
import type { FieldPath } from '../../models/config/resource.js';
import type { AttributePlan } from '../../models/plan/contract/plan.js';
import type { ScenarioReader } from './reader.js';

/** Zipf's law keeps a table of its values. */
const MAX_VALUES = 1_000_000;

export function readAttributes(
  reader: ScenarioReader,
  path: FieldPath,
  given: Readonly<Record<string, string | number>> | undefined,
): AttributePlan[] {
  return Object.entries(given ?? {}).flatMap(([name, word]) => {
    if (!/^[A-Za-z][\w.-]*$/.test(name)) {
      reader.wrong(
        [...path, name],
        `expected a name of letters, digits, "-", "_" and ".", found ${JSON.stringify(name)}`,
      );
      return [];
    }
    const attribute = parseAttribute(name, String(word));
    if (attribute !== null) return [attribute];
    reader.wrong(
      [...path, name],
      `expected uniform(N) or zipf(N, S) with N from 1 to ${MAX_VALUES} and S from 0 to 10, found ${JSON.stringify(word)}`,
      'for example zipf(10000, 1.1)',
    );
    return [];
  });
}

function parseAttribute(name: string, word: string): AttributePlan | null {
  const match = /^\s*(?:uniform\(\s*(\d{1,9})\s*\)|zipf\(\s*(\d{1,9})\s*,\s*(\d{1,3}(?:\.\d{1,9})?)\s*\))\s*$/.exec(
    word,
  );
  if (match === null) return null;
  const values = Number(match[1] ?? match[2]);
  const skew = Number(match[3] ?? 0);
  return values >= 1 && values <= MAX_VALUES && skew <= 10 ? { name, values, skew } : null;
}

/** Warns of `{names}` in headers that are none of the request's attributes: they are sent as they stand. */
export function checkReferences(
  reader: ScenarioReader,
  path: FieldPath,
  headers: Readonly<Record<string, string>>,
  attributes: readonly AttributePlan[],
): void {
  if (attributes.length === 0) return;
  const names = attributes.map(({ name }) => name);
  for (const [header, value] of Object.entries(headers)) {
    const unknown = [...value.matchAll(/\{([A-Za-z][\w.-]*)\}/g)].find(([, name]) => !names.includes(name!));
    if (unknown === undefined) continue;
    reader.warn(
      'unknown-attribute',
      [...path, header],
      `${unknown[0]} is no attribute of the request and is sent as it stands`,
      `its attributes are ${names.join(', ')}`,
    );
  }
}
