// Hosts that are ejected, come back, or are all bad.
import type { MeshPlan, OutlierPlan } from '../../models/plan/plan.js';
import type { Host, LabCase, Load } from '../case.js';
import { allOutcomes, atHost, counter, outcomeShare } from '../checks.js';

const load = (requests: number, ratePerSecond = 30): Load => ({
  kind: 'open',
  process: 'constant',
  ratePerSecond,
  requests,
});

const BAD: Host = { work: '3ms', errors: { 503: 1 } };
const GOOD: Host = { work: '3ms' };
const ROUND_ROBIN = { loadBalancer: { simple: 'ROUND_ROBIN' } };

/** What no field of a DestinationRule says. */
function withOutlier(more: Partial<OutlierPlan>): (plan: MeshPlan) => MeshPlan {
  return (plan) => ({
    ...plan,
    clusters: plan.clusters.map((cluster) => ({
      ...cluster,
      outlier: cluster.outlier === null ? null : { ...cluster.outlier, ...more },
    })),
  });
}

export const OUTLIER: readonly LabCase[] = [
  {
    name: 'outlier-ejection',
    question: 'After how many failures is a host ejected?',
    hosts: [BAD, GOOD, GOOD],
    policy: {
      ...ROUND_ROBIN,
      outlierDetection: { consecutive5xxErrors: 3, interval: '60s', baseEjectionTime: '60s', maxEjectionPercent: 50 },
    },
    load: load(60),
    checks: [atHost('a'), counter('ejectionsEnforced'), allOutcomes()],
  },
  {
    name: 'outlier-return',
    question: 'How often does a bad host come back within ten seconds of 0.5 s sweeps?',
    hosts: [BAD, GOOD, GOOD],
    policy: {
      ...ROUND_ROBIN,
      outlierDetection: { consecutive5xxErrors: 2, interval: '0.5s', baseEjectionTime: '0.5s', maxEjectionPercent: 50 },
    },
    load: load(500, 50),
    checks: [
      counter('ejectionsEnforced', { kind: 'absolute', by: 1 }),
      atHost('a', { kind: 'absolute', by: 6 }),
      outcomeShare('503 -', 1.5),
    ],
    replications: 10,
  },
  {
    name: 'outlier-limit',
    question: 'Does maxEjectionPercent hold for the first host?',
    hosts: [BAD, BAD, BAD, BAD],
    policy: {
      ...ROUND_ROBIN,
      outlierDetection: { consecutive5xxErrors: 3, interval: '60s', baseEjectionTime: '60s', maxEjectionPercent: 10 },
    },
    load: load(24),
    checks: [counter('ejectionsEnforced'), counter('ejectionsOverflow'), allOutcomes()],
  },
  {
    name: 'outlier-panic',
    question: 'Who is picked when all hosts are ejected?',
    hosts: [BAD, BAD],
    policy: {
      ...ROUND_ROBIN,
      outlierDetection: {
        consecutive5xxErrors: 3,
        interval: '60s',
        baseEjectionTime: '60s',
        maxEjectionPercent: 100,
        minHealthPercent: 50,
      },
    },
    load: load(90),
    checks: [counter('ejectionsEnforced'), counter('lbHealthyPanic', { kind: 'absolute', by: 2 }), allOutcomes()],
  },
  {
    name: 'outlier-connect-failure',
    question: 'Do refused connections count as errors of the host?',
    hosts: [
      { work: '3ms', connection: 'refuse' },
      { work: '3ms', connection: 'refuse' },
    ],
    policy: {
      ...ROUND_ROBIN,
      outlierDetection: { consecutive5xxErrors: 3, interval: '60s', baseEjectionTime: '60s', maxEjectionPercent: 50 },
    },
    load: load(30),
    checks: [
      allOutcomes(),
      counter('ejectionsEnforced'),
      counter('ejectionsOverflow'),
      counter('upstreamCxConnectFail'),
    ],
  },
  {
    name: 'outlier-gateway-errors',
    question: 'Is a 500 a gateway error, and a 502?',
    hosts: [{ work: '3ms', errors: { 500: 1 } }, { work: '3ms', errors: { 502: 1 } }, GOOD],
    policy: {
      ...ROUND_ROBIN,
      outlierDetection: {
        consecutive5xxErrors: 0,
        consecutiveGatewayErrors: 3,
        interval: '60s',
        baseEjectionTime: '60s',
        maxEjectionPercent: 100,
      },
    },
    load: load(60),
    checks: [atHost('b'), counter('ejectionsEnforced')],
  },
  {
    name: 'outlier-some-gone',
    question: 'Is one healthy host of three panic?',
    hosts: [BAD, BAD, GOOD],
    policy: {
      ...ROUND_ROBIN,
      outlierDetection: {
        consecutive5xxErrors: 2,
        interval: '60s',
        baseEjectionTime: '60s',
        maxEjectionPercent: 100,
        minHealthPercent: 50,
      },
    },
    load: load(90),
    checks: [
      counter('ejectionsEnforced'),
      counter('lbHealthyPanic', { kind: 'absolute', by: 2 }),
      outcomeShare('503 -', 2),
    ],
  },
  {
    name: 'outlier-failure-percentage',
    question: 'Does the rate of failures eject a host that never fails twice in a row?',
    hosts: [{ work: '3ms', errors: { 500: 0.7 } }, GOOD, GOOD],
    policy: { ...ROUND_ROBIN, outlierDetection: { consecutive5xxErrors: 0, interval: '1s', baseEjectionTime: '60s' } },
    adjust: withOutlier({
      maxEjectionPercent: 50,
      failurePercentage: { minimumHosts: 3, requestVolume: 10, enforcing: 100, enforcingLocalOrigin: 0, threshold: 50 },
    }),
    load: load(200, 60),
    checks: [counter('ejectionsEnforced'), atHost('a', { kind: 'absolute', by: 20 })],
    replications: 10,
  },
  {
    name: 'outlier-success-rate',
    question: 'And a rate of success below the others?',
    hosts: [{ work: '3ms', errors: { 500: 0.7 } }, GOOD, GOOD, GOOD, GOOD],
    policy: { ...ROUND_ROBIN, outlierDetection: { consecutive5xxErrors: 0, interval: '1s', baseEjectionTime: '60s' } },
    adjust: withOutlier({
      maxEjectionPercent: 50,
      successRate: { minimumHosts: 5, requestVolume: 8, enforcing: 100, enforcingLocalOrigin: 0, stdevFactor: 1000 },
    }),
    load: load(250, 75),
    checks: [counter('ejectionsEnforced'), atHost('a', { kind: 'absolute', by: 15 })],
    replications: 10,
  },
  {
    name: 'outlier-all-gone',
    question: 'And when panic is off?',
    hosts: [BAD, BAD],
    policy: {
      ...ROUND_ROBIN,
      outlierDetection: {
        consecutive5xxErrors: 3,
        interval: '60s',
        baseEjectionTime: '60s',
        maxEjectionPercent: 100,
        minHealthPercent: 0,
      },
    },
    load: load(90),
    checks: [counter('ejectionsEnforced'), outcomeShare('503 UH', 2)],
  },
];
