// The grammar of thresholds, and the verdicts over intervals.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { readSlos, readThresholds } from '../../../scenarios/reading/goals.js';
import type { SubjectNames } from '../../../scenarios/reading/subjects.js';
import { parseThreshold } from '../../../scenarios/reading/thresholds.js';
import type { Measured } from '../../../scenarios/result/measured.js';
import { combineVerdicts, judge } from '../../../scenarios/summary/evaluate.js';
import { placed, readSpec } from '../fixtures.js';

const NAMES: SubjectNames = {
  traffic: [
    { name: 'shoppers', requests: ['home', 'checkout', 'GET /a.html'] },
    { name: 'bots', requests: ['home'] },
    { name: 'nightly', requests: ['nightly'] },
  ],
  services: ['frontend', 'catalog.shop'],
  edges: [{ from: 'frontend', to: 'catalog' }],
};

function parsed(text: string) {
  const reading = parseThreshold(text, NAMES);
  return 'threshold' in reading ? reading.threshold : reading;
}

describe('parseThreshold', () => {
  it.each([
    [
      'checkout p(99) < 800ms',
      { kind: 'request', traffic: 0, request: 1 },
      { kind: 'quantile', probability: 0.99 },
      '<',
      800e6,
    ],
    ['errors < 0.5%', { kind: 'all' }, { kind: 'errors' }, '<', 0.005],
    [
      'shoppers.home p(95)<300ms',
      { kind: 'request', traffic: 0, request: 0 },
      { kind: 'quantile', probability: 0.95 },
      '<',
      300e6,
    ],
    [
      'service:frontend p(99.9) <= 1s',
      { kind: 'service', service: 'frontend' },
      { kind: 'quantile', probability: 0.999 },
      '<=',
      1e9,
    ],
    ['service:frontend.shop mean < 1s', { kind: 'service', service: 'frontend' }, { kind: 'mean' }, '<', 1e9],
    [
      'edge:frontend->catalog errors < 1%',
      { kind: 'edge', from: 'frontend', to: 'catalog' },
      { kind: 'errors' },
      '<',
      0.01,
    ],
    [
      'edge: frontend -> catalog retries < 150%',
      { kind: 'edge', from: 'frontend', to: 'catalog' },
      { kind: 'retries' },
      '<',
      1.5,
    ],
    ['goodput > 700/s', { kind: 'all' }, { kind: 'goodput' }, '>', 700],
    ['retries < 5%', { kind: 'all' }, { kind: 'retries' }, '<', 0.05],
    ['shoppers availability >= 99.9%', { kind: 'traffic', traffic: 0 }, { kind: 'availability' }, '>=', 0.999],
    ['nightly served > 2', { kind: 'traffic', traffic: 2 }, { kind: 'served' }, '>', 2],
    ['GET /a.html avg < 1ms', { kind: 'request', traffic: 0, request: 2 }, { kind: 'mean' }, '<', 1e6],
  ])('reads %s', (text, subject, metric, comparison, limit) => {
    const threshold = parsed(text);
    expect(threshold).toMatchObject({ text, subject, metric, comparison });
    expect('limit' in threshold && threshold.limit).toBeCloseTo(limit, 12);
  });

  it.each([
    ['alert HighErrorRate does not fire', 'thresholds on alerts are not supported yet', 'METRIC'],
    ['errors = 5%', 'cannot read', 'SUBJECT'],
    ['p(99) < 800', 'the limit of p(99) is a duration such as 800ms, found "800"', 'unit'],
    ['p(100) < 8ms', 'unknown metric "p(100)"', 'p(N)'],
    ['latency < 8ms', 'unknown metric "latency"', 'mean'],
    ['errors < 5', 'the limit of errors is a share such as 0.5%, found "5"', 'unit'],
    ['home errors < 5%', '"home" is a request of several traffic sources', 'shoppers.home, bots.home'],
    ['shopers errors < 5%', 'there is no traffic source or request "shopers"', 'did you mean "shoppers"?'],
    ['service:frontent errors < 5%', 'there is no service "frontent"', 'did you mean "frontend"?'],
    ['edge:catalog->frontend errors < 5%', 'there is no edge "catalog->frontend"', 'frontend->catalog'],
    ['shoppers retries < 5%', 'retries belong to an edge or a service', 'edge:FROM->TO'],
    ['service:frontend offered > 5/s', 'only traffic has an offered rate', 'served'],
  ])('refuses %s', (text, error, hint) => {
    expect(parsed(text)).toMatchObject({ error: expect.stringContaining(error), hint: expect.stringContaining(hint) });
  });

  test.prop([fc.string()])('never throws', (text) => {
    parseThreshold(text, NAMES);
  });

  it('places what is wrong', () => {
    const { spec, reader } = readSpec(`  thresholds:
    - "errors < 5%"
    - "errors is 5%"
  slos:
    - { traffic: shopers, availability: 99% }
    - { latency: 3s }
    - { latency: 3s, objective: 99%, availability: 99% }
    - { name: ok, traffic: shoppers, request: home, latency: 3s, objective: 99% }
    - { availability: 99.9% }
`);
    expect(readThresholds(reader, spec.thresholds, NAMES)).toHaveLength(1);
    const slos = readSlos(reader, spec.slos, NAMES);
    expect(placed(reader.findings.diagnostics)).toEqual([
      'wrong-value 8:7',
      'wrong-value 10:18',
      'wrong-value 11:7',
      'wrong-value 12:7',
    ]);
    expect(slos).toMatchObject([
      { name: 'ok', subjectText: 'shoppers.home', latencyNs: 3e9, objectiveShare: 0.99 },
      { name: 'all traffic availability', subjectText: '', latencyNs: null, objectiveShare: 0.999 },
    ]);
  });
});

const interval = fc
  .tuple(fc.double({ min: 0, max: 10, noNaN: true }), fc.double({ min: 0, max: 10, noNaN: true }))
  .map(([a, b]): Measured => ({ value: (a + b) / 2, low: Math.min(a, b), high: Math.max(a, b), reason: null }));

describe('judge', () => {
  it.each([
    [1, 2, 3, 'pass'],
    [3, 4, 3, 'fail'],
    [2, 4, 3, 'inconclusive'],
  ] as const)('%d..%d below %d: %s', (low, high, limit, verdict) => {
    expect(judge({ value: (low + high) / 2, low, high, reason: null }, '<', limit)).toBe(verdict);
  });

  it('does not judge without an interval', () => {
    expect(judge({ value: 1, low: null, high: null, reason: 'one replication' }, '<', 3)).toBe('inconclusive');
  });

  test.prop([interval, fc.double({ min: 0, max: 10, noNaN: true })])(
    'a comparison and its opposite disagree',
    (value, limit) => {
      const opposite = { pass: 'fail', fail: 'pass', inconclusive: 'inconclusive' } as const;
      expect(judge(value, '>=', limit)).toBe(opposite[judge(value, '<', limit)]);
      expect(judge(value, '>', limit)).toBe(opposite[judge(value, '<=', limit)]);
    },
  );

  it('combines', () => {
    expect(combineVerdicts([])).toBe('pass');
    expect(combineVerdicts(['pass', 'inconclusive'])).toBe('inconclusive');
    expect(combineVerdicts(['inconclusive', 'fail', 'pass'])).toBe('fail');
  });
});
