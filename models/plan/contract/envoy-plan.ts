// What differs between the releases of Envoy and is seen in a run. Of what a proxy of another release is configured with, clusters and
// filters say it themselves.

export interface EnvoyPlan {
  /** e.g. `1.39`. */
  readonly version: string;
  /** A request that max_requests refuses counts as upstream_rq_active_overflow; else as upstream_rq_pending_overflow. */
  readonly countsActiveOverflow: boolean;
  /** upstream_rq_retry counts retries that are decided upon; else those that are sent. */
  readonly countsRetriesAtDecision: boolean;
  /** A new weighted rotation begins anywhere in its cycle; else at most as many picks on as there are hosts, and localities all alike. */
  readonly spreadsSchedulers: boolean;
  /** An assignment that changes only the health or the weights of hosts waits for the merge window; else proxies go by it at once. */
  readonly mergesAssignments: boolean;
  /** Buckets of local rate limits fill all the time; else once in each interval. */
  readonly refillsContinuously: boolean;
  /** Admission control takes requests a second over its whole window; else over the age of what it remembers. */
  readonly averagesOverWindow: boolean;
  /** Mirrored copies go beside the request, whatever its size; else when all of it is there, if the buffer holds it. */
  readonly streamsMirrors: boolean;
  /** A stream of HTTP/2 buffers 16 MiB; else 256 MiB. */
  readonly boundsHttp2Buffers: boolean;
}

/** As the newest releases are. */
export const NEWEST_ENVOY: EnvoyPlan = {
  version: '',
  countsActiveOverflow: true,
  countsRetriesAtDecision: false,
  spreadsSchedulers: true,
  mergesAssignments: false,
  refillsContinuously: true,
  averagesOverWindow: true,
  streamsMirrors: true,
  boundsHttp2Buffers: true,
};
