// The recoveries from all entries of a timeline over the replications, and what they come to.
import type { Occurrence } from '../../models/mesh/recording/phases.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { Recovered } from '../recovery/after-entries.js';
import type { RecoverySummary } from '../result/timeline-result.js';
import { measuredMean, missing } from '../tally/measure.js';
import { entryNames } from './entry-names.js';

const NS_PER_SECOND = 1e9;
const NS_PER_MS = 1e6;

/** Of an entry. @param recoveries one list per replication, aligned with the occurrences */
export function summariseRecovery(
  { timeline, traffic }: MeshPlan,
  entry: number,
  occurrences: readonly Occurrence[],
  recoveries: readonly (readonly Recovered[])[],
): RecoverySummary {
  const names = traffic.flatMap(({ name, requests }) => requests.map((request) => `${name}.${request.name}`));
  const own = recoveries.map((all) =>
    all.filter(({ recovery }, i) => occurrences[i].entry === entry && recovery.kind !== 'unknown'),
  );
  // An entry that begins again before all is as before is no failure to recover: after the last time it shows.
  const failed = own.flatMap((times) => {
    const last = times[times.length - 1];
    return last?.recovery.kind === 'not recovered' ? [last] : [];
  });
  const seconds = own.flatMap((times) => {
    if (times[times.length - 1]?.recovery.kind !== 'recovered') return [];
    const known = times.flatMap(({ recovery }) => (recovery.kind === 'recovered' ? [recovery.afterNs] : []));
    return [known.reduce((most, afterNs) => Math.max(most, afterNs), 0) / NS_PER_SECOND];
  });
  const last = occurrences.findLast((occurrence) => occurrence.entry === entry)!;
  const [looked] = recoveries.flatMap((all) => all.findLast((_, i) => occurrences[i].entry === entry) ?? []);
  const befores = own.flatMap((times) => times[0]?.before ?? []);
  return {
    from: looked === undefined || looked.fromNs === last.beginNs ? 'begin' : 'end',
    sinceSeconds: (looked?.fromNs ?? last.beginNs) / NS_PER_SECOND,
    seconds: seconds.length === 0 ? missing('no data') : measuredMean(seconds),
    recovered: seconds.length,
    notRecovered: failed.length,
    before:
      befores.length === 0
        ? null
        : {
            errorShare: mean(befores.map(({ errorShare }) => errorShare)),
            p99Ms: meanMs(befores.map(({ p99Ns }) => p99Ns)),
          },
    left:
      failed.length === 0
        ? null
        : {
            request: failed[0].left === null || failed[0].left.request === null ? null : names[failed[0].left.request],
            errorShare: mean(failed.map(({ left }) => left?.errorShare ?? 1)),
            p99Ms: meanMs(failed.map(({ left }) => left?.p99Ns ?? null)),
            afterSeconds: mean(failed.map(({ fromNs, untilNs }) => untilNs - fromNs)) / NS_PER_SECOND,
            until: failed[0].next === null ? null : entryNames(timeline)[failed[0].next],
          },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanMs(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known) / NS_PER_MS;
}
