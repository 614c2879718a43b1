// Retries and ejections: when, where, and what Envoy's counters say.

import type { ClusterSummary, RunResult } from '../../../../scenarios/result/run-result.js';
import { lookup } from '../../../../sim/lookup.js';
import { whole } from '../../words.js';
import { ejectionsChart, retriesChart } from '../charts/reactions.js';
import { clusterName } from '../charts/saturation.js';
import { h, named, replaceChildren } from '../dom.js';
import { Figure } from '../figure.js';
import { type Column, DataTable } from '../table.js';

/** Counter, title of its column, and what it counts. */
const COUNTERS: readonly (readonly [string, string, string])[] = [
  ['upstreamRqTotal', 'Attempts', 'requests sent upstream, retries included'],
  ['upstreamRqRetry', 'Retries', 'attempts after the first'],
  ['upstreamRqRetryOverflow', 'Retries refused', 'more retries at once than the circuit breaker allows'],
  ['upstreamRqRetryLimitExceeded', 'Gave up', 'calls whose last retry failed too'],
  ['upstreamRqTimeout', 'Timed out', 'calls that the time-out of the route ended'],
  ['upstreamRqPerTryTimeout', 'Tries timed out', 'attempts that the time-out of a try ended'],
  ['upstreamRqPendingOverflow', 'Refused, pending', 'more waiting requests than the circuit breaker allows'],
  ['upstreamRqActiveOverflow', 'Refused, active', 'more requests at once than the circuit breaker allows'],
  ['upstreamCxConnectFail', 'Connections failed', 'connections that could not be made'],
  ['ejectionsEnforced', 'Ejections', 'hosts taken out by outlier detection'],
  ['ejectionsOverflow', 'Ejections held back', 'hosts kept in by maxEjectionPercent'],
  ['lbHealthyPanic', 'Panic picks', 'picks among all hosts because too few were healthy'],
  ['upstreamCxNoneHealthy', 'No healthy host', 'calls for which no host was left'],
];

export function drawReactions(mount: HTMLElement, result: RunResult): void {
  const retries = new Figure({
    title: 'Retries a second',
    description:
      'Retried attempts a second over the measured time, for the clusters with the most of them; mean over the replications.',
    chart: (context) => retriesChart(result, context),
    empty: 'Nothing was retried.',
  });
  const ejections = new Figure({
    title: 'Ejections',
    description:
      'Hosts ejected by outlier detection over the measured time, counted over all proxies; mean over the replications.',
    chart: (context) => ejectionsChart(result, context),
    empty: 'No host was ejected.',
  });
  replaceChildren(
    mount,
    h('div', { class: 'figure-pair' }, retries.element, ejections.element),
    clusterTable(result.clusters),
  );
}

/** Counters that stayed at 0 everywhere have no column. */
function clusterTable(clusters: readonly ClusterSummary[]): HTMLElement {
  const used = COUNTERS.filter(
    ([name], i) => i === 0 || clusters.some(({ counters }) => (lookup(counters, name) ?? 0) > 0),
  );
  const columns: Column<ClusterSummary>[] = [
    { title: 'Cluster', value: (cluster) => clusterName(cluster), cell: (cluster) => named(clusterName(cluster)) },
    ...used.map(([name, title, hint]) => ({
      title,
      hint,
      isNumber: true,
      value: ({ counters }: ClusterSummary) => lookup(counters, name) ?? 0,
      cell: ({ counters }: ClusterSummary) => whole(lookup(counters, name) ?? 0),
    })),
    peak(
      'Most requests',
      'most requests that one proxy had open',
      'peakActiveRequests',
      ({ limits }) => limits.requests,
    ),
    peak(
      'Most connections',
      'most connections that one proxy had open',
      'peakConnections',
      ({ limits }) => limits.connections,
    ),
  ];
  return new DataTable<ClusterSummary>({
    caption: 'Clusters: Envoy’s counters over all replications, peaks of any',
    columns,
    rows: clusters,
    searchText: ({ name }) => name,
    searchHint: 'cluster',
    sortBy: 1,
    descending: true,
    filters: [
      { label: 'with retries', keep: ({ counters }) => (counters.upstreamRqRetry ?? 0) > 0 },
      { label: 'with ejections', keep: ({ counters }) => (counters.ejectionsEnforced ?? 0) > 0 },
    ],
  }).element;
}

function peak(
  title: string,
  hint: string,
  name: string,
  limitOf: (cluster: ClusterSummary) => number | null,
): Column<ClusterSummary> {
  return {
    title,
    hint,
    isNumber: true,
    value: ({ peaks }) => lookup(peaks, name) ?? 0,
    cell: (cluster) => {
      const limit = limitOf(cluster);
      const value = whole(lookup(cluster.peaks, name) ?? 0);
      return limit === null ? value : [value, h('span', { class: 'interval' }, `of ${whole(limit)}`)];
    },
  };
}
