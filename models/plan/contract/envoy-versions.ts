// What differs between the releases of Envoy that the plan knows: one table, a row a difference, each with the source of its change; and which
// Envoy a release of Istio carries.
import type { EnvoyPlan } from './envoy-plan.js';

/** Releases whose behaviour is known, oldest first. */
export const KNOWN_ENVOY_VERSIONS: readonly string[] = Array.from({ length: 14 }, (_, i) => `1.${27 + i}`);

/** istio/proxy: WORKSPACE (ENVOY_SHA and its date) of the release branches; ENVOY_VERSION.txt there since 1.28. */
export const ENVOY_OF_ISTIO: Readonly<Record<string, string>> = {
  '1.20': '1.28',
  '1.21': '1.29',
  '1.22': '1.30',
  '1.23': '1.31',
  '1.24': '1.32',
  '1.25': '1.33',
  '1.26': '1.34',
  '1.27': '1.35',
  '1.28': '1.36',
  '1.29': '1.37',
  '1.30': '1.38',
  '1.31': '1.39',
};

/** What depends on the release: of the configuration, and of what the proxies do with it. */
export interface EnvoyDefaults extends Omit<EnvoyPlan, 'version'> {
  /** Whether the first ejection does not look at maxEjectionPercent. */
  readonly firstEjectionExempt: boolean;
  /** Streams that a connection of HTTP/2 carries where nobody sets it. */
  readonly http2MaxConcurrentStreams: number;
}

export interface VersionRow<T> {
  readonly what: string;
  /** Of the latest change. */
  readonly source: string;
  /** The values and the minor releases that they came with, oldest first; the first one holds before as well. */
  readonly values: readonly (readonly [sinceMinor: number, value: T])[];
}

/** One row for each of `EnvoyDefaults`. */
export const ENVOY_TABLE: { readonly [K in keyof EnvoyDefaults]: VersionRow<EnvoyDefaults[K]> } = {
  firstEjectionExempt: {
    what: 'the first ejection of outlier detection does not look at maxEjectionPercent',
    source: 'changelogs/1.28.0.yaml (envoy.reloadable_features.check_mep_on_first_eject)',
    values: [
      [0, true],
      [28, false],
    ],
  },
  spreadsSchedulers: {
    what: 'a weighted rotation begins anywhere in its cycle, also among localities; before, as many picks on as there are hosts at most',
    source: 'envoy pull requests 32075 and 32233 (envoy.reloadable_features.edf_lb_host_scheduler_init_fix)',
    values: [
      [0, false],
      [30, true],
    ],
  },
  refillsContinuously: {
    what: 'the buckets of local rate limits fill all the time; before, once in each fill interval',
    source: 'changelogs/1.31.0.yaml (envoy.reloadable_features.no_timer_based_rate_limit_token_bucket)',
    values: [
      [0, false],
      [31, true],
    ],
  },
  averagesOverWindow: {
    what: 'rps_threshold of admission control is compared with the average over the sampling window; before, over the age of its oldest sample',
    source: 'changelogs/1.31.0.yaml, envoy pull request 34257',
    values: [
      [0, false],
      [31, true],
    ],
  },
  streamsMirrors: {
    what: 'requests above the buffer limit are mirrored: copies go beside the request',
    source: 'changelogs/1.33.0.yaml (envoy.reloadable_features.streaming_shadow)',
    values: [
      [0, false],
      [33, true],
    ],
  },
  boundsHttp2Buffers: {
    what: 'a request over HTTP/2 is retried up to 16 MiB, the window of a stream; before, up to 256 MiB',
    source: 'changelogs/1.36.0.yaml (envoy.reloadable_features.safe_http2_options)',
    values: [
      [0, false],
      [36, true],
    ],
  },
  mergesAssignments: {
    what: 'an assignment that changes nothing but the health, the weights or the metadata of hosts waits up to a second to be merged with others; after, it is heard at once',
    source:
      'envoy pull request 46302 (envoy.reloadable_features.enable_batch_aware_update): merged after 1.39.0, seen in the 1.40 of the lab',
    values: [
      [0, true],
      [40, false],
    ],
  },
  http2MaxConcurrentStreams: {
    what: 'streams on a connection of HTTP/2 where nothing is set',
    source: 'changelogs/1.36.0.yaml (envoy.reloadable_features.safe_http2_options)',
    values: [
      [0, 2147483647],
      [36, 1024],
    ],
  },
  countsRetriesAtDecision: {
    what: 'upstream_rq_retry counts a retry when it is decided upon; after, when it is sent',
    source:
      'source/common/router/retry_state_impl.cc: the one up to 1.36, the other in 1.39 and, recorded in the lab, in 1.40',
    values: [
      [0, true],
      [37, false],
    ],
  },
  countsActiveOverflow: {
    what: 'a request that max_requests refuses counts as upstream_rq_active_overflow; before, as upstream_rq_pending_overflow',
    source: 'changelogs/1.38.0.yaml (envoy.reloadable_features.skip_pending_overflow_count_on_active_rq)',
    values: [
      [0, false],
      [38, true],
    ],
  },
};

/** Changes between the known releases that no run shows: what, since when, and why it is not seen. */
export const ENVOY_UNSEEN: readonly (readonly [what: string, since: string, why: string])[] = [
  ['flow-control windows of HTTP/2: 16 and 24 MiB instead of 256 MiB', '1.36', 'flow control is not modelled'],
  [
    'streams that a client may open on a connection to a proxy: 1024',
    '1.36',
    'applications open as many connections as they like',
  ],
  [
    'a bucket of max_tokens 0, which refuses everything, is accepted',
    '1.37 or later',
    'it refuses everything in every release here',
  ],
  ['LOGICAL_DNS: a changed answer replaces the host', '1.39', 'names do not change their addresses'],
  [
    'order of response flags in access logs: as they are set; before, by number',
    '1.30',
    'flags stand as the newer releases print them',
  ],
  [
    'retry budgets over a sliding window, refresh_cluster_on_retry, detect_degraded_hosts',
    '1.37 or later',
    'off unless set, and Istio sets none',
  ],
];

/** The defaults of one release. */
export interface EnvoyRelease extends EnvoyDefaults {
  readonly version: string;
}

/** The defaults of a release, or null where the release is unknown. Patch numbers are allowed (`1.36.2`), as is a leading `v`. */
export function envoyRelease(version: string): EnvoyRelease | null {
  const match = /^v?(\d+)\.(\d+)(?:\.\d+)?$/.exec(version.trim());
  if (match === null) return null;
  const release = `${match[1]}.${match[2]}`;
  if (!KNOWN_ENVOY_VERSIONS.includes(release)) return null;
  const minor = Number(match[2]);
  const table = ENVOY_TABLE;
  return {
    version: release,
    firstEjectionExempt: valueAt(table.firstEjectionExempt, minor),
    spreadsSchedulers: valueAt(table.spreadsSchedulers, minor),
    refillsContinuously: valueAt(table.refillsContinuously, minor),
    averagesOverWindow: valueAt(table.averagesOverWindow, minor),
    streamsMirrors: valueAt(table.streamsMirrors, minor),
    boundsHttp2Buffers: valueAt(table.boundsHttp2Buffers, minor),
    mergesAssignments: valueAt(table.mergesAssignments, minor),
    http2MaxConcurrentStreams: valueAt(table.http2MaxConcurrentStreams, minor),
    countsRetriesAtDecision: valueAt(table.countsRetriesAtDecision, minor),
    countsActiveOverflow: valueAt(table.countsActiveOverflow, minor),
  };
}

/** What the proxies of a plan do as those of their release. */
export function envoyPlan(release: EnvoyRelease): EnvoyPlan {
  const { firstEjectionExempt: _exempt, http2MaxConcurrentStreams: _streams, ...plan } = release;
  return plan;
}

/** The value of a row in a release. */
export function valueAt<T>({ values }: VersionRow<T>, minor: number): T {
  let found = values[0][1];
  for (const [since, value] of values) if (minor >= since) found = value;
  return found;
}
