// What of ztunnel has its own time: how long a dead peer stays unnoticed, how long an unused tunnel is kept, how long
// an instance that is replaced goes on. The unit of choice is the application's connection: whatever changes later
// moves none, but a policy that denies it closes it at once.
import type { PingOptions } from './pings.js';
import { S_NS } from './time.js';

/** Of tunnels, by both ends; waypoints ping theirs alike (ztunnel: src/proxy/h2.rs, do_ping_pong). */
export const TUNNEL_PINGS: PingOptions = { intervalNs: 10 * S_NS, timeoutNs: 20 * S_NS, restartsOnData: false };

/**
 * A pooled tunnel that nobody has taken for so long is closed (ztunnel: src/config.rs, POOL_UNUSED_RELEASE_TIMEOUT).
 */
export const TUNNEL_UNUSED_NS = 300 * S_NS;

/**
 * Streams of a pooled tunnel; at the last one it leaves the pool for good (ztunnel: src/config.rs, src/proxy/pool.rs).
 */
export const TUNNEL_STREAMS = 100;

/**
 * How long an instance that has got SIGTERM serves the connections that it has; what is left is cut then. New ones are
 * the new instance's, which listens before the old one ends. The drain of a pod that is deleted is none: its
 * connections end at once, and no peer is told.
 * @param graceSeconds TERMINATION_GRACE_PERIOD_SECONDS of its container (the chart's: 30); null: not set
 * @see ztunnel: src/config.rs (self_termination_deadline), src/drain.rs
 */
export function restartDrainNs(graceSeconds: number | null): number {
  if (graceSeconds === null) return 5 * S_NS;
  return Math.max(graceSeconds > 10 ? graceSeconds - 5 : graceSeconds - 1, 1) * S_NS;
}
