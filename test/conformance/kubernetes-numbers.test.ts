// Every conformance case of Kubernetes over time has a test with its number.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FIRST = 38;
const LAST = 59;

test('cases DY-38 to DY-59 are tests, named by number', () => {
  const folder = new URL('.', import.meta.url);
  const names = readdirSync(folder)
    .filter((file) => file.startsWith('kubernetes-'))
    .flatMap((file) => [
      ...readFileSync(new URL(file, folder), 'utf8').matchAll(/\btest(?:\.each\S*)?[^'"`]*?(['"`])(DY-\d+)/g),
    ])
    .map(([, , name = '']) => name);
  const found = new Set(names);
  const missing = Array.from({ length: LAST - FIRST + 1 }, (_, at) => `DY-${FIRST + at}`).filter(
    (name) => !found.has(name),
  );
  expect(missing).toEqual([]);
});
