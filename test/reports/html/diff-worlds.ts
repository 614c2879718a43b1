// Comparisons to report on: everything that a report has to show, once, under names that try to be more than names.
import type {
  ArmSummary,
  Comparison,
  DiffResult,
  DiffSubject,
  MetricDifference,
  QuantileCurve,
} from '../../../scenarios/result/diff-result.js';
import type { SloResult, ThresholdResult } from '../../../scenarios/result/run-result.js';
import { arm, comparison, diffResult, metric, series } from '../diff/fixture.js';

export const ASSETS = { script: 'console.log("page")', style: 'body{margin:0}' };
export const ABOUT = { version: '1.2.3', command: "seatrial diff 'a b' c", fingerprint: 'f'.repeat(64) };

/** Markup, an end of the script, quotes, an escape sequence, a bidirectional override, a line break. */
export const HOSTILE = '</script><img src=x onerror=alert(1)>"\'&`\u001b[31m\u202egnp\u2028\n# x';

const at = (line: number) => ({ file: `istio/${HOSTILE}.yaml`, line, column: 1 });

function threshold(name: string, verdict: ThresholdResult['verdict']): ThresholdResult {
  const value = { value: 120, low: 110, high: 130, reason: null };
  const limit = { metric: 'p(99)', unit: 'ms' as const, comparison: '<' as const, limit: 125 };
  return { text: `${name} p(99) < 125ms`, subject: name, ...limit, value, verdict, position: at(9) };
}

function slo(name: string): SloResult {
  const goodShare = { value: 0.995, low: 0.99, high: 0.999, reason: null };
  const kind = { kind: 'latency' as const, latencyMs: 300, objectiveShare: 0.99, budgetUsedShare: 0.5 };
  return { name, subject: name, ...kind, goodShare, verdict: 'pass', position: null };
}

function world(name: string, verdict: ThresholdResult['verdict']): ArmSummary {
  return {
    ...arm(name, '0123456789abcdef0123456789abcdef01234567'),
    scenario: name,
    thresholds: [threshold(name, verdict)],
    slos: [slo(name)],
    warnings: [{ code: 'few', severity: 'warning', position: null, message: `few ${name}`, hint: `more ${name}` }],
    diagnostics: [{ code: 'odd', severity: 'warning', position: at(3), message: `odd ${name}` }],
    fidelity: [{ status: 'approximated', resource: name, path: 'spec.x', position: at(4), meaning: `roughly ${name}` }],
    series: series(name, name, name),
  };
}

/** Every kind of subject, metric, unit and verdict. */
export function subjects(name: string): DiffSubject[] {
  return [
    { kind: 'all' },
    { kind: 'traffic', traffic: name },
    { kind: 'request', traffic: name, request: name },
    { kind: 'service', service: name },
    { kind: 'service', service: 'cart' },
    { kind: 'workload', workload: name },
    { kind: 'edge', from: name, to: 'cart' },
    { kind: 'edge-request', from: name, to: 'cart', request: name },
    { kind: 'cluster', cluster: name },
  ];
}

export function richMetrics(name: string): MetricDifference[] {
  const verdicts = ['worse', 'better', 'changed', 'inconclusive', 'same'] as const;
  return verdicts.flatMap((verdict) =>
    subjects(name).flatMap((subject): MetricDifference[] => [
      metric(name, { subject, verdict, isPrimary: subject.kind === 'request' && verdict === 'worse' }),
      metric(name, {
        subject,
        verdict,
        metric: 'outcome',
        outcome: name,
        unit: 'share',
        base: 0,
        candidate: 0.01,
        difference: { value: 0.01, low: 0.008, high: 0.012 },
        relative: null,
        margin: 0.001,
        sizeInMargins: 10,
      }),
    ]),
  );
}

export function curve(name: string, factor: number): QuantileCurve {
  const probabilities = [0.01, 0.1, 0.5, 0.9, 0.99, 0.999];
  const baseMs = [1, 2, 5, 20, 80, null];
  const candidateMs = baseMs.map((ms) => (ms === null ? null : ms * factor));
  return { traffic: name, request: name, probabilities, baseMs, candidateMs };
}

export function richComparison(name: string): Comparison {
  const plain = comparison(name);
  return {
    ...plain,
    candidate: world(name, 'fail'),
    changes: [
      ...plain.changes.map((change) => ({
        ...change,
        fields: [
          ...change.fields,
          {
            change: 'removed' as const,
            path: `spec[name=${name}]`,
            base: { [name]: [name, null, 1.5, true] },
            candidate: null,
            basePosition: at(5),
            candidatePosition: at(6),
          },
        ],
      })),
      { ...plain.changes[1], change: 'removed', name, base: at(1), candidate: null },
    ],
    entities: [
      { change: 'added', subject: { kind: 'service', service: `${name} new` } },
      { change: 'added', subject: { kind: 'edge', from: 'cart', to: `${name} new` } },
      { change: 'removed', subject: { kind: 'service', service: `${name} old` } },
    ],
    metrics: richMetrics(name),
    facts: richMetrics(name).flatMap(({ verdict }, index) =>
      verdict === 'same' || index % 2 === 1 ? [] : [{ verdict, metrics: [index, index + 1], cause: null }],
    ),
    counts: { worse: 18, better: 18, changed: 18, new: 0, gone: 0, 'not-comparable': 0, inconclusive: 18, same: 18 },
    gate: {
      verdict: 'fail',
      metrics: [{ index: 4, pValue: 1e-6, adjustedPValue: 2e-6, verdict: 'fail' }],
      notComparable: [],
      missing: [{ subject: { kind: 'service', service: name }, metric: 'errors' }],
      brokenThresholds: [threshold(name, 'fail')],
    },
    curves: [curve(name, 1.4), { ...curve(name, 1), request: 'calm' }],
  };
}

/** One base, as many candidates as names. */
export function richDiff(...names: readonly string[]): DiffResult {
  return {
    ...diffResult(names[0]!),
    base: world(names[0]!, 'pass'),
    comparisons: names.map((name) => richComparison(name)),
  };
}

/** A world against itself. */
export function sameDiff(): DiffResult {
  const plain = diffResult('calm');
  const metrics = richMetrics('calm').map(
    (own): MetricDifference => ({
      ...own,
      candidate: own.base,
      difference: { value: 0, low: 0, high: 0 },
      relative: null,
      sizeInMargins: 0,
      verdict: 'same',
    }),
  );
  const counts = {
    worse: 0,
    better: 0,
    changed: 0,
    new: 0,
    gone: 0,
    'not-comparable': 0,
    inconclusive: 0,
    same: metrics.length,
  };
  const gate = { verdict: 'pass' as const, metrics: [], notComparable: [], missing: [], brokenThresholds: [] };
  const same = {
    ...plain.comparisons[0]!,
    isSamePlan: true,
    headline: { kind: 'same' as const, success: null },
    success: [],
    facts: [],
    findings: [],
    lint: [],
    changes: [],
    entities: [],
    metrics,
    counts,
    gate,
  };
  return { ...plain, verdict: 'pass', warnings: [], comparisons: [{ ...same, curves: [curve('calm', 1)] }] };
}
