// A proxy without its istiod: it keeps all that it has and asks again and again; an istiod that is back admits so many
// streams a second. Envoy talks to the agent beside it, which ends Envoy's stream when its own to istiod ends, and
// opens another one with each of Envoy's.
import { JitteredBackoff } from './jittered-backoff.js';
import { S_NS } from './time.js';

/** envoy: envoy/config/subscription_factory.h (RetryInitialDelayMs, RetryMaxDelayMs). */
const BASE_MS = 500;
const MAX_MS = 30_000;

/** When a proxy tries again. Times are those of its tries; each try is made and judged by whoever asks. */
export class ReconnectBackoff {
  private readonly backoff = new JitteredBackoff(BASE_MS, MAX_MS);

  /** The stream has ended, or a try has failed: the time of the next try. @param u uniform in (0, 1) */
  failed(nowNs: number, u: number): number {
    return nowNs + this.backoff.nextNs(u);
  }

  /**
   * A first message has come by the stream: the next loss begins with short waits again (envoy:
   * config_subscription/grpc/grpc_stream.h).
   */
  answered(): void {
    this.backoff.reset();
  }
}

/**
 * Streams that a replica of istiod admits a second (istio: pilot/pkg/features/tuning.go,
 * PILOT_MAX_REQUESTS_PER_SECOND).
 */
export function admissionRatePerSecond(cores: number): number {
  return Math.min(15 + 5 * cores, 100);
}

/**
 * Admission of new streams by one replica: one at once, the others at the rate. Who would wait for more than a second
 * is refused at once, and comes back after its own back-off, perhaps at another replica (istio:
 * pilot/pkg/xds/discovery.go, WaitForRequestLimit; golang.org/x/time/rate, Wait).
 */
export class StreamAdmission {
  private nextNs = Number.NEGATIVE_INFINITY;

  /** @param ratePerSecond > 0; Infinity: no limit */
  constructor(private readonly ratePerSecond: number) {}

  /** The time at which a stream that comes now is admitted; null: it is refused. */
  admit(nowNs: number): number | null {
    const admittedNs = Math.max(nowNs, this.nextNs);
    if (admittedNs - nowNs > S_NS) return null;
    this.nextNs = admittedNs + Math.round(S_NS / this.ratePerSecond);
    return admittedNs;
  }
}
