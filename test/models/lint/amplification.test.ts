// ST2107 follows one failure up the path: a hop multiplies where it retries the status that the hop below answers with, and a path is told once.
import { expect, test } from 'vitest';
import { lintTexts } from '../../../scenarios/loading/lint.js';
import { all, chain, route, scenario } from './fixtures/build.js';

const retries = (on: string): string => `retries: {attempts: 2, perTryTimeout: 100ms, retryOn: "${on}"}`;

async function messages(onWeb: string, services: string, more: readonly string[] = []): Promise<string[]> {
  const text = all(chain(), scenario({ services }), route(retries(onWeb), 'web'), route(retries('5xx')), ...more);
  const { result } = await lintTexts([{ name: 'mesh.yaml', text }], { only: ['ST2107'] });
  return result.findings.map(({ message }) => message);
}

const WORK = 'catalogue: {work: 20ms}';

test.each([
  ['503', 'fail(500)', 0],
  ['500', 'fail(500)', 1],
  ['503', 'pass', 1],
  ['5xx', 'fail(502)', 1],
  ['gateway-error', 'fail(500)', 0],
  ['5xx', 'ignore', 0],
])('web retries %s, and its application answers a failed call by %s', async (on, onError, count) => {
  const found = await messages(on, `web: {steps: [{call: catalogue, onError: ${onError}}]}, ${WORK}`);
  expect(found.length).toBe(count);
});

test('the retries of the application count, and so does the status', async () => {
  const services = `web: {steps: [{call: catalogue, retries: 2, onError: fail(500)}]}, ${WORK}`;
  expect(await messages('503', services)).toEqual([
    'shoppers → web → catalogue: up to 9 = 9 tries of the last for one request that fails with 503',
  ]);
});

test('a path is told once, whatever the number of calls along it', async () => {
  const services = `web: {steps: [{call: catalogue}, {call: catalogue, path: /b}, {call: catalogue, method: POST}]}, ${WORK}`;
  expect(await messages('5xx', services)).toEqual([
    'shoppers → web → catalogue: up to 3 × 3 = 9 tries of the last for one request that fails with 503',
  ]);
});
