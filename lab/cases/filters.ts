// What happens before the router: faults and limits; and mirrors.
import type { FilterPlan } from '../../models/plan/contract/filter-plan.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { LARGE_BYTES, type LabCase } from '../case.js';
import { allOutcomes, atHost, byChance, counter, mean, outcome, outcomeShare, p50 } from '../checks.js';

const MS = 1_000_000;

const RUNS = { runs: 4, replications: 20 };

/** The filter on every route. */
function filtered(filter: FilterPlan): (plan: MeshPlan) => MeshPlan {
  return (plan) => ({
    ...plan,
    filters: [filter],
    sites: plan.sites.map((site) => ({ ...site, route: { ...site.route, filters: [0] } })),
  });
}

export const FILTERS: readonly LabCase[] = [
  {
    name: 'fault-delay',
    question: 'Does an injected delay come on top?',
    hosts: [{ work: '10ms' }],
    http: { fault: { delay: { percentage: { value: 100 }, fixedDelay: '30ms' } } },
    load: { kind: 'open', process: 'constant', ratePerSecond: 50, requests: 50 },
    checks: [allOutcomes(), counter('upstreamRqTotal'), mean(), p50()],
  },
  {
    name: 'fault-abort',
    question: 'Are 20 % of the calls aborted?',
    hosts: [{ work: '3ms' }],
    http: { fault: { abort: { percentage: { value: 20 }, httpStatus: 503 } } },
    load: { kind: 'open', process: 'constant', ratePerSecond: 300, requests: 3000 },
    checks: [byChance(outcomeShare('503 FI')), byChance(outcomeShare('200 -'))],
    ...RUNS,
  },
  {
    name: 'mirror',
    question: 'Does a mirror get a copy of everything, and cost nothing?',
    hosts: [{ work: '10ms' }, { work: '50ms' }],
    http: {
      route: [{ destination: { host: 'server', subset: 'a' } }],
      mirror: { host: 'server', subset: 'b' },
    },
    load: { kind: 'open', process: 'constant', ratePerSecond: 50, requests: 50 },
    checks: [allOutcomes(), atHost('a'), atHost('b'), counter('upstreamRqTotal'), mean(), p50()],
  },
  {
    name: 'mirror-body',
    question: 'Does a mirror get a body that is larger than the buffer?',
    hosts: [{ work: '10ms' }, { work: '10ms' }],
    http: {
      route: [{ destination: { host: 'server', subset: 'a' } }],
      mirror: { host: 'server', subset: 'b' },
    },
    bodyBytes: LARGE_BYTES,
    load: { kind: 'open', process: 'constant', ratePerSecond: 20, requests: 20 },
    checks: [allOutcomes(), atHost('a'), atHost('b'), counter('upstreamRqTotal')],
  },
  {
    name: 'local-rate-limit',
    question: 'How many of 25 at once does a bucket of ten let pass, and how many half a second later?',
    hosts: [{ work: '3ms' }],
    adjust: filtered({
      kind: 'local-rate-limit',
      name: 'limit',
      group: 'limit',
      bucket: { maxTokens: 10, tokensPerFill: 10, fillIntervalNs: 1000 * MS },
      descriptors: [],
      alwaysConsumeDefault: true,
      enabledProbability: 1,
      enforcedProbability: 1,
      status: 429,
    }),
    load: {
      kind: 'bursts',
      bursts: [
        { atMs: 0, requests: 25 },
        { atMs: 550, requests: 25 },
      ],
    },
    settleMs: 1500,
    checks: [allOutcomes(), atHost('a'), outcome('200 -')],
  },
  {
    name: 'admission-control',
    question: 'How much does admission control turn away when everything fails?',
    hosts: [{ work: '3ms', errors: { 500: 1 } }],
    adjust: filtered({
      kind: 'admission-control',
      name: 'admission',
      samplingWindowNs: 10_000 * MS,
      successThreshold: 0.95,
      aggression: 1,
      rpsThreshold: 0,
      maxRejectionProbability: 0.8,
      successStatuses: [{ from: 100, to: 500 }],
    }),
    load: { kind: 'open', process: 'constant', ratePerSecond: 300, requests: 3000 },
    settleMs: 11_000,
    checks: [byChance(outcomeShare('500 -')), byChance(outcomeShare('503 -'))],
    ...RUNS,
  },
  {
    name: 'fault-limit',
    question: 'How many of ten at once are delayed where four faults may be active?',
    hosts: [{ work: '3ms' }],
    adjust: filtered({
      kind: 'fault',
      name: 'delays',
      maxActive: 4,
      delayNs: 100 * MS,
      delayProbability: 1,
      abortStatus: 503,
      abortProbability: 0,
      responseRateKiBPerSecond: 0,
      responseRateProbability: 0,
    }),
    load: { kind: 'bursts', bursts: [{ atMs: 0, requests: 10 }] },
    settleMs: 200,
    checks: [allOutcomes(), counter('upstreamRqTotal')],
  },
  {
    name: 'adaptive-concurrency',
    question: 'How many of ten at once pass while the least latency is measured?',
    hosts: [{ work: '30ms' }],
    adjust: filtered({
      kind: 'adaptive-concurrency',
      name: 'adaptive',
      samplePercentile: 0.5,
      updateIntervalNs: 100 * MS,
      maxConcurrency: 1000,
      minRttIntervalNs: 60_000 * MS,
      minRttRequests: 1000,
      minRttJitter: 0,
      minConcurrency: 3,
      minRttBuffer: 0.25,
      fixedMinRttNs: 0,
    }),
    load: {
      kind: 'bursts',
      bursts: [
        { atMs: 0, requests: 10 },
        { atMs: 300, requests: 10 },
      ],
    },
    checks: [allOutcomes(), atHost('a')],
  },
  {
    name: 'adaptive-gradient',
    question: 'How many does the gradient still turn away once the least latency is known?',
    hosts: [{ work: '30ms' }],
    adjust: filtered({
      kind: 'adaptive-concurrency',
      name: 'adaptive',
      samplePercentile: 0.5,
      updateIntervalNs: 100 * MS,
      maxConcurrency: 1000,
      minRttIntervalNs: 60_000 * MS,
      minRttRequests: 20,
      minRttJitter: 0,
      minConcurrency: 3,
      minRttBuffer: 0.25,
      fixedMinRttNs: 0,
    }),
    load: { kind: 'open', process: 'constant', ratePerSecond: 600, requests: 900 },
    cold: true,
    checks: [byChance(outcomeShare('200 -'), 2), byChance(outcomeShare('503 -'), 2)],
    ...RUNS,
  },
  {
    name: 'local-rate-limit-descriptors',
    question: 'Which of a bucket and two of descriptors, all of them asked, lets the fewest pass?',
    hosts: [{ work: '3ms' }],
    adjust: filtered({
      kind: 'local-rate-limit',
      name: 'limit',
      group: 'limit',
      bucket: { maxTokens: 10, tokensPerFill: 10, fillIntervalNs: 1000 * MS },
      descriptors: [
        { number: 1, maxTokens: 4, tokensPerFill: 4, fillIntervalNs: 1000 * MS },
        { number: 0, maxTokens: 6, tokensPerFill: 6, fillIntervalNs: 1000 * MS },
      ],
      alwaysConsumeDefault: true,
      enabledProbability: 1,
      enforcedProbability: 1,
      status: 429,
    }),
    load: {
      kind: 'bursts',
      bursts: [
        { atMs: 0, requests: 12 },
        { atMs: 600, requests: 12 },
      ],
    },
    settleMs: 1500,
    checks: [allOutcomes(), atHost('a')],
  },
];
