// Who hears of an endpoint in a Linkerd mesh: no debounce, no queue of pushes, one stream for each destination of each
// proxy; and when an endpoint of which a proxy has heard takes requests (linkerd2-proxy:
// linkerd/proxy/resolve/src/recover.rs, linkerd/reconnect, linkerd/exp-backoff, linkerd/proxy/balance/queue; linkerd2:
// controller/api/destination).
import { powInt } from '../../sim/math.js';
import type { PingOptions } from './pings.js';
import { MS_NS, NEVER_NS, S_NS } from './time.js';

export interface LinkerdBackoffOptions {
  readonly minNs: number;
  readonly maxNs: number;
  /** Largest random part on top, as a share of the wait. */
  readonly jitterRatio: number;
}

/**
 * To endpoints, and to the controller where that is not in the same pod (linkerd2-proxy: linkerd/app/src/env.rs,
 * DEFAULT_OUTBOUND_CONNECT_BACKOFF).
 */
export const OUTBOUND_BACKOFF: LinkerdBackoffOptions = { minNs: 100 * MS_NS, maxNs: 60 * S_NS, jitterRatio: 0.1 };

/** linkerd2-proxy: linkerd/app/src/env.rs (DEFAULT_OUTBOUND_CONNECT_TIMEOUT). */
export const CONNECT_TIMEOUT_NS = S_NS;

/**
 * Of meshed endpoints and of clients of a proxy's server (linkerd2: charts/linkerd-control-plane/values.yaml,
 * meshedHttp2ClientProtobuf).
 */
export const MESHED_PINGS: PingOptions = { intervalNs: 10 * S_NS, timeoutNs: 3 * S_NS, restartsOnData: true };

/**
 * What a proxy has looked up is forgotten so long after its last use, and with it the stream (linkerd/app/src/env.rs).
 */
export const DISCOVERY_IDLE_NS = { outbound: 5 * S_NS, inbound: 90 * S_NS } as const;

/**
 * Look-ups of new destinations fail after this without a controller (linkerd/app/src/env.rs,
 * DEFAULT_CONTROL_FAILFAST_TIMEOUT).
 */
export const CONTROL_FAILFAST_NS = 10 * S_NS;

/**
 * Updates that the controller keeps for a stream that does not take them; one more ends the stream (linkerd2:
 * endpoint_translator.go, updateQueueCapacity).
 */
export const UPDATE_QUEUE_CAPACITY = 100;

/** The wait before try number `failures` + 1. @param failures >= 0, in a row @param u uniform in (0, 1) */
export function linkerdBackoffNs(
  failures: number,
  u: number,
  { minNs, maxNs, jitterRatio }: LinkerdBackoffOptions = OUTBOUND_BACKOFF,
): number {
  const baseNs = Math.min(minNs * powInt(2, Math.min(failures, 40)), maxNs);
  return baseNs + Math.min(Math.round(baseNs * jitterRatio * u), maxNs - baseNs);
}

/** What an update of a destination does to the balancer of a proxy. */
export type EndpointUpdate = 'add' | 'remove' | 'replace' | 'nothing';

/** One proxy's stream for one destination. Whatever happens to it the balancer keeps its endpoints. */
export class DestinationStream {
  private failures = 0;
  private state: 'waiting' | 'connecting' | 'open' = 'connecting';
  private timerNs = NEVER_NS;
  private isFirst = true;

  /** When `fire` is to be called: the next try. */
  get nextNs(): number {
    return this.timerNs;
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  /** The controller has taken the stream. */
  opened(): void {
    this.state = 'open';
    this.failures = 0;
    this.isFirst = true;
  }

  /** The stream has ended, or a try has failed. @param u uniform in (0, 1) */
  ended(nowNs: number, u: number): void {
    this.timerNs = nowNs + linkerdBackoffNs(this.failures, u);
    this.failures++;
    this.state = 'waiting';
  }

  /** At `nextNs`: a try begins, which ends by `opened` or `ended`. */
  fire(): void {
    this.timerNs = NEVER_NS;
    this.state = 'connecting';
  }

  /** The first update of a stream says all that there is, so that nothing is lost and nothing is dropped needlessly. */
  update(kind: 'add' | 'remove' | 'none'): EndpointUpdate {
    const { isFirst } = this;
    if (kind === 'none') {
      this.isFirst = false;
      return 'replace';
    }
    if (isFirst && kind === 'remove') return 'nothing';
    this.isFirst = false;
    return isFirst ? 'replace' : kind;
  }
}

/**
 * The one HTTP/2 connection to a meshed endpoint, opened as soon as the endpoint is known: the endpoint takes requests
 * while it stands.
 */
export class EndpointConnection {
  private failures = 0;
  private timerNs: number;
  private state: 'connecting' | 'waiting' | 'ready' = 'connecting';

  /** @param nowNs when the endpoint is first heard of: the first try begins */
  constructor(nowNs: number) {
    this.timerNs = nowNs + CONNECT_TIMEOUT_NS;
  }

  get isReady(): boolean {
    return this.state === 'ready';
  }

  /** When `fire` is to be called: a try times out, or the next one begins. */
  get nextNs(): number {
    return this.timerNs;
  }

  /** The handshake of the try is done. */
  connected(): void {
    this.state = 'ready';
    this.failures = 0;
    this.timerNs = NEVER_NS;
  }

  /** A try is refused, or the connection is lost with all that it carries (502). @param u uniform in (0, 1) */
  lost(nowNs: number, u: number): void {
    this.timerNs = nowNs + linkerdBackoffNs(this.failures, u);
    this.failures++;
    this.state = 'waiting';
  }

  /** At `nextNs`. True: a try begins now, which ends by `connected` or `lost`. @param u uniform in (0, 1) */
  fire(nowNs: number, u: number): boolean {
    if (this.state === 'connecting') {
      this.lost(nowNs, u);
      return false;
    }
    this.state = 'connecting';
    this.timerNs = nowNs + CONNECT_TIMEOUT_NS;
    return true;
  }
}

/** `dispatch`: to an endpoint; `wait`: in the queue; `shed`: 503 at once (UNAVAILABLE to gRPC). */
export type GateDecision = 'dispatch' | 'wait' | 'shed';

/** linkerd2-proxy: linkerd/app/src/env.rs (DEFAULT_OUTBOUND_HTTP_FAILFAST_TIMEOUT). */
export const FAILFAST_NS = 3 * S_NS;

/**
 * The gate before the queue of one balancer: it shuts when a request has waited for so long that no endpoint is ready,
 * and opens with the first that is.
 * @see linkerd2-proxy: linkerd/proxy/balance/queue/src/{worker,failfast}.rs
 */
export class FailfastGate {
  private isReady: boolean;
  private timerNs = NEVER_NS;
  private isShut = false;

  constructor(isReady: boolean) {
    this.isReady = isReady;
  }

  /** When `fire` is to be called. */
  get nextNs(): number {
    return this.timerNs;
  }

  request(nowNs: number): GateDecision {
    if (this.isReady) return 'dispatch';
    if (this.isShut) return 'shed';
    if (this.timerNs === NEVER_NS) this.timerNs = nowNs + FAILFAST_NS;
    return 'wait';
  }

  /** At `nextNs`: all that wait fail (504, DEADLINE_EXCEEDED to gRPC). */
  fire(): void {
    this.timerNs = NEVER_NS;
    this.isShut = true;
  }

  /** An endpoint takes requests: those that wait go to it. */
  ready(): void {
    this.isReady = true;
    this.isShut = false;
    this.timerNs = NEVER_NS;
  }

  /** No endpoint takes any. The clock starts with the next request. */
  notReady(): void {
    this.isReady = false;
  }
}
