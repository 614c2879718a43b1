// Which limits and protections of the mesh did something, cluster by cluster: Envoy's counters in words.
import type { ClusterSummary, RunResult, ServiceSummary } from '../../scenarios/result/run-result.js';
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

export function protectionList(result: RunResult, width: number, colors: Colors): string[] {
  const lines = protections(result).flatMap(({ name, acted }) => [
    ...wrapped(printable(name), width, 1),
    ...wrapped(acted.join(' · '), width, 4),
  ]);
  return lines.length === 0
    ? []
    : [
        ...headed('Limits and protections that acted', ', all replications', width, colors.bold, colors.dim),
        rule(width, colors),
        ...lines,
      ];
}

/** What acted, by who holds the limit: the proxies of clients for a cluster, then the proxies of servers for their own application. */
export function protections({ clusters, services }: RunResult): { readonly name: string; readonly acted: string[] }[] {
  return [
    ...clusters.map((cluster) => ({ name: clusterName(cluster), acted: activeProtections(cluster) })),
    ...services.map((service) => ({
      name: `${service.name}, inbound of its own proxies`,
      acted: inboundLimits(service),
    })),
  ].filter(({ acted }) => acted.length > 0);
}

/** A refusal of a server's proxy is 503 UO in its own log; its callers see a 503 without a flag. */
function inboundLimits({ inbound }: ServiceSummary): string[] {
  const { pendingOverflow, requestOverflow, connectionOverflow, lost } = inbound;
  const words: readonly (readonly [count: number, words: string])[] = [
    [pendingOverflow, 'refused: too many pending (503 UO in its log)'],
    [requestOverflow, 'refused: too many requests (503 UO in its log)'],
    [connectionOverflow, 'connections refused: too many'],
    [lost, 'lost on connections that the application had closed (503 UC in its log)'],
  ];
  return words.filter(([count]) => count > 0).map(([count, text]) => `${formatCount(count)} ${text}`);
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
