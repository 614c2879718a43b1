// Laws of the linter for all inputs: it never throws, whatever stands in the fields that rules look at, and says the same twice.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, test as plainTest } from 'vitest';
import { RULES } from '../../../models/lint/rules.js';
import { lintPaths, lintTexts } from '../../../scenarios/loading/lint.js';
import { BEHAVIOUR } from './fixtures/behaviour.js';
import { BEHAVIOUR_SECOND } from './fixtures/behaviour-second.js';
import { INPUT } from './fixtures/input.js';
import { ISTIO } from './fixtures/istio.js';
import { PROMETHEUS } from './fixtures/prometheus.js';

const DOCUMENTS = [...INPUT, ...ISTIO, ...BEHAVIOUR, ...BEHAVIOUR_SECOND, ...PROMETHEUS].flatMap(({ bad, good }) => [
  bad,
  good,
]);
const NONSENSE = ['null', '-1', '0', '1e308', '"x"', '[]', '{}', '[null]', '[[]]', 'true', '"9999999h"', '{a: b}'];

/** YAML of a fixture in which some value has become nonsense. */
const damaged = fc
  .record({ document: fc.constantFrom(...DOCUMENTS), at: fc.nat(), with: fc.constantFrom(...NONSENSE) })
  .map(({ document, at, with: nonsense }) => {
    const values = [...document.matchAll(/: ("[^"]*"|[\w./%*-]+)(?=[,}\n]|$)/g)];
    if (values.length === 0) return document;
    const { index, 0: whole } = values[at % values.length];
    return `${document.slice(0, index)}: ${nonsense}${document.slice(index + whole.length)}`;
  });

const codes = RULES.map(({ code }) => code);

describe('for all inputs', () => {
  test.prop([damaged], { numRuns: 1500, seed: 20261126 })(
    'it never throws, and every finding is whole',
    async (text) => {
      const { result } = await lintTexts([{ name: 'mesh.yaml', text }], { enabled: codes });
      for (const { code, message, help, severity } of result.findings) {
        expect(codes).toContain(code);
        expect(message).not.toBe('');
        expect(help).not.toBe('');
        expect(['error', 'warning', 'info']).toContain(severity);
      }
    },
  );

  test.prop([fc.array(fc.constantFrom(...DOCUMENTS), { minLength: 1, maxLength: 6 })], { numRuns: 100, seed: 7 })(
    'the same input gives the same findings, in the order of their places',
    async (documents) => {
      const texts = documents.map((text, index) => ({ name: `${String.fromCharCode(97 + index)}.yaml`, text }));
      const { findings } = (await lintTexts(texts)).result;
      expect((await lintTexts(texts)).result.findings).toEqual(findings);
      const places = findings.map(({ position }) => [position?.file ?? '', position?.line ?? 0] as const);
      places.slice(1).forEach(([file, line], index) => {
        const [before, lineBefore] = places[index];
        expect(before < file || (before === file && lineBefore <= line)).toBe(true);
      });
    },
  );
});

const CORPUS = fileURLToPath(new URL('../../../../shared/corpus', import.meta.url));

plainTest.skipIf(!existsSync(CORPUS))('the corpus: every file, every rule, no fault', async () => {
  const { result } = await lintPaths([CORPUS], { enabled: codes });
  expect(result.objects).toBeGreaterThan(3000);
  for (const { message, help } of result.findings) expect(`${message} ${help}`).not.toMatch(/undefined|NaN|\[object/);
});
