// What differs between the releases of Istio that the plan knows, one row a difference, with where it was introduced.
// istio: releasenotes of each release; pilot/pkg/networking/core/route/retry/retry.go; pilot/pkg/features/experimental.go.

/** Releases whose defaults are known, oldest first. */
export const KNOWN_ISTIO_VERSIONS: readonly string[] = [
  '1.20',
  '1.21',
  '1.22',
  '1.23',
  '1.24',
  '1.25',
  '1.26',
  '1.27',
  '1.28',
  '1.29',
  '1.30',
  '1.31',
];

/** The defaults of one release that the plan depends on. */
export interface ReleaseDefaults {
  readonly version: string;
  /** `1.31` → 31. */
  readonly minor: number;
  /** Status codes that the built-in retry policy retries: `[503]` up to 1.23, none since (istio: releasenotes/notes/50506). */
  readonly defaultRetryStatuses: readonly number[];
  /** A cluster whose DestinationRule names no balancer: least request since 1.14 (ROUND_ROBIN before). */
  readonly defaultBalancer: 'least_request' | 'round_robin';
  /** Up to 1.19 (Envoy before 1.28) the first ejection did not look at maxEjectionPercent. */
  readonly firstEjectionExempt: boolean;
  /** Panic threshold in percent of clusters without outlier detection: 0 since 1.31, Envoy's 50 before. */
  readonly panicThresholdPercent: number;
  /** `retries.backoff` and `retries.retryIgnorePreviousHosts` are read since 1.26. */
  readonly retryBackoffFields: boolean;
  /** Among services of one host name a Kubernetes Service is preferred since 1.30. */
  readonly prefersKubernetesService: boolean;
  /** `meshConfig.defaultTrafficPolicy` is read since 1.31. */
  readonly meshTrafficPolicy: boolean;
  /** `trafficPolicy.retryBudget` is read since 1.27. */
  readonly retryBudget: boolean;
}

/**
 * The defaults of a release, or null where the release is unknown. Patch numbers are allowed (`1.24.3`), as is a leading `v`.
 */
export function releaseDefaults(version: string): ReleaseDefaults | null {
  const match = /^v?(\d+)\.(\d+)(?:\.\d+)?$/.exec(version.trim());
  if (match === null) return null;
  const release = `${match[1]}.${match[2]}`;
  if (!KNOWN_ISTIO_VERSIONS.includes(release)) return null;
  const minor = Number(match[2]);
  return {
    version: release,
    minor,
    defaultRetryStatuses: minor <= 23 ? [503] : [],
    defaultBalancer: minor >= 14 ? 'least_request' : 'round_robin',
    firstEjectionExempt: minor <= 19,
    panicThresholdPercent: minor >= 31 ? 0 : 50,
    retryBackoffFields: minor >= 26,
    prefersKubernetesService: minor >= 30,
    meshTrafficPolicy: minor >= 31,
    retryBudget: minor >= 27,
  };
}
