// What happened in a run with a timeline, in one list over the replications, from the trigger to the recovery: planned beginnings and ends, what became of
// pods and who heard of it when. Alike things that followed the same time of an entry are one; times are medians over the replications.
import { HAPPENINGS, type HappeningResult } from '../../models/mesh/recording/happenings.js';
import { type Occurrence, occurrencesOf } from '../../models/mesh/recording/phases.js';
import type { ReplicationResult } from '../../models/mesh/recording/result.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { isOverAtOnce } from '../../models/plan/contract/timeline-plan.js';
import { firstAtLeast } from '../recovery/sorted.js';
import type { HappenedKind, HappeningSummary, ImpactSummary } from '../result/timeline-result.js';
import { entryNames } from './entry-names.js';

const NS_PER_SECOND = 1e9;
/** The times of an entry that begins more often are told together. */
const TIMES_APART_MAX = 3;
/** Workloads beyond these are told together. */
const WORKLOADS_APART_MAX = 3;

/** What kubelets do may follow whatever has begun last. */
const BY_KUBELETS: readonly HappenedKind[] = ['pod unready', 'pod ready again', 'container killed'];

/** In the order in which kinds of one instant are told. */
const ORDER: readonly HappenedKind[] = [...HAPPENINGS, 'recovered', 'not recovered'];

/** Ordered by time. @param durationNs length of the measured window */
export function summariseHappenings(
  plan: MeshPlan,
  durationNs: number,
  results: readonly ReplicationResult[],
  impacts: readonly ImpactSummary[],
): HappeningSummary[] {
  const occurrences = occurrencesOf(plan.timeline, durationNs);
  const list = [
    ...plannedOf(plan, durationNs, occurrences, results),
    ...followed(plan, occurrences, results),
    ...impacts.flatMap(recoveryOf),
  ];
  return list.sort((a, b) => a.atSeconds - b.atSeconds || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

function plannedOf(
  { timeline }: MeshPlan,
  durationNs: number,
  occurrences: readonly Occurrence[],
  results: readonly ReplicationResult[],
): HappeningSummary[] {
  return entryNames(timeline).flatMap((name, entry) => {
    const own = occurrences.filter((occurrence) => occurrence.entry === entry);
    const groups = own.length > TIMES_APART_MAX ? [own] : own.map((occurrence) => [occurrence]);
    return groups.flatMap((times) => {
      const told = (kind: HappenedKind, atNs: readonly number[]): HappeningSummary[] => {
        const reached = atNs.filter((timeNs) => timeNs < durationNs);
        const [first] = reached;
        if (first === undefined) return [];
        const lastNs = reached[reached.length - 1];
        const seconds = { atSeconds: first / NS_PER_SECOND, lastSeconds: lastNs / NS_PER_SECOND };
        return [
          {
            kind,
            entry: name,
            time: times.length > 1 ? 0 : times[0].time + 1,
            ...seconds,
            lowSeconds: seconds.atSeconds,
            highSeconds: seconds.lastSeconds,
            workload: '',
            workloads: 0,
            count: reached.length,
            replications: results.filter(({ measuredNs }) => measuredNs > first).length,
          },
        ];
      };
      return [
        ...told(
          'began',
          times.map(({ beginNs }) => beginNs),
        ),
        ...told(
          'ended',
          times.filter(({ beginNs, endNs }) => endNs > beginNs).map(({ endNs }) => endNs),
        ),
      ];
    });
  });
}

/** Things of one kind that followed one time of an entry (0: any of them). */
interface Group {
  readonly entry: number;
  readonly time: number;
  readonly times: number;
  readonly beginNs: number;
  readonly kind: HappenedKind;
  readonly workloads: Set<number>;
  /** By replication: nanoseconds after the time of the entry. */
  readonly afterNs: number[][];
}

function followed(
  plan: MeshPlan,
  occurrences: readonly Occurrence[],
  results: readonly ReplicationResult[],
): HappeningSummary[] {
  const triggers = new Triggers(plan, occurrences);
  const groups = new Map<string, Group>();
  for (const [replication, { happenings = [] }] of results.entries()) {
    for (const happening of happenings) {
      const { kind, atNs, workload } = happening;
      if (kind === 'began' || kind === 'ended' || atNs < 0) continue;
      const trigger = triggers.of(happening);
      if (trigger === null) continue;
      const { entry, time, times, first, beginNs } = trigger;
      const key = `${entry}/${time}/${kind}/${workload}`;
      const group = groups.get(key) ?? {
        entry,
        time,
        times,
        beginNs: first,
        kind,
        workloads: new Set([workload]),
        afterNs: results.map(() => []),
      };
      groups.set(key, group);
      group.afterNs[replication].push(atNs - beginNs);
    }
  }
  return joinedWorkloads([...groups.values()]).map((group) => toSummary(plan, group));
}

/** Of a kind that concerns many workloads at once one group is left. */
function joinedWorkloads(groups: readonly Group[]): Group[] {
  const alike = new Map<string, Group[]>();
  for (const group of groups) {
    const key = `${group.entry}/${group.time}/${group.kind}`;
    alike.set(key, [...(alike.get(key) ?? []), group]);
  }
  return [...alike.values()].flatMap((list) => {
    if (list.length <= WORKLOADS_APART_MAX) return list;
    return [
      {
        ...list[0],
        workloads: new Set(list.flatMap(({ workloads }) => [...workloads])),
        afterNs: list[0].afterNs.map((_, replication) => list.flatMap(({ afterNs }) => afterNs[replication])),
      },
    ];
  });
}

function toSummary({ timeline, workloads: all }: MeshPlan, group: Group): HappeningSummary {
  const { entry, time, times, beginNs, kind, workloads, afterNs } = group;
  const known = afterNs.filter((list) => list.length > 0).map((list) => [...list].sort((a, b) => a - b));
  const firsts = known.map((list) => list[0]);
  const lasts = known.map((list) => list[list.length - 1]);
  const second = (ns: number): number => (beginNs + ns) / NS_PER_SECOND;
  const [only] = workloads;
  return {
    kind,
    entry: entryNames(timeline)[entry],
    time,
    atSeconds: second(medianOf(firsts)),
    lastSeconds: second(medianOf(lasts)),
    lowSeconds: second(firsts.reduce((least, ns) => Math.min(least, ns), Number.POSITIVE_INFINITY)),
    highSeconds: second(lasts.reduce((most, ns) => Math.max(most, ns), 0)),
    workload: workloads.size === 1 && only >= 0 ? `${all[only].name}.${all[only].namespace}` : '',
    workloads: workloads.size,
    count: Math.max(1, Math.round(medianOf(known.map((list) => list.length)) / times)),
    replications: known.length,
  };
}

interface Trigger {
  readonly entry: number;
  /** 0: its times are told together. */
  readonly time: number;
  /** How many are told together. */
  readonly times: number;
  /** The first of those, and the one that this followed. */
  readonly first: number;
  readonly beginNs: number;
}

/** Which time of which entry something followed. */
class Triggers {
  /** By entry, ascending. */
  private readonly begins: readonly (readonly number[])[];
  /** Workloads whose pods another configuration makes come and go. */
  private readonly moved: ReadonlySet<number>;

  constructor(
    private readonly plan: MeshPlan,
    occurrences: readonly Occurrence[],
  ) {
    this.moved = movedWorkloads(plan);
    this.begins = plan.timeline.map((_, entry) =>
      occurrences.filter((own) => own.entry === entry).map(({ beginNs }) => beginNs),
    );
  }

  of({ entry, workload, atNs, kind }: HappeningResult): Trigger | null {
    const isFree = BY_KUBELETS.includes(kind) || kind === 'node added' || kind === 'node removed';
    const entries =
      entry >= 0 ? [entry] : [...this.begins.keys()].filter((index) => isFree || this.changes(index, workload));
    let found: Trigger | null = null;
    for (const index of entries) {
      const begins = this.begins[index];
      // Times are whole nanoseconds.
      const time = firstAtLeast(begins, atNs + 1) - 1;
      if (time === -1 || (found !== null && found.beginNs > begins[time])) continue;
      const isJoined = begins.length > TIMES_APART_MAX;
      found = {
        entry: index,
        time: isJoined ? 0 : time + 1,
        times: isJoined ? begins.length : 1,
        first: isJoined ? begins[0] : begins[time],
        beginNs: begins[time],
      };
    }
    return found;
  }

  /** Pods of the workload come and go because of the entry. */
  private changes(entry: number, workload: number): boolean {
    const { action } = this.plan.timeline[entry];
    // Pods of any workload may be on a node.
    if (action.kind === 'nodes') return true;
    if (action.kind === 'configuration') return this.moved.has(workload);
    if (action.kind === 'restart' || action.kind === 'scale') return action.workloads.includes(workload);
    if (action.kind !== 'pods' || !action.target.workloads.includes(workload)) return false;
    return isOverAtOnce(action.fault) || action.fault.kind === 'crash' || action.fault.kind === 'leak';
  }
}

/** Whose template or size is not the same in all versions of the configuration. */
function movedWorkloads({ workloads, configurations }: MeshPlan): ReadonlySet<number> {
  if (configurations === null) return new Set();
  const { facts, later } = configurations;
  return new Set(
    [...workloads.keys()].filter((index) => {
      const templates = new Set(facts.map((known) => known.templates[index]));
      const sizes = new Set(
        [workloads, ...later.map((one) => one.workloads)].map((all) => all[index].podLocalities.length),
      );
      return templates.size > 1 || sizes.size > 1;
    }),
  );
}

function recoveryOf({ entry, times, recovery }: ImpactSummary): HappeningSummary[] {
  const { sinceSeconds: since, seconds, recovered, notRecovered, left } = recovery;
  const told = (kind: HappenedKind, low: number, at: number, high: number, replications: number): HappeningSummary => ({
    kind,
    entry,
    time: times > 1 ? 0 : 1,
    atSeconds: since + at,
    lastSeconds: since + at,
    lowSeconds: since + low,
    highSeconds: since + high,
    workload: '',
    workloads: 0,
    count: 1,
    replications,
  });
  const list: HappeningSummary[] = [];
  // What was never out of its margin does not recover.
  const { value, low, high } = seconds;
  if (recovered > 0 && value !== null && value > 0)
    list.push(told('recovered', low ?? value, value, high ?? value, recovered));
  if (left !== null)
    list.push(told('not recovered', left.afterSeconds, left.afterSeconds, left.afterSeconds, notRecovered));
  return list;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
