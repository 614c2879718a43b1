// Reasons not to trust a result as it stands.
import type { Diagnostic } from '../../models/config/diagnostic.js';
import { leftOutIn } from '../../models/config/left-out.js';
import { FLAG } from '../../models/mesh/recording/flags.js';
import { HAPPENINGS_MAX } from '../../models/mesh/recording/happenings.js';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { TrafficSummary } from '../result/run-result.js';
import { MORE_MEMORY } from '../running/thread-failure.js';
import type { WarmupChoice } from '../running/warmup.js';
import { memoryWarnings } from './memory.js';

/** Part of the arrivals that may be without an answer at the end of a run before it counts as overload. */
const UNANSWERED_SHARE = 0.05;
/** Fewer are a matter of chance. */
const UNANSWERED_LEAST = 50;
/** A closed loop that reaches less of its target rate is limited by its answers. */
const REACHED_SHARE = 0.95;

export interface WarningInput {
  readonly plan: MeshPlan;
  readonly results: readonly ReplicationResult[];
  readonly replicationsRequested: number;
  /** Why there are fewer than were asked for: else somebody interrupted the run. */
  readonly isOutOfMemory: boolean;
  readonly warmup: WarmupChoice;
  readonly traffic: readonly TrafficSummary[];
  /** Of the input. */
  readonly diagnostics: readonly Diagnostic[];
}

export function collectWarnings(input: WarningInput): Diagnostic[] {
  return [
    ...leftOutIn(input.diagnostics),
    ...completeness(input),
    ...(input.warmup.reliable
      ? []
      : [warning('short-warm-up', input.warmup.reason, 'set run.warmup by hand, or lengthen run.duration')]),
    ...happeningWarnings(input.results),
    ...routeWarnings(input),
    ...memoryWarnings(input.plan, input.results),
    ...input.traffic.flatMap((traffic, i) => [...loadWarnings(input, traffic, i), ...sampleWarnings(traffic)]),
  ];
}

function happeningWarnings(results: readonly ReplicationResult[]): Diagnostic[] {
  if (!results.some(({ happenings = [] }) => happenings.length >= HAPPENINGS_MAX)) return [];
  const message = `more than ${HAPPENINGS_MAX} things happened to pods in a replication: what happened later is not listed`;
  return [
    warning(
      'happenings-cut',
      message,
      'requests are counted all the same; for the whole list let entries begin less often',
    ),
  ];
}

function warning(code: string, message: string, hint: string): Diagnostic {
  return { code, severity: 'warning', position: null, message, hint };
}

const BOUNDS = [
  {
    reason: 'max-events',
    words: 'the bound of events',
    hint: 'raise run.maxEvents, or lower the load or the duration',
  },
  {
    reason: 'max-memory',
    words: 'the bound of memory (max-memory)',
    hint: 'raise --max-memory, take fewer --workers or a larger heap (NODE_OPTIONS=--max-old-space-size), or lower the load or the duration',
  },
] as const;

/** @param from what the numbers come from */
export function outOfMemory(from: string): Diagnostic {
  return warning('out-of-memory', `a simulation thread ran out of memory: the numbers come from ${from}`, MORE_MEMORY);
}

function unmeasured(results: readonly ReplicationResult[]): string {
  const count = results.filter(({ measuredNs }) => measuredNs === 0).length;
  if (count === 0) return '';
  return count === results.length
    ? ', in the warm-up: nothing was measured'
    : `, ${count} of them in the warm-up: nothing was measured in ${count === 1 ? 'it' : 'these'}`;
}

function completeness({ results, replicationsRequested, isOutOfMemory }: WarningInput): Diagnostic[] {
  const found: Diagnostic[] = [];
  const used = results.length;
  if (used < replicationsRequested && isOutOfMemory)
    found.push(outOfMemory(`${used} of ${replicationsRequested} replications`));
  else if (used < replicationsRequested) {
    found.push(
      warning(
        'interrupted',
        `interrupted: the numbers come from ${used} of ${replicationsRequested} replications`,
        `the same numbers again: --replications ${used}`,
      ),
    );
  }
  for (const { reason, words, hint } of BOUNDS) {
    const stopped = results.filter((result) => result.stopped === reason);
    if (stopped.length > 0) {
      const message = `${stopped.length} of ${used} replications hit ${words} and ended early${unmeasured(results)}`;
      found.push(warning('stopped-early', message, hint));
    }
  }
  if (used === 1) {
    found.push(
      warning(
        'one-replication',
        'one replication: intervals come from batches of it, where there are any',
        'use at least 5 replications',
      ),
    );
  }
  return found;
}

/** A 404 of the mesh's own making counts as an answer: say that nothing was behind it. */
function routeWarnings({ plan, results }: WarningInput): Diagnostic[] {
  const unrouted = new Map<string, { none: number; all: number }>();
  plan.rows.forEach(({ edge, request }, row) => {
    const { fromName, toName } = plan.edges[edge];
    const key = `${fromName}: ${request} to ${toName}`;
    const seen = unrouted.get(key) ?? { none: 0, all: 0 };
    unrouted.set(key, seen);
    for (const result of results) {
      seen.all += result.rows[row].calls;
      for (const { flags, count } of result.rows[row].outcomes) if ((flags & FLAG.NR) !== 0) seen.none += count;
    }
  });
  return [...unrouted]
    .filter(([, { none }]) => none > 0)
    .map(([key, { none, all }]) =>
      warning(
        'no-route',
        `${key}: ${((100 * none) / all).toFixed(none === all ? 0 : 1)} % got 404 NR, no route matches`,
        'compare path, method, headers and host of the request with the VirtualService',
      ),
    );
}

function loadWarnings({ plan, results }: WarningInput, traffic: TrafficSummary, index: number): Diagnostic[] {
  const own = results.flatMap((result) => result.traffic.filter((entry) => entry.traffic === index));
  const offered = own.reduce((sum, entry) => sum + entry.offered, 0);
  const completed = own.reduce((sum, entry) => sum + entry.completed, 0);
  const { arrival } = plan.traffic[index];
  if (arrival.kind === 'closed') {
    const reached = traffic.servedPerSecond.value ?? 0;
    const target = arrival.ratePerSecond;
    if (target === null || reached >= target * REACHED_SHARE) return [];
    const message = `${traffic.name} reaches ${reached.toFixed(1)} of ${target} requests a second: its connections wait for answers`;
    return [warning('rate-not-reached', message, 'give it more connections, or read intendedLatency')];
  }
  const unanswered = offered - completed;
  if (unanswered < UNANSWERED_LEAST * results.length || unanswered < offered * UNANSWERED_SHARE) return [];
  const percent = ((100 * unanswered) / offered).toFixed(1);
  const message = `${traffic.name}: ${percent} % of the requests were still without an answer at the end: the backlog grows`;
  return [
    warning(
      'overload',
      message,
      'latencies depend on how long the run lasts; lower the rate, or add capacity or time-outs',
    ),
  ];
}

function sampleWarnings(traffic: TrafficSummary): Diagnostic[] {
  const few = traffic.requests.filter(({ latency }) => latency.p99Ms.value === null).map(({ name }) => name);
  if (few.length === 0) return [];
  const message = `${traffic.name}: too few samples for a p99 of ${few.join(', ')}`;
  return [warning('too-few-samples', message, 'lengthen run.duration, or add replications')];
}
