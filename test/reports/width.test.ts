// Nothing that is printed for a terminal is wider than the terminal: the examples, and names that have no room, at four widths.
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { beforeAll, describe, expect, test } from 'vitest';
import { RULES } from '../../models/lint/rules.js';
import { diffText } from '../../reports/diff/text.js';
import { explanationText } from '../../reports/explain/text.js';
import { displayWidth } from '../../reports/layout.js';
import { ruleListText } from '../../reports/lint/rules.js';
import { lintText } from '../../reports/lint/text.js';
import { summaryText } from '../../reports/summary.js';
import { explainRequest } from '../../scenarios/explain/explain-request.js';
import { compare, lintPaths, loadMesh, simulate } from '../../scenarios/library.js';
import type { DiffResult } from '../../scenarios/result/diff-result.js';
import type { RunResult } from '../../scenarios/result/run-result.js';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const WIDTHS = [40, 60, 80, 120, 200];
const plain = createColors(false);

const RUNS = ['minimal', 'networks', 'shop', 'incidents/08-all-ejected', 'incidents/13-circuit-breaking-task'];

/** Lines that are too wide, of the text at each width. */
function tooWide(write: (width: number) => string): string[] {
  return WIDTHS.flatMap((width) =>
    write(width)
      .split('\n')
      .filter((line) => displayWidth(line) > width)
      .map((line) => `${width}: ${line}`),
  );
}

describe('the summary of a run', () => {
  test.each(RUNS)('%s', async (name) => {
    const mesh = loadMesh(join(EXAMPLES, name));
    const result = await simulate(mesh, { duration: '1s', replications: 2, workers: 0 });
    expect(tooWide((width) => summaryText(result, { color: false, width }))).toEqual([]);
  });

  test('names that differ in their middle differ when they are cut', async () => {
    const name = (middle: string): string => `a-rather-long-name-${middle}-of-a-service-that-has-no-room`;
    const result = await simulate(loadMesh(join(EXAMPLES, 'minimal')), { duration: '2s', replications: 2, workers: 0 });
    const service = result.services.find(({ calls }) => calls !== null);
    if (service === undefined) throw new Error('no service is called');
    const twins: RunResult = { ...result, services: ['x', 'y'].map((middle) => ({ ...service, name: name(middle) })) };
    const lines = summaryText(twins, { color: false, width: 60 }).split('\n');
    const names = lines.filter((line) => line.startsWith(' a-ra')).map((line) => line.trim().split(' ')[0]);
    expect(new Set(names).size).toBe(2);
  });
});

describe('a comparison', () => {
  let result: DiffResult;
  beforeAll(async () => {
    const base = loadMesh(join(EXAMPLES, 'minimal'));
    const changed = loadMesh(join(EXAMPLES, 'incidents/01-hidden-timeout'), { name: 'a candidate of a long name' });
    result = await compare(base, changed, { duration: '2s', replications: 2, workers: 0 });
  });

  test('text', () => {
    expect(tooWide((width) => diffText(result, { color: false, width }))).toEqual([]);
  });
});

test('lint', async () => {
  const { result, texts } = await lintPaths([join(EXAMPLES, 'shop'), join(EXAMPLES, 'incidents')]);
  expect(result.findings.length).toBeGreaterThan(5);
  expect(tooWide((width) => lintText(result, { colors: plain, width, show: 'info', texts }))).toEqual([]);
  expect(tooWide((width) => ruleListText(RULES, width, plain))).toEqual([]);
});

test('explain', () => {
  const { explanation } = explainRequest([join(EXAMPLES, 'shop/scenario.yaml')], {
    from: 'storefront.chandlery',
    to: 'http://catalogue:8080/items',
    method: 'GET',
    headers: {},
  });
  if (explanation === null) throw new Error('no explanation');
  expect(tooWide((width) => explanationText(explanation, { color: false, width }))).toEqual([]);
});
