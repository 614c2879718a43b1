// Outlier detection (envoy: source/common/upstream/outlier_detection_impl.cc): consecutive errors eject a host at once; a sweep judges rates
// and lets hosts return. A cluster's proxy was started at some time before the run, so that the phase of its sweeps is anyone's guess.
// Each client proxy judges for itself. Also how a change of health reaches the balancer: health-only updates are merged for a second
// (envoy: source/common/upstream/cluster_manager_impl.cc, scheduleUpdate), while connections to an ejected host drain at once.

import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { componentStream } from '../../../sim/random/stream.js';
import type { OutlierPlan } from '../../plan/contract/plan.js';
import { FailureAccrual } from '../linkerd/failure-accrual.js';
import { isHealthy } from '../policies/host-sets.js';
import { oftenFailing, seldomSuccessful, type Volume } from '../policies/outlier-rates.js';
import { availability } from '../policies/priority-load.js';
import type { ClusterState, HostState } from '../state/cluster-state.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';

const UPDATE_MERGE_WINDOW_NS = 1_000_000_000;
const NS_PER_MS = 1_000_000;

/** How long an ejection lasts at least: it ends at the first sweep after that. */
export function ejectionNs(plan: OutlierPlan, ejections: number): number {
  return Math.min(plan.baseEjectionNs * ejections, plan.maxEjectionNs);
}

/** Whether one more host may be ejected. */
export function mayEject(plan: OutlierPlan, ejected: number, hosts: number): boolean {
  if (plan.alwaysEjectOne && ejected === 0) return true;
  return (100 * (ejected + 1)) / hosts <= plan.maxEjectionPercent;
}

/** Panic (envoy: load_balancer_impl.cc): too few healthy hosts, and even 140 % of them would not carry all. */
export function inPanic(healthy: number, total: number, thresholdPercent: number): boolean {
  if (total === 0) return false;
  return availability(healthy, total) < 100 && (100 * healthy) / total < thresholdPercent;
}

/** A pool of connections to a host that takes no more requests. */
interface Drainable {
  drain(): void;
}

export class OutlierDetector {
  private readonly calendar: Calendar;
  private readonly seed: string;
  /** Linkerd's own way of it. */
  readonly accrual: FailureAccrual;

  /** Every connection pool of the run, by number. */
  private readonly pools: readonly Drainable[];

  constructor(calendar: Calendar, seed: string, pools: readonly Drainable[] = []) {
    this.pools = pools;
    this.calendar = calendar;
    this.seed = seed;
    this.accrual = new FailureAccrual(calendar, seed, (cluster) => this.updateHosts(cluster));
  }

  private drain({ pools }: HostState): void {
    for (const pool of pools) if (pool !== NOTHING) this.pools[pool].drain();
  }

  /** A response came with this status. */
  response(host: HostState, status: number): void {
    const plan = host.cluster.plan.outlier;
    if (plan !== null) this.count(plan, host, status);
    else if (host.breaker !== NOTHING) this.accrual.ended(host, status);
  }

  /** No response: the connection failed or was lost (503), or a time-out (504). */
  localOrigin(host: HostState, status: number): void {
    const plan = host.cluster.plan.outlier;
    if (plan === null) {
      if (host.breaker !== NOTHING) this.accrual.ended(host, status);
      return;
    }
    if (!plan.splitLocalOriginErrors) {
      this.count(plan, host, status);
      return;
    }
    if (judgesRates(plan)) this.rateLocal(plan, host, false);
    if (++host.consecutiveLocal === plan.consecutiveLocalOriginFailures) {
      this.detected(plan, host, plan.enforcing.consecutiveLocalOriginFailures);
      host.consecutiveLocal = 0;
    }
  }

  /** A connection through the TCP proxy is up: all that is ever known of its host (LOCAL_ORIGIN_CONNECT_SUCCESS_FINAL). */
  connectedFinally(host: HostState): void {
    const plan = host.cluster.plan.outlier;
    if (plan === null) return;
    if (plan.splitLocalOriginErrors) this.connected(host);
    else this.count(plan, host, 200);
  }

  /** A stream got its connection: a success of local origin, where these are told apart. */
  connected(host: HostState): void {
    const plan = host.cluster.plan.outlier;
    if (plan === null || !plan.splitLocalOriginErrors) return;
    host.consecutiveLocal = 0;
    if (judgesRates(plan)) this.rateLocal(plan, host, true);
  }

  private count(plan: OutlierPlan, host: HostState, status: number): void {
    if (judgesRates(plan)) {
      host.requests++;
      if (status < 500) host.successes++;
      this.scheduleSweep(host.cluster, plan);
    }
    if (status < 500) {
      host.consecutive5xx = 0;
      host.consecutiveGateway = 0;
      return;
    }
    const { enforcing } = plan;
    if (status >= 502 && status <= 504) {
      if (++host.consecutiveGateway === plan.consecutiveGatewayErrors) {
        this.detected(plan, host, enforcing.consecutiveGatewayErrors);
        host.consecutiveGateway = 0;
      }
    } else {
      host.consecutiveGateway = 0;
    }
    if (++host.consecutive5xx === plan.consecutive5xx) {
      this.detected(plan, host, enforcing.consecutive5xx);
      host.consecutive5xx = 0;
    }
  }

  private rateLocal(plan: OutlierPlan, host: HostState, success: boolean): void {
    host.localRequests++;
    if (success) host.localSuccesses++;
    this.scheduleSweep(host.cluster, plan);
  }

  /** @param enforcing percent of the detections that eject */
  private detected(plan: OutlierPlan, host: HostState, enforcing: number): void {
    const { cluster } = host;
    if (host.ejected) return;
    cluster.counters.ejectionsDetected++;
    if (!mayEject(plan, cluster.ejectedCount, cluster.memberCount)) {
      cluster.counters.ejectionsOverflow++;
      return;
    }
    if (enforcing === 0) return;
    if (enforcing < 100 && this.streamOf(cluster).integer(100) >= enforcing) return;
    host.ejected = true;
    if (!host.failedCheck) cluster.unhealthyCount++;
    host.ejectedAtNs = this.calendar.nowNs;
    cluster.ejectedCount++;
    cluster.counters.ejectionsEnforced++;
    if (host.ejections === 0) cluster.tainted++;
    if (plan.baseEjectionNs * host.ejections < plan.maxEjectionNs + plan.baseEjectionNs) host.ejections++;
    const jitterMs = Math.floor(plan.maxEjectionJitterNs / NS_PER_MS);
    host.ejectionJitterNs = jitterMs === 0 ? 0 : this.streamOf(cluster).integer(jitterMs + 1) * NS_PER_MS;
    this.drain(host);
    this.scheduleHostsUpdate(cluster);
    this.scheduleSweep(cluster, plan);
  }

  /** Sweeps that would find nothing are not simulated; their phase is kept. */
  private scheduleSweep(cluster: ClusterState, plan: OutlierPlan): void {
    if (cluster.sweepScheduled) return;
    cluster.sweepScheduled = true;
    if (cluster.sweepPhaseNs < 0) {
      cluster.sweepPhaseNs = Math.floor(this.streamOf(cluster).next() * plan.intervalNs);
    }
    const passed = Math.floor((this.calendar.nowNs - cluster.sweepPhaseNs) / plan.intervalNs);
    const atNs = cluster.sweepPhaseNs + (passed + 1) * plan.intervalNs;
    this.calendar.schedule(atNs, PHASE.control, EVENT.sweep, cluster.id);
  }

  /** What no call owns: the phase of the sweeps, and chance in ejections. */
  private streamOf(cluster: ClusterState): NonNullable<ClusterState['ejectionStream']> {
    if (cluster.ejectionStream === null) {
      const { plan, ordinal } = cluster.caller;
      const owner = `${plan.namespace}/${plan.name}/${ordinal}`;
      cluster.ejectionStream = componentStream(this.seed, `outlier detection of ${owner} at ${cluster.plan.name}`);
    }
    return cluster.ejectionStream;
  }

  /** The periodic sweep: hosts return, rates are judged, and the ejection times of well-behaved hosts shrink. */
  sweep(cluster: ClusterState): void {
    const plan = cluster.plan.outlier as OutlierPlan;
    const { nowNs } = this.calendar;
    cluster.sweepScheduled = false;
    for (const host of cluster.hosts) {
      if (host === null || !host.ejected) continue;
      if (ejectionNs(plan, host.ejections) + host.ejectionJitterNs <= nowNs - host.ejectedAtNs) this.uneject(host);
    }
    if (judgesRates(plan)) this.judgeRates(plan, cluster);
    for (const host of cluster.hosts) {
      if (host === null || host.ejected || host.ejections === 0) continue;
      if (nowNs - host.unejectedAtNs >= plan.intervalNs && --host.ejections === 0) cluster.tainted--;
    }
    if (cluster.tainted > 0) this.scheduleSweep(cluster, plan);
  }

  /** An ejection ends: with a sweep, or with a health check that passes. */
  uneject(host: HostState): void {
    const { cluster } = host;
    if (!host.ejected) return;
    host.ejected = false;
    host.unejectedAtNs = this.calendar.nowNs;
    host.consecutive5xx = 0;
    host.consecutiveGateway = 0;
    host.consecutiveLocal = 0;
    cluster.ejectedCount--;
    if (host.failedCheck) return;
    cluster.unhealthyCount--;
    this.scheduleHostsUpdate(cluster);
  }

  /** Active health checks have changed their mind about a host. */
  healthChanged(host: HostState): void {
    const { cluster } = host;
    if (host.failedCheck) this.drain(host);
    if (host.ejected) return;
    cluster.unhealthyCount += host.failedCheck ? 1 : -1;
    this.scheduleHostsUpdate(cluster);
  }

  /** Hosts in their order, where Envoy's order is that of a hash table. */
  private judgeRates(plan: OutlierPlan, cluster: ClusterState): void {
    const external = cluster.hosts.map((host) => volumeOf(host, host?.requests, host?.successes));
    const local = cluster.hosts.map((host) => volumeOf(host, host?.localRequests, host?.localSuccesses));
    for (const host of cluster.hosts) {
      if (host === null) continue;
      host.requests = 0;
      host.successes = 0;
      host.localRequests = 0;
      host.localSuccesses = 0;
    }
    const { successRate, failurePercentage } = plan;
    if (successRate !== null) {
      this.detectedAll(plan, cluster, seldomSuccessful(external, successRate), successRate.enforcing);
      this.detectedAll(plan, cluster, seldomSuccessful(local, successRate), successRate.enforcingLocalOrigin);
    }
    if (failurePercentage !== null) {
      this.detectedAll(plan, cluster, oftenFailing(external, failurePercentage), failurePercentage.enforcing);
      this.detectedAll(plan, cluster, oftenFailing(local, failurePercentage), failurePercentage.enforcingLocalOrigin);
    }
  }

  private detectedAll(plan: OutlierPlan, cluster: ClusterState, positions: readonly number[], enforcing: number): void {
    for (const position of positions) {
      const host = cluster.hosts[position];
      if (host !== null) this.detected(plan, host, enforcing);
    }
  }

  private scheduleHostsUpdate(cluster: ClusterState): void {
    if (cluster.hostsUpdatePending) return;
    const { nowNs } = this.calendar;
    if (nowNs - cluster.hostsUpdatedAtNs > UPDATE_MERGE_WINDOW_NS) {
      this.updateHosts(cluster);
    } else {
      cluster.hostsUpdatePending = true;
      this.calendar.schedule(nowNs + UPDATE_MERGE_WINDOW_NS, PHASE.control, EVENT.hostsUpdate, cluster.id);
    }
  }

  /** The balancer learns which hosts are healthy. */
  updateHosts(cluster: ClusterState): void {
    cluster.hostsUpdatePending = false;
    cluster.hostsUpdatedAtNs = this.calendar.nowNs;
    if (cluster.sets !== null) {
      cluster.sets.update(this.calendar.nowNs);
      return;
    }
    const healthy = cluster.hostCount - cluster.unhealthyCount;
    cluster.panic = inPanic(healthy, cluster.hostCount, cluster.plan.panicThresholdPercent);
    if (cluster.panic || cluster.unhealthyCount === 0) {
      cluster.candidates = null;
      return;
    }
    const candidates = new Int32Array(healthy);
    let next = 0;
    for (let index = 0; index < cluster.hostCount; index++) {
      if (isHealthy(cluster.hosts[index])) candidates[next++] = index;
    }
    cluster.candidates = candidates;
  }
}

function judgesRates(plan: OutlierPlan): boolean {
  return plan.successRate !== null || plan.failurePercentage !== null;
}

/** Null for a host that is not judged: never used, or ejected. */
function volumeOf(host: HostState | null, total = 0, successes = 0): Volume | null {
  return host === null || host.ejected ? null : { total, successes };
}
