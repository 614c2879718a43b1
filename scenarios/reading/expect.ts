// What the sender of a request expects for an answer: `403`, `[200, 404]`, `4xx`, `none` (k6: expected_response, http.expectedStatuses).
import type { FieldPath } from '../../models/config/resource.js';
import type { ScenarioExpect } from '../document/schema.js';
import { describe } from '../document/validate.js';
import type { ScenarioReader } from './reader.js';

const LEAST = 100;
const MOST = 599;
/** Stands for no answer at all: a closed connection, a time-out. */
const NO_RESPONSE = 0;

/** The statuses, ascending; undefined where nothing is said. */
export function readExpect(
  reader: ScenarioReader,
  path: FieldPath,
  given: ScenarioExpect | undefined,
): number[] | undefined {
  if (given === undefined) return undefined;
  const words = Array.isArray(given) ? given : [given];
  const statuses = words.flatMap((word, i) => {
    const read = statusesOf(word);
    if (read !== null) return read;
    reader.wrong(
      Array.isArray(given) ? [...path, i] : path,
      `expected a status such as 403, a class such as 4xx, or none, found ${describe(word)}`,
      'several stand in a list: [200, 404]',
    );
    return [];
  });
  if (words.length === 0) reader.wrong(path, 'no answer would be good', 'list at least one status');
  return [...new Set(statuses)].sort((a, b) => a - b);
}

function statusesOf(word: string | number): number[] | null {
  const text = String(word).trim().toLowerCase();
  if (text === 'none') return [NO_RESPONSE];
  const all = /^([1-5])xx$/.exec(text);
  if (all !== null) return Array.from({ length: 100 }, (_, i) => Number(all[1]) * 100 + i);
  const status = Number(text);
  return /^\d{3}$/.test(text) && status >= LEAST && status <= MOST ? [status] : null;
}
