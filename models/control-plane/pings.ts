// Pings of HTTP/2, by which a proxy finds out that its peer is silent.
import { NEVER_NS } from './time.js';

export interface PingOptions {
  readonly intervalNs: number;
  /** An answer that takes longer ends the connection with all of its streams. */
  readonly timeoutNs: number;
  /** The interval starts anew with whatever comes from the peer (hyper), not only with the answer to a ping. */
  readonly restartsOnData: boolean;
}

/** `ping`: one goes out; `dead`: the connection is closed, its streams fail. */
export type PingTimer = 'ping' | 'dead';

/** One end of one connection. */
export class PingMonitor {
  private timerNs: number;
  private isWaiting = false;

  constructor(
    connectedNs: number,
    private readonly options: PingOptions,
  ) {
    this.timerNs = connectedNs + options.intervalNs;
  }

  /** When `fire` is to be called. */
  get nextNs(): number {
    return this.timerNs;
  }

  fire(nowNs: number): PingTimer {
    if (this.isWaiting) {
      this.timerNs = NEVER_NS;
      return 'dead';
    }
    this.isWaiting = true;
    this.timerNs = nowNs + this.options.timeoutNs;
    return 'ping';
  }

  /** The answer to the last ping has come. */
  pong(nowNs: number): void {
    this.isWaiting = false;
    this.timerNs = nowNs + this.options.intervalNs;
  }

  /** Anything else has come from the peer. */
  data(nowNs: number): void {
    if (this.options.restartsOnData && !this.isWaiting) this.timerNs = nowNs + this.options.intervalNs;
  }
}

/**
 * When a connection that was last heard at `lastHeardNs` (its start, or the last pong) is found dead, whose peer is
 * silent from `silentNs` on, without data.
 * @param roundTripNs of a ping, below the time-out
 */
export function foundDeadNs(lastHeardNs: number, silentNs: number, roundTripNs: number, options: PingOptions): number {
  const { intervalNs, timeoutNs } = options;
  const cycleNs = intervalNs + roundTripNs;
  // Answers that come before the silence; a ping whose answer does not is the last.
  const answered = Math.max(0, Math.floor((silentNs - lastHeardNs) / cycleNs));
  return lastHeardNs + answered * cycleNs + intervalNs + timeoutNs;
}
