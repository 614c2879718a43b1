// Linkerd's circuit breaker: failures in a row, or too few good responses, shut an endpoint for a while that doubles; then one request tries it
// (linkerd2-proxy: linkerd/app/outbound/src/http/breaker/{consecutive_failures,unified}.rs, linkerd/proxy/client-policy). Every client proxy judges for itself.

import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import type { Sfc32 } from '../../../sim/random/sfc32.js';
import { componentStream } from '../../../sim/random/stream.js';
import type { AccrualPlan } from '../../plan/contract/cluster-plan.js';
import { SuccessRateWindow } from '../policies/success-rate-window.js';
import type { ClusterState, HostState } from '../state/cluster-state.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import { ownerOf, podAddress } from '../state/pod.js';

const STATE = { open: 0, shut: 1, probation: 2, trying: 3 } as const;

/** How long an endpoint is shut after so many times before, `u` being uniform in 0..1. */
export function penaltyNs(plan: AccrualPlan, before: number, u: number): number {
  let base = plan.minPenaltyNs;
  for (let i = 0; i < before && base < plan.maxPenaltyNs; i++) base *= 2;
  base = Math.min(base, plan.maxPenaltyNs);
  return Math.min(plan.maxPenaltyNs, base + Math.floor(u * base * plan.jitterRatio));
}

/** PERMISSION_DENIED is a failure of gRPC, UNIMPLEMENTED is none; 4xx of HTTP are successes. */
export function isFailure({ grpc }: AccrualPlan, status: number): boolean {
  return grpc ? status === 403 || (status >= 500 && status !== 501) : status >= 500;
}

const TOO_MANY_REQUESTS = 429;

/** What counts against the share of good responses, and lets a try of a shut endpoint fail: of gRPC only OK is good there. */
export function isDegraded(plan: AccrualPlan, status: number): boolean {
  return isFailure(plan, status) || status === TOO_MANY_REQUESTS;
}

/** What a client proxy holds of an endpoint. */
export class Breaker {
  state: number = STATE.open;
  failures = 0;
  /** How often in a row it was shut. */
  times = 0;
  /** Null where the share of good responses does not matter. */
  readonly rate: SuccessRateWindow | null;

  constructor(
    readonly host: HostState,
    readonly id: number,
    readonly plan: AccrualPlan,
    readonly jitter: Sfc32,
    nowNs: number,
  ) {
    this.rate = plan.successRate === undefined ? null : new SuccessRateWindow(plan.successRate, nowNs);
  }
}

export class FailureAccrual {
  private readonly all: Breaker[] = [];
  /** Told of a cluster of which an endpoint takes requests again. */
  onReady: (cluster: ClusterState) => void = () => {};

  constructor(
    private readonly calendar: Calendar,
    private readonly seed: string,
    private readonly update: (cluster: ClusterState) => void,
  ) {}

  /** A request goes to the host. */
  began(host: HostState): void {
    const plan = host.cluster.plan.accrual;
    if (plan === null) return;
    if (host.breaker === NOTHING) {
      host.breaker = this.make(host, plan);
      return;
    }
    const breaker = this.all[host.breaker];
    if (breaker.state !== STATE.probation) return;
    breaker.state = STATE.trying;
    this.close(host);
  }

  ended(host: HostState, status: number): void {
    if (host.breaker === NOTHING) return;
    const breaker = this.all[host.breaker];
    // What was under way when the endpoint was shut says nothing any more.
    if (breaker.state === STATE.shut || breaker.state === STATE.probation) return;
    const { plan, rate } = breaker;
    if (breaker.state === STATE.trying) {
      const failed = rate === null ? isFailure(plan, status) : isDegraded(plan, status);
      if (failed) this.shut(breaker);
      else this.recovered(breaker);
      return;
    }
    if (isFailure(plan, status)) breaker.failures++;
    else breaker.failures = 0;
    const isTooLow = rate?.isTooLow(!isDegraded(plan, status), this.calendar.nowNs) ?? false;
    if (isTooLow || (plan.maxFailures > 0 && breaker.failures >= plan.maxFailures)) {
      this.close(host);
      this.shut(breaker);
    }
  }

  /** A request has been given up: if it was the one that tried the host, another may. */
  cancelled({ breaker }: HostState): void {
    if (breaker !== NOTHING && this.all[breaker].state === STATE.trying) this.probation(breaker);
  }

  private recovered(breaker: Breaker): void {
    breaker.failures = 0;
    breaker.times = 0;
    breaker.rate?.clear(this.calendar.nowNs);
    breaker.state = STATE.open;
    this.open(breaker.host);
  }

  private shut(breaker: Breaker): void {
    const { counters } = breaker.host.cluster;
    counters.ejectionsDetected++;
    counters.ejectionsEnforced++;
    breaker.state = STATE.shut;
    const forNs = penaltyNs(breaker.plan, breaker.times, breaker.jitter.next());
    breaker.times++;
    this.calendar.schedule(this.calendar.nowNs + Math.max(1, forNs), PHASE.control, EVENT.accrual, breaker.id);
  }

  /** The penalty is over: one request is let through. */
  probation(id: number): void {
    const breaker = this.all[id];
    breaker.state = STATE.probation;
    this.open(breaker.host);
  }

  private close(host: HostState): void {
    this.setEjected(host, true);
  }

  private open(host: HostState): void {
    this.setEjected(host, false);
    if (host.isMember) this.onReady(host.cluster);
  }

  private setEjected(host: HostState, is: boolean): void {
    host.ejected = is;
    if (!host.isMember) return;
    const { cluster } = host;
    cluster.ejectedCount += is ? 1 : -1;
    this.update(cluster);
  }

  private make(host: HostState, plan: AccrualPlan): number {
    const { caller, plan: cluster } = host.cluster;
    const jitter = componentStream(
      this.seed,
      `failure accrual of ${ownerOf(caller)} at ${cluster.name} ${podAddress(host.pod)}`,
    );
    const breaker = new Breaker(host, this.all.length, plan, jitter, this.calendar.nowNs);
    this.all.push(breaker);
    return breaker.id;
  }
}
