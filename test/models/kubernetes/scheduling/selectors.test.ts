import { expect, test } from 'vitest';
import { matches, matchLabels, type Requirement } from '../../../../models/kubernetes/scheduling/selectors.js';

const LABELS = new Map([
  ['app', 'web'],
  ['cores', '8'],
]);

test.each<readonly [Requirement['operator'], string, readonly string[], boolean]>([
  ['In', 'app', ['web', 'api'], true],
  ['In', 'app', ['api'], false],
  ['In', 'tier', ['web'], false],
  ['NotIn', 'app', ['web'], false],
  ['NotIn', 'tier', ['web'], true],
  ['Exists', 'app', [], true],
  ['Exists', 'tier', [], false],
  ['DoesNotExist', 'app', [], false],
  ['DoesNotExist', 'tier', [], true],
  ['Gt', 'cores', ['4'], true],
  ['Gt', 'cores', ['8'], false],
  ['Lt', 'cores', ['16'], true],
  ['Lt', 'app', ['16'], false],
  ['Gt', 'tier', ['1'], false],
])('%s %s %j: %s', (operator, key, values, expected) => {
  expect(matches([{ key, operator, values }], LABELS)).toBe(expected);
});

test('requirements are all to hold; none at all hold everywhere', () => {
  expect(matches([], LABELS)).toBe(true);
  expect(matches(matchLabels(new Map([['app', 'web']])), LABELS)).toBe(true);
  expect(matches(matchLabels(new Map([...LABELS, ['tier', 'x']])), LABELS)).toBe(false);
});
