// Which limits and protections of the mesh did something, cluster by cluster: Envoy's counters in words.
import type { ClusterSummary, RunResult } from '../../scenarios/run-result.js';
import { printable } from '../escape.js';
import { type Colors, headed, rule, wrapped } from '../layout.js';
import { formatCount } from '../numbers.js';

/** Counter -> what it counts. The order is the order of the report: what hurts comes first. */
const WORDS: readonly (readonly [counter: string, words: string])[] = [
  ['upstreamCxNoneHealthy', 'found no healthy host'],
  ['lbHealthyPanic', 'picked in panic'],
  ['upstreamRqPendingOverflow', 'refused: too many pending'],
  ['upstreamRqActiveOverflow', 'refused: too many requests'],
  ['upstreamRqPendingFailureEject', 'failed while waiting for a connection'],
  ['upstreamCxConnectFail', 'connections failed'],
  ['upstreamRqTimeout', 'timed out'],
  ['upstreamRqPerTryTimeout', 'tries timed out'],
  ['upstreamRqRetry', 'retries'],
  ['upstreamRqRetryOverflow', 'retries refused: too many'],
  ['upstreamRqRetryLimitExceeded', 'failed after the last retry'],
  ['ejectionsEnforced', 'hosts ejected'],
  ['ejectionsOverflow', 'ejections held back'],
];

export function protectionList({ clusters }: RunResult, width: number, colors: Colors): string[] {
  const lines = clusters.flatMap((cluster) => {
    const active = activeProtections(cluster);
    return active.length === 0
      ? []
      : [...wrapped(printable(clusterName(cluster)), width, 1), ...wrapped(active.join(' · '), width, 4)];
  });
  return lines.length === 0
    ? []
    : [
        ...headed('Limits and protections that acted', ', all replications', width, colors.bold, colors.dim),
        rule(width, colors),
        ...lines,
      ];
}

/** `3 timed out`, `12 retries` …; empty where nothing acted. */
export function activeProtections({ counters }: ClusterSummary): string[] {
  return WORDS.filter(([counter]) => (counters[counter] ?? 0) > 0).map(
    ([counter, words]) => `${formatCount(counters[counter])} ${words}`,
  );
}

/** `catalogue v2` of `outbound|8080|v2|catalogue.chandlery.svc.cluster.local`. */
export function clusterName({ host, subset }: ClusterSummary): string {
  const short = host.replace(/\.svc\.cluster\.local$/, '');
  return subset === '' ? short : `${short} ${subset}`;
}
