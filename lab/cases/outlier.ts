// Hosts that are ejected, come back, or are all bad.
import type { MeshPlan, OutlierPlan } from '../../models/plan/contract/plan.js';
import type { Host, LabCase, Load } from '../case.js';
import { allOutcomes, atHost, byChance, counter, outcomeShare, within } from '../checks.js';

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

/**
 * Five hosts of which one fails always, and what a sweep makes of ten requests to each: all of them come between two sweeps, five seconds apart, with a
 * chance of 99 %.
 */
function rates(name: string, question: string, detectors: Partial<OutlierPlan>): LabCase {
  return {
    name,
    question,
    hosts: [{ work: '3ms', errors: { 500: 1 } }, GOOD, GOOD, GOOD, GOOD],
    policy: { ...ROUND_ROBIN, outlierDetection: { consecutive5xxErrors: 0, interval: '5s', baseEjectionTime: '60s' } },
    adjust: withOutlier({ maxEjectionPercent: 50, ...detectors }),
    load: {
      kind: 'bursts',
      bursts: [
        { atMs: 0, requests: 50 },
        { atMs: 6000, requests: 50 },
      ],
    },
    checks: [counter('ejectionsEnforced'), atHost('a'), allOutcomes()],
  };
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
    question: 'How often does a bad host come back within twenty seconds of 0.5 s sweeps?',
    hosts: [BAD, GOOD, GOOD],
    policy: {
      ...ROUND_ROBIN,
      outlierDetection: { consecutive5xxErrors: 2, interval: '0.5s', baseEjectionTime: '0.5s', maxEjectionPercent: 50 },
    },
    load: load(2000, 100),
    checks: [byChance(counter('ejectionsEnforced'), 1), byChance(atHost('a'), 2), byChance(outcomeShare('503 -'), 0.1)],
    runs: 4,
    replications: 20,
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
      within(outcomeShare('503 -'), 1.5),
    ],
  },
  rates('outlier-failure-percentage', 'Does a rate of failures above the threshold eject?', {
    failurePercentage: { minimumHosts: 5, requestVolume: 10, enforcing: 100, enforcingLocalOrigin: 0, threshold: 99 },
  }),
  rates('outlier-failure-volume', 'And with one request too few to judge by?', {
    failurePercentage: { minimumHosts: 5, requestVolume: 11, enforcing: 100, enforcingLocalOrigin: 0, threshold: 99 },
  }),
  rates('outlier-failure-hosts', 'And with a host too few?', {
    failurePercentage: { minimumHosts: 6, requestVolume: 10, enforcing: 100, enforcingLocalOrigin: 0, threshold: 99 },
  }),
  rates('outlier-success-rate', 'Is a rate of success two deviations below the others, where 1.9 are too many?', {
    successRate: { minimumHosts: 5, requestVolume: 10, enforcing: 100, enforcingLocalOrigin: 0, stdevFactor: 1900 },
  }),
  rates('outlier-success-rate-near', 'And where 2.1 are?', {
    successRate: { minimumHosts: 5, requestVolume: 10, enforcing: 100, enforcingLocalOrigin: 0, stdevFactor: 2100 },
  }),
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
    checks: [counter('ejectionsEnforced'), within(outcomeShare('503 UH'), 1.5)],
  },
];
