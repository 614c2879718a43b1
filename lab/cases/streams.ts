// Limits that Istio does not set by itself: durations, silence, hedging; and time-outs that meet retries.
import type { MeshPlan, RetryPlan, RoutePlan } from '../../models/plan/contract/plan.js';
import type { LabCase, Load } from '../case.js';
import { allOutcomes, byChance, counter, mean, outcomeShare } from '../checks.js';

const MS = 1_000_000;

const load: Load = { kind: 'open', process: 'constant', ratePerSecond: 20, requests: 15 };

function withRoute(change: (route: RoutePlan) => Partial<RoutePlan>): (plan: MeshPlan) => MeshPlan {
  return (plan) => ({
    ...plan,
    sites: plan.sites.map((site) => ({ ...site, route: { ...site.route, ...change(site.route) } })),
  });
}

const withRetry = (more: Partial<RetryPlan>): ((plan: MeshPlan) => MeshPlan) =>
  withRoute(({ retry }) => ({ retry: retry === null ? null : { ...retry, ...more } }));

const SLOW = [{ work: '300ms' }];
const TRIES = [counter('upstreamRqTotal'), counter('upstreamRqRetry'), counter('upstreamRqRetryLimitExceeded')];

export const STREAMS: readonly LabCase[] = [
  {
    name: 'duration-route',
    question: 'What does the longest duration of a stream answer?',
    hosts: SLOW,
    adjust: withRoute(() => ({ maxStreamDurationNs: 100 * MS })),
    load,
    checks: [allOutcomes(), counter('upstreamRqTotal'), mean()],
  },
  {
    name: 'duration-cluster',
    question: 'And that of a cluster?',
    hosts: SLOW,
    adjust: (plan) => ({
      ...plan,
      clusters: plan.clusters.map((cluster) => ({ ...cluster, maxStreamDurationNs: 100 * MS })),
    }),
    load,
    checks: [allOutcomes(), counter('upstreamRqTotal'), counter('upstreamRqMaxDurationReached'), mean()],
  },
  {
    name: 'idle-stream',
    question: 'Is a stream that waits for its answer idle?',
    hosts: SLOW,
    adjust: withRoute(() => ({ streamIdleTimeoutNs: 100 * MS })),
    load,
    checks: [allOutcomes(), counter('upstreamRqTotal'), mean()],
  },
  {
    name: 'idle-try',
    question: 'Is a try that waits for its answer idle?',
    hosts: SLOW,
    http: { retries: { attempts: 1, retryOn: 'reset' } },
    adjust: withRetry({ perTryIdleTimeoutNs: 100 * MS }),
    load,
    checks: [allOutcomes(), ...TRIES, counter('upstreamRqPerTryIdleTimeout')],
  },
  {
    name: 'hedging',
    question: 'Which try answers when each that is late has another beside it?',
    hosts: [{ work: '100ms' }],
    http: { timeout: '2s', retries: { attempts: 3, retryOn: '5xx', perTryTimeout: '40ms' } },
    adjust: withRetry({ hedgeOnPerTryTimeout: true }),
    load,
    checks: [allOutcomes(), ...TRIES, counter('upstreamRqPerTryTimeout'), mean()],
  },
  {
    name: 'hedging-exhausted',
    question: 'And when there are no more tries?',
    hosts: [{ work: '200ms' }],
    http: { timeout: '2s', retries: { attempts: 1, retryOn: '5xx', perTryTimeout: '40ms' } },
    adjust: withRetry({ hedgeOnPerTryTimeout: true }),
    load,
    checks: [allOutcomes(), ...TRIES, counter('upstreamRqPerTryTimeout'), mean()],
  },
  {
    name: 'per-try-above-route',
    question: 'Does a per-try time-out above that of the route do anything?',
    hosts: SLOW,
    http: { timeout: '100ms', retries: { attempts: 2, retryOn: '5xx', perTryTimeout: '150ms' } },
    load,
    checks: [allOutcomes(), ...TRIES, counter('upstreamRqTimeout'), mean()],
  },
  {
    name: 'timeout-in-back-off',
    question: 'How often does the time-out of the route end a back-off?',
    hosts: [{ work: '3ms', errors: { 503: 1 } }],
    http: { timeout: '60ms', retries: { attempts: 4, retryOn: '5xx' } },
    load: { kind: 'open', process: 'constant', ratePerSecond: 120, requests: 2000 },
    checks: [
      byChance(outcomeShare('504 UT'), 1),
      byChance(outcomeShare('503 URX'), 1),
      byChance(counter('upstreamRqTotal'), 20),
      byChance(counter('upstreamRqTimeout'), 20),
    ],
    runs: 4,
    replications: 20,
  },
];
