// What a server's proxy does where its application refuses the connection: the inbound route tries it again by itself (istio:
// pilot/pkg/networking/core/route/route.go, inbound retry policy reset-before-request, 2 tries, since 1.24; not of gRPC's ports since 1.26), after Envoy's back-off (envoy:
// source/common/router/retry_state_impl.cc: 25 ms, then 50 ms, each with full jitter).
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import { backoffMs } from '../policies/backoff.js';
import type { Attempt } from '../state/attempt.js';
import type { Call } from '../state/call.js';
import { EVENT } from '../state/events.js';
import type { ObjectPool } from '../state/object-pool.js';

const BACKOFF_MS = 25;
const NS_PER_MS = 1_000_000;

export class InboundRetries {
  private readonly draws: Draws;

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly calls: ObjectPool<Call>,
  ) {
    this.draws = new Draws(seed, 'inbound retry');
  }

  /** `inboundRetry` follows after a back-off; false where the proxy does not try (again). */
  again(attempt: Attempt): boolean {
    const { call, pod } = attempt;
    const { inboundRetries: policy } = pod.plan;
    if (policy === null || attempt.inboundTries >= policy.count) return false;
    if (!policy.grpc && call >= 0 && this.calls.all[call].site.grpc) return false;
    const u = this.draws.uniform(attempt.keyHi, (attempt.keyLo + attempt.inboundTries) | 0);
    const waitMs = backoffMs(BACKOFF_MS * (1 + attempt.inboundTries), u);
    attempt.inboundTries++;
    this.calendar.schedule(this.calendar.nowNs + waitMs * NS_PER_MS, PHASE.timer, EVENT.inboundRetry, attempt.id);
    return true;
  }
}
