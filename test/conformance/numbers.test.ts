// Every conformance case of Istio has a test with its number.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const CASES = 57;

/** `case 43: …`, `case 4, 5: …`, `51 a ServiceEntry: …`. */
function numbersIn(name: string): number[] {
  const [, numbers = ''] = /^(?:case )?(\d+(?:, \d+)*)[ :]/.exec(name) ?? [];
  return numbers === '' ? [] : numbers.split(', ').map(Number);
}

test('cases 1 to 57 are tests, named by number', () => {
  const folder = new URL('.', import.meta.url);
  const names = readdirSync(folder)
    .filter((file) => file.startsWith('istio-'))
    .flatMap((file) => [...readFileSync(new URL(file, folder), 'utf8').matchAll(/\btest\((['"`])(.+?)\1/g)])
    .map(([, , name = '']) => name);
  const found = new Set(names.flatMap(numbersIn));
  const missing = Array.from({ length: CASES }, (_, index) => index + 1).filter((number) => !found.has(number));
  expect(missing).toEqual([]);
});
