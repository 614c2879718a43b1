// The limits of a server proxy's inbound cluster: the connectionPool of the service's own DestinationRule is installed there too
// (istio: pilot/pkg/networking/core/cluster_builder.go, buildInboundCluster). One connection carries one request to the application, so
// max_connections bounds concurrency, what is above it waits, and max_pending_requests bounds the wait.
import type { Calendar } from '../../sim/calendar.js';
import { CountedPool } from '../../sim/stations/counted-pool.js';
import type { JobPlaces } from '../../sim/stations/job-places.js';
import { type Admission, REFUSED } from '../../sim/stations/station.js';
import { type InboundPlan, NO_LIMIT } from '../plan/plan.js';

export class InboundGate {
  private readonly places: CountedPool;
  private readonly maxRequests: number;

  constructor(plan: InboundPlan, calendar: Calendar, places: JobPlaces) {
    const unlimitedConnections = plan.maxConnections >= NO_LIMIT;
    const unlimitedPending = plan.maxPendingRequests >= NO_LIMIT;
    this.places = new CountedPool(
      calendar,
      unlimitedConnections ? null : Math.max(1, plan.maxConnections),
      unlimitedPending ? null : plan.maxPendingRequests,
      places,
    );
    this.maxRequests = plan.maxRequests;
  }

  /** Whether a plan sets any limit. */
  static needed(plan: InboundPlan): boolean {
    return plan.maxConnections < NO_LIMIT || plan.maxRequests < NO_LIMIT;
  }

  arrive(attempt: number): Admission {
    if (this.places.inSystem >= this.maxRequests) return REFUSED;
    return this.places.arrive(attempt);
  }

  /** One request has been answered; the one that takes its place, or NO_JOB. */
  release(): number {
    return this.places.release();
  }
}
