// Where an answer that is not good comes from: its origin, the place where the request first went wrong. An origin travels back with the answer: a
// call that failed because a call below it failed has the origin of that call, one that fails by itself is the origin, a retry that succeeds has
// none. An origin is one number, a reason and a place (an index into one of the plan's arrays), so that carrying it costs nothing.
// Reasons follow Envoy's response flags and response code details (envoy: envoy/stream_info/stream_info.h, ResponseCodeDetailValues), with what an
// application and a scenario add.

/** What a place is an index into. `request`: the requests of all traffic sources, in the order of the plan. */
export type PlaceKind = 'workload' | 'cluster' | 'row' | 'filter' | 'request';

interface Reason {
  readonly number: number;
  readonly place: PlaceKind;
}

/** Every reason, by its name in results. Numbers are internal. */
export const REASONS = {
  /** The application answers with an error of its own (`errors` in the scenario). */
  'application error': { number: 1, place: 'workload' },
  /** The application's queue is full. */
  'application queue full': { number: 2, place: 'workload' },
  /** The application closed an idle connection of its own proxy just as a request came. */
  'application closed the connection': { number: 3, place: 'workload' },
  /** The server's proxy has as many requests waiting for a connection to its application as it may have. */
  'inbound pending limit': { number: 4, place: 'workload' },
  /** The server's proxy has as many requests under way to its application as it may have. */
  'inbound request limit': { number: 5, place: 'workload' },
  /** The server's proxy has as many connections to its application as it may have, and closes this one. */
  'inbound connection limit': { number: 32, place: 'workload' },
  /** A filter of a proxy answered. */
  filter: { number: 6, place: 'filter' },
  /** A fault that a route injects. */
  fault: { number: 7, place: 'row' },
  /** No route matches. */
  'no route': { number: 8, place: 'row' },
  /** The route itself answers: a direct response, or a closed connection. */
  'route answers': { number: 9, place: 'row' },
  /** The route names a cluster that does not exist. */
  'no cluster': { number: 10, place: 'row' },
  /** The cluster has no host that may be used. */
  'no endpoint': { number: 11, place: 'cluster' },
  /** Circuit breakers of a client's proxy. */
  'pending limit': { number: 12, place: 'cluster' },
  'request limit': { number: 13, place: 'cluster' },
  'connection limit': { number: 14, place: 'cluster' },
  /** Connections do not come up. */
  'connect failure': { number: 15, place: 'cluster' },
  /** An established connection was lost under the request. */
  'connection lost': { number: 16, place: 'cluster' },
  /** A policy closes or drops connections. */
  'connection refused by policy': { number: 17, place: 'cluster' },
  /** Client and server do not agree on TLS. */
  'TLS mismatch': { number: 18, place: 'cluster' },
  /** What a time-out ended the wait for: a free connection of the client's pool … */
  'waited for a pool connection': { number: 19, place: 'cluster' },
  /** … a connection that was being made … */
  'waited for a new connection': { number: 20, place: 'cluster' },
  /** … a connection from the server's proxy to its application … */
  'waited for an inbound connection': { number: 21, place: 'workload' },
  /** … a worker of the application … */
  'waited for a worker': { number: 22, place: 'workload' },
  /** … the application's own work and its CPU … */
  'waited for the application': { number: 23, place: 'workload' },
  /** … the threads of a proxy … */
  'waited for a proxy': { number: 24, place: 'workload' },
  /** … a filter … */
  'waited for a filter': { number: 25, place: 'filter' },
  /** … a delay that a route injects … */
  'injected delay': { number: 26, place: 'row' },
  /** … the network … */
  'waited for the network': { number: 27, place: 'row' },
  /** … the back-off before another try. */
  'waited for a retry': { number: 28, place: 'row' },
  /** The caller was stopped itself. */
  'caller stopped': { number: 29, place: 'row' },
  /** An answer that would be good, but was not expected (`expect`). */
  'not expected': { number: 30, place: 'request' },
  /** The timeline makes the application answer with errors … */
  'injected error': { number: 33, place: 'workload' },
  /** … takes it down, so that nobody listens on its port … */
  'application down': { number: 34, place: 'workload' },
  /** … or kills its pod. */
  'pod killed': { number: 35, place: 'workload' },
  /** A bad answer of which nothing more is known. */
  unknown: { number: 31, place: 'row' },
} as const satisfies Readonly<Record<string, Reason>>;

export type ReasonName = keyof typeof REASONS;

/** Answered well, or by the application itself. */
export const NO_CAUSE = 0;
const RADIX = 64;
const BY_NUMBER = new Map<number, ReasonName>(
  (Object.keys(REASONS) as ReasonName[]).map((name) => [REASONS[name].number, name]),
);

/** The origin as one number. `place` >= 0. */
export function causeOf(reason: Reason, place: number): number {
  return place * RADIX + reason.number;
}

export interface Cause {
  readonly reason: ReasonName;
  readonly placeKind: PlaceKind;
  /** Index into the array of the plan that `placeKind` names. */
  readonly place: number;
}

/** What a number of `causeOf` stands for. */
export function readCause(cause: number): Cause {
  const reason = BY_NUMBER.get(cause % RADIX) ?? 'unknown';
  return { reason, placeKind: REASONS[reason].place, place: Math.floor(cause / RADIX) };
}

/** Time-outs, by who has set them: the route, one try, the whole stream, the caller's application (or the client). */
export const TIMEOUT = { route: 0, oneTry: 1, stream: 2, caller: 3 } as const;
export const TIMEOUTS = 4;
