// Metrics → facts. The errors of a client, a gateway, edges and services along one chain of calls are one fact with several places: their bad
// answers have one origin. So are the quantiles of one latency, and whatever is said of a place that carries calls in one world only.
import { serviceNames } from '../reading/service-names.js';
import type {
  DiffFact,
  DiffMetric,
  DiffSubject,
  ErrorCause,
  MetricDifference,
  MetricVerdict,
} from '../result/diff-result.js';
import type { FlowPart } from '../tally/flow.js';
import type { ArmRun } from './arm-run.js';
import { causeKey, causeOfMore } from './error-causes.js';
import { subjectKey } from './readings.js';

interface Group {
  readonly verdict: MetricVerdict;
  readonly metrics: number[];
  readonly cause: ErrorCause | null;
  readonly isErrors: boolean;
}

/** @param metrics most important first. */
export function findFacts(base: ArmRun, candidate: ArmRun, metrics: readonly MetricDifference[]): DiffFact[] {
  const groups = new Map<string, Group>();
  const keys = new FactKeys(base, candidate, metrics);
  metrics.forEach((metric, index) => {
    const key = keys.keyOf(metric);
    if (key === null) return;
    const known = groups.get(key.text);
    if (known !== undefined) known.metrics.push(index);
    else groups.set(key.text, { verdict: metric.verdict, metrics: [index], cause: key.cause, isErrors: key.isErrors });
  });
  const depths = depthsOf(base, candidate);
  return [...groups.values()].map(({ verdict, metrics: own, cause, isErrors }) => ({
    verdict,
    metrics: isErrors ? deepestFirst(own, metrics, depths) : own,
    cause,
  }));
}

interface FactKey {
  readonly text: string;
  readonly cause: ErrorCause | null;
  readonly isErrors: boolean;
}

class FactKeys {
  /** By subject: the verdict on its errors, and where those come from. */
  private readonly errors = new Map<string, { readonly verdict: MetricVerdict; readonly cause: ErrorCause | null }>();
  private readonly serviceOf: ReadonlyMap<string, string>;

  constructor(base: ArmRun, candidate: ArmRun, metrics: readonly MetricDifference[]) {
    for (const { subject, metric, verdict, better } of metrics) {
      if (metric !== 'errors' || (verdict !== 'worse' && verdict !== 'better')) continue;
      const isMore = (verdict === 'worse') === (better === 'lower');
      const [less, more] = isMore ? [base, candidate] : [candidate, base];
      const [few, many] = [partsOf(less, subject), partsOf(more, subject)];
      const cause =
        few === null || many === null ? null : causeOfMore({ ...less, parts: few }, { ...more, parts: many });
      this.errors.set(subjectKey(subject), { verdict, cause });
    }
    this.serviceOf = new Map(
      [base, candidate].flatMap(({ plan }) => {
        const names = serviceNames(plan);
        return plan.workloads.map(({ name, namespace }, i) => [`${name}.${namespace}`, names[i]] as const);
      }),
    );
  }

  /** null: nothing that is worth a line. */
  keyOf(metric: MetricDifference): FactKey | null {
    const { subject, verdict, isPrimary } = metric;
    const plain = (text: string): FactKey => ({ text, cause: null, isErrors: false });
    switch (verdict) {
      case 'same':
      case 'not-comparable':
        return null;
      case 'inconclusive':
        return isPrimary ? plain(`${verdict} ${subjectKey(subject)} ${familyOf(metric.metric)}`) : null;
      case 'new':
      case 'gone':
        return plain(`${verdict} ${this.targetOf(subject)}`);
      case 'worse':
      case 'better':
      case 'changed':
        return this.errorKey(metric) ?? plain(`${verdict} ${this.placeOf(metric)} ${familyOf(metric.metric)}`);
    }
  }

  /** Of errors, of how calls fail, of what is refused, and of good answers that are missing; null: it is about none of these. */
  private errorKey({ subject, metric, outcome, verdict }: MetricDifference): FactKey | null {
    const errors = this.errors.get(subjectKey(edgeOf(subject))) ?? this.errors.get(subjectKey(subject));
    const belongs = errors !== undefined && (verdict === errors.verdict || metric === 'refused');
    switch (metric) {
      case 'errors':
      case 'goodput':
      case 'refused':
      case 'outcome': {
        if (!belongs) return metric === 'outcome' ? { ...NO_CAUSE, text: `${verdict} ${outcome}` } : null;
        const { cause } = errors;
        const text = `${errors.verdict} errors ${cause === null ? subjectKey(subject) : causeKey(cause)}`;
        return { text, cause, isErrors: true };
      }
      default:
        return null;
    }
  }

  /** What a workload has in use is in use at its service; tries on an edge are tries that a service gets. */
  private placeOf({ subject, metric }: MetricDifference): string {
    const isOfService =
      (subject.kind === 'workload' && USED.includes(metric)) || (subject.kind === 'edge' && TRIED.includes(metric));
    return isOfService ? subjectKey({ kind: 'service', service: this.targetOf(subject) }) : subjectKey(edgeOf(subject));
  }

  /** What is called; of traffic, its name. */
  private targetOf(subject: DiffSubject): string {
    switch (subject.kind) {
      case 'service':
        return subject.service;
      case 'workload':
        return this.serviceOf.get(subject.workload) ?? subject.workload;
      case 'edge':
      case 'edge-request':
        return subject.to;
      case 'all':
      case 'traffic':
      case 'request':
      case 'cluster':
        return subjectKey(subject);
    }
  }
}

const USED: readonly DiffMetric[] = ['cpu', 'workers', 'proxy'];
const TRIED: readonly DiffMetric[] = ['retries', 'attempts'];

const NO_CAUSE = { cause: null, isErrors: true } as const;

/** The requests of an edge say no more than the edge. */
function edgeOf(subject: DiffSubject): DiffSubject {
  return subject.kind === 'edge-request' ? { kind: 'edge', from: subject.from, to: subject.to } : subject;
}

/** Metrics that say the same about one subject. */
function familyOf(metric: DiffMetric): string {
  switch (metric) {
    case 'offered':
    case 'served':
    case 'goodput':
      return 'rate';
    case 'errors':
    case 'refused':
    case 'outcome':
      return 'errors';
    case 'retries':
    case 'attempts':
      return 'attempts';
    case 'cpu':
    case 'workers':
    case 'proxy':
    case 'ejections':
      return metric;
    default:
      return 'latency';
  }
}

function partsOf({ plan, tally }: ArmRun, subject: DiffSubject): readonly FlowPart[] | null {
  switch (subject.kind) {
    case 'all':
      return tally.all.parts;
    case 'traffic':
      return tally.traffic[plan.traffic.findIndex(({ name }) => name === subject.traffic)]?.tally.parts ?? null;
    case 'request': {
      const t = plan.traffic.findIndex(({ name }) => name === subject.traffic);
      const r = plan.traffic[t]?.requests.findIndex(({ name }) => name === subject.request) ?? -1;
      return tally.traffic[t]?.requests[r]?.parts ?? null;
    }
    case 'service':
      return tally.services.get(subject.service)?.parts ?? null;
    case 'edge':
    case 'edge-request':
      return tally.edges.find(({ from, to }) => from === subject.from && to === subject.to)?.parts ?? null;
    case 'workload':
    case 'cluster':
      return null;
  }
}

/** How many calls lie between the clients and a name, at least. */
function depthsOf(...worlds: readonly ArmRun[]): ReadonlyMap<string, number> {
  const edges = worlds.flatMap(({ tally }) => tally.edges);
  const targets = new Set(edges.map(({ to }) => to));
  const clients = edges.filter(({ from }) => !targets.has(from));
  const depths = new Map<string, number>(clients.map(({ from }) => [from, 0]));
  for (const [name, depth] of depths) {
    for (const { from, to } of edges) if (from === name && !depths.has(to)) depths.set(to, depth + 1);
  }
  return depths;
}

function deepestFirst(
  indices: readonly number[],
  metrics: readonly MetricDifference[],
  depths: ReadonlyMap<string, number>,
): number[] {
  const depthOf = (index: number): number => {
    const { subject } = metrics[index];
    switch (subject.kind) {
      case 'service':
        return depths.get(subject.service) ?? 0;
      case 'edge':
        return (depths.get(subject.from) ?? 0) + 0.5;
      case 'edge-request':
        return (depths.get(subject.from) ?? 0) + 0.4;
      case 'all':
      case 'traffic':
      case 'request':
      case 'workload':
      case 'cluster':
        return 0;
    }
  };
  const rank = (index: number): number => ERROR_ORDER.indexOf(metrics[index].metric);
  return [...indices].sort((a, b) => depthOf(b) - depthOf(a) || rank(a) - rank(b) || a - b);
}

const ERROR_ORDER: readonly DiffMetric[] = ['errors', 'outcome', 'refused', 'goodput'];
