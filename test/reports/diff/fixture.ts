// A small comparison with known numbers, and names that try to be more than names.
import type {
  ArmSummary,
  Comparison,
  DiffResult,
  DiffSubject,
  MetricDifference,
} from '../../../scenarios/result/diff-result.js';
import { DIFF_SCHEMA } from '../../../scenarios/result/diff-result.js';

/** Markup, a mention, a table's edge, a formula, an escape sequence, a bidirectional override, a line break. */
export const EVIL = '<img src=x onerror=alert(1)>|`@team`*b*\\=1+1\u001b[31m\u202egnp\n# x';

export function arm(name: string, revision: string | null = null): ArmSummary {
  return {
    name,
    revision,
    scenario: 'trial',
    istioVersion: '1.31',
    meshes: ['istio'],
    events: 1_000_000,
    slos: [],
    thresholds: [],
    warnings: [],
    diagnostics: [],
    fidelity: [],
    series: series('shoppers', 'home', 'cart-v1.shop'),
    services: [{ name: 'cart', kind: 'app', namespace: 'shop' }],
  };
}

/** Two intervals of one request and one workload. */
export function series(traffic: string, request: string, workload: string): ArmSummary['series'] {
  return {
    intervalSeconds: 1,
    intervals: 2,
    traffic: [
      {
        traffic,
        request,
        offeredPerSecond: [100, 101],
        servedPerSecond: [100, 98],
        errorsPerSecond: [0, 4.9],
        meanMs: [20, 22],
        p50Ms: [18, 19],
        p99Ms: [80, null],
      },
    ],
    workloads: [
      {
        name: workload,
        arrivalsPerSecond: [100, 98],
        inService: [2, 3],
        cpuUtilisationShare: [0.5, 0.9],
        workerUtilisationShare: [0, 0],
        proxyUtilisationShare: [0.1, 0.1],
      },
    ],
    clusters: [],
  };
}

export function metric(request: string, more: Partial<MetricDifference> = {}): MetricDifference {
  const subject: DiffSubject = { kind: 'request', traffic: 'shoppers', request };
  return {
    subject,
    metric: 'p99',
    outcome: '',
    unit: 'ms',
    better: 'lower',
    isPrimary: false,
    among: null,
    base: 100,
    candidate: 112,
    difference: { value: 12, low: 11, high: 13 },
    relative: { value: 0.12, low: 0.11, high: 0.13 },
    margin: 2,
    sizeInMargins: 6,
    verdict: 'worse',
    reason: null,
    pairs: null,
    ...more,
  };
}

export function comparison(name: string): Comparison {
  const at = (line: number) => ({ file: 'istio/cart.yaml', line, column: 3 });
  return {
    candidate: arm('after/'),
    isSamePlan: false,
    headline: { kind: 'regression', success: null },
    success: [
      {
        traffic: 'shoppers',
        request: name,
        base: { good: 0.999, refused: 0, refusals: [] },
        candidate: { good: 0.99, refused: 0.009, refusals: [{ reason: 'rate limit', share: 0.009 }] },
        verdict: 'worse',
        lost: 0.009,
        gained: 0,
        cause: { reason: 'filter', place: name, position: null, outcome: '429 RL', refusal: 'rate limit' },
      },
    ],
    facts: [
      { verdict: 'worse', metrics: [0], cause: null },
      { verdict: 'worse', metrics: [1], cause: null },
      { verdict: 'inconclusive', metrics: [2], cause: null },
    ],
    findings: [
      {
        change: 'new',
        finding: {
          code: 'F108',
          role: 'contributing',
          sentence: `a rate limit of ${name} refuses requests`,
          where: [{ kind: 'service', name }],
          sources: [],
          evidence: [],
          errorShare: 0.009,
          latencyMs: 0,
        },
        before: null,
        causedBy: [
          {
            change: 'changed',
            object: `VirtualService shop/${name}`,
            fields: ['spec.http[0].retries.attempts', 'spec.http[0].retries.retryIgnorePreviousHosts'],
            position: at(19),
          },
        ],
        basis: 'one of several',
      },
    ],
    lint: [
      {
        code: 'ST2101',
        alias: null,
        name: 'RetriesMultiply',
        title: 'retries multiply',
        severity: 'warning',
        resource: `VirtualService shop/${name}`,
        path: 'spec.http[0].retries',
        position: at(17),
        message: `retries of ${name} multiply`,
        help: 'fewer',
      },
    ],
    changes: [
      {
        change: 'changed',
        group: 'networking.istio.io',
        kind: 'VirtualService',
        namespace: 'shop',
        name,
        base: at(1),
        candidate: at(1),
        fields: [
          {
            change: 'changed',
            path: 'spec.http[0].retries.attempts',
            base: 2,
            candidate: 5,
            basePosition: at(17),
            candidatePosition: at(19),
          },
        ],
      },
      {
        change: 'added',
        group: '',
        kind: 'Service',
        namespace: 'shop',
        name: 'x',
        base: null,
        candidate: at(3),
        fields: [],
      },
    ],
    entities: [{ change: 'added', subject: { kind: 'service', service: name } }],
    metrics: [
      metric(name, { isPrimary: true }),
      metric('home', {
        metric: 'errors',
        unit: 'share',
        base: 0.001,
        candidate: 0.0055,
        difference: { value: 0.0045, low: 0.004, high: 0.005 },
        relative: { value: 4.5, low: 4, high: 5 },
      }),
      metric('rare', {
        metric: 'p99.9',
        isPrimary: true,
        base: null,
        candidate: null,
        difference: null,
        relative: null,
        sizeInMargins: null,
        verdict: 'inconclusive',
        reason: 'too few samples',
      }),
      metric('quiet', {
        verdict: 'same',
        difference: { value: 0, low: 0, high: 0 },
        relative: { value: 0, low: 0, high: 0 },
      }),
    ],
    counts: { worse: 2, better: 0, changed: 0, new: 0, gone: 0, 'not-comparable': 0, inconclusive: 1, same: 1 },
    gate: {
      verdict: 'fail',
      metrics: [
        { index: 0, pValue: 1e-6, adjustedPValue: 1e-6, verdict: 'fail' },
        { index: 2, pValue: null, adjustedPValue: null, verdict: 'inconclusive' },
      ],
      notComparable: [],
      missing: [],
      brokenThresholds: [],
    },
    curves: [],
  };
}

export function diffResult(name = 'cart'): DiffResult {
  return {
    schema: DIFF_SCHEMA,
    scenario: name,
    seed: 'seed',
    durationNs: 60e9,
    warmupNs: 10e9,
    warmup: 'fixed',
    replications: 5,
    stop: 'precision',
    settings: {
      confidenceLevel: 0.95,
      precisionShare: 0.02,
      marginLatencyShare: 0.02,
      marginErrorShare: 0.001,
      batch: 5,
      replicationsMax: 20,
      primaryFrom: 'default',
    },
    base: arm('HEAD~1:mesh/', '0123456789abcdef0123456789abcdef01234567'),
    comparisons: [comparison(name)],
    verdict: 'fail',
    warnings: [
      { code: 'budget', severity: 'warning', position: null, message: `spent ${name}`, hint: 'raise --budget' },
    ],
  };
}
