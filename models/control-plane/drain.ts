// How an Envoy empties a connection whose listener or filter chain has changed or gone, or whose proxy is about to end:
// what a response carries, when the connection closes by itself, when it is cut (envoy:
// source/server/drain_manager_impl.cc, source/common/http/conn_manager_impl.cc,
// source/common/listener_manager/listener_manager_impl.cc).
import { NEVER_NS, S_NS } from './time.js';

export interface DrainOptions {
  /** `--drain-time-s`, whole seconds. */
  readonly drainNs: number;
  /** `gradual`: responses are told one by one, more and more of them. */
  readonly strategy: 'immediate' | 'gradual';
  /** `drain_timeout` of the HTTP connection manager: from the first notice to the end of new streams. */
  readonly noticeNs: number;
  /**
   * What remains at the end of the drain time is closed: after a change of listeners. A drain by admin call cuts
   * nothing.
   */
  readonly cuts: boolean;
  /**
   * Later Envoys (after 1.39: use_connection_event_drain) tell connections at once; before, each hears of it with its
   * next response.
   */
  readonly tellsConnections: boolean;
}

/** istio: pkg/envoy/proxy.go (--drain-strategy immediate), pkg/config/mesh/mesh.go (drainDuration). */
export const ISTIO_DRAIN: DrainOptions = {
  drainNs: 45 * S_NS,
  strategy: 'immediate',
  noticeNs: 5 * S_NS,
  cuts: true,
  tellsConnections: false,
};

/** envoy: source/server/options_impl.cc. */
export const ENVOY_DRAIN: DrainOptions = { ...ISTIO_DRAIN, drainNs: 600 * S_NS, strategy: 'gradual' };

/** A proxy that is told to drain by its agent goes on accepting, and cuts nothing by itself. */
export const ISTIO_SHUTDOWN_DRAIN: DrainOptions = { ...ISTIO_DRAIN, cuts: false };

export type DrainProtocol = 'http1' | 'http2' | 'tcp';

/**
 * What goes out with the headers of a response, or by itself: `close` = `Connection: close` (a client that sees it
 * takes the connection no more), `goaway` = the first GOAWAY, which leaves streams that are on the way valid.
 */
export type DrainNotice = 'none' | 'close' | 'goaway';

/**
 * What a timer does: `notice` = the connection is told (`goaway`, or nothing that HTTP/1 could see); `closing` = the
 * final GOAWAY; from now on the connection closes as soon as it has no stream; `cut` = it is closed at once with all
 * that it carries.
 */
export type DrainTimer = 'notice' | 'closing' | 'cut';

/** One downstream connection, from the start of the drain on. */
export class ConnectionDrain {
  /** Told, but not closing yet. */
  private closingNs = NEVER_NS;
  private noticeNs = NEVER_NS;
  private cutNs: number;
  private readonly endNs: number;
  private isTold = false;
  private isClosing = false;

  /** @param isIdle it carries no stream at `startNs` */
  constructor(
    private readonly protocol: DrainProtocol,
    private readonly startNs: number,
    isIdle: boolean,
    private readonly options: DrainOptions = ISTIO_DRAIN,
  ) {
    const { drainNs, cuts, tellsConnections, noticeNs } = options;
    this.endNs = startNs + drainNs;
    if (tellsConnections && isIdle) this.noticeNs = startNs;
    else if (tellsConnections && drainNs / 3 > noticeNs) this.noticeNs = this.endNs - Math.round(drainNs / 3);
    this.cutNs = cuts ? this.endNs : NEVER_NS;
  }

  /** When `fire` is to be called. */
  get nextNs(): number {
    return Math.min(this.noticeNs, this.closingNs, this.cutNs);
  }

  /** No stream is taken after this: whoever has no stream closes. */
  get closes(): boolean {
    return this.isClosing;
  }

  /**
   * The headers of a response go out.
   * @param u uniform in (0, 1), of this response; used by a gradual drain
   * @param isUpgrade of an upgrade or a CONNECT: HTTP/1 says nothing then
   */
  response(nowNs: number, u: number, isUpgrade = false): DrainNotice {
    if (this.protocol === 'tcp') return 'none';
    const wasTold = this.isTold;
    if (!wasTold) {
      if (!this.drawn(nowNs, u)) return 'none';
      this.tell(nowNs);
    }
    if (this.protocol === 'http1') return isUpgrade ? 'none' : 'close';
    return wasTold ? 'none' : 'goaway';
  }

  /** At `nextNs`. After `cut` the connection is gone. */
  fire(nowNs: number): DrainTimer {
    if (nowNs >= this.cutNs) {
      this.noticeNs = NEVER_NS;
      this.closingNs = NEVER_NS;
      this.cutNs = NEVER_NS;
      return 'cut';
    }
    if (nowNs >= this.closingNs) {
      this.closingNs = NEVER_NS;
      this.isClosing = true;
      return 'closing';
    }
    if (this.protocol === 'tcp') {
      this.noticeNs = NEVER_NS;
      this.isClosing = true;
      return 'closing';
    }
    this.tell(nowNs);
    return 'notice';
  }

  private tell(nowNs: number): void {
    this.isTold = true;
    this.noticeNs = NEVER_NS;
    this.closingNs = nowNs + this.options.noticeNs;
  }

  private drawn(nowNs: number, u: number): boolean {
    const { strategy, drainNs } = this.options;
    if (strategy === 'immediate' || nowNs >= this.endNs) return true;
    const drainSeconds = drainNs / S_NS;
    const elapsedSeconds = Math.ceil((nowNs - this.startNs) / S_NS);
    return elapsedSeconds > Math.floor(u * drainSeconds);
  }
}

/** What of a listener differs between two versions. */
export interface ListenerDifference {
  /** Anything outside its filter chains: listener filters, access log of the listener, socket options, address. */
  readonly outside: boolean;
  /** Chains that have gone or that differ in content. */
  readonly chains: boolean;
}

/**
 * Whose connections drain when a listener changes: `none`, those of the chains that have `changed`, or `all`. New
 * connections use the new chains at once in every case (envoy: listener_manager_impl.cc, addOrUpdateListenerInternal;
 * listener_impl.cc, supportUpdateFilterChain).
 */
export function drainedConnections({ outside, chains }: ListenerDifference): 'none' | 'changed' | 'all' {
  if (outside) return 'all';
  return chains ? 'changed' : 'none';
}
