// Outlier detection (envoy: source/common/upstream/outlier_detection_impl.cc): consecutive errors eject a host at once; a sweep lets it return.
// Each client proxy judges for itself. Also how a change of health reaches the balancer: health-only updates are merged for a second
// (envoy: source/common/upstream/cluster_manager_impl.cc, scheduleUpdate), while connections to an ejected host drain at once.
import type { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import type { OutlierPlan } from '../plan/plan.js';
import { type ClusterState, type HostState, isHealthy } from './cluster-state.js';
import { EVENT } from './events.js';
import { availability } from './priority-load.js';

const UPDATE_MERGE_WINDOW_NS = 1_000_000_000;

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

export class OutlierDetector {
  private readonly calendar: Calendar;

  constructor(calendar: Calendar) {
    this.calendar = calendar;
  }

  /** A response came with this status. */
  response(host: HostState, status: number): void {
    const plan = host.cluster.plan.outlier;
    if (plan !== null) this.count(plan, host, status);
  }

  /** No response: the connection failed or was lost (503), or a time-out (504). */
  localOrigin(host: HostState, status: number): void {
    const plan = host.cluster.plan.outlier;
    if (plan === null) return;
    if (!plan.splitLocalOriginErrors) {
      this.count(plan, host, status);
    } else if (++host.consecutiveLocal === plan.consecutiveLocalOriginFailures) {
      this.eject(plan, host);
      host.consecutiveLocal = 0;
    }
  }

  /** A stream got its connection. */
  connected(host: HostState): void {
    if (host.cluster.plan.outlier !== null) host.consecutiveLocal = 0;
  }

  private count(plan: OutlierPlan, host: HostState, status: number): void {
    if (status < 500) {
      host.consecutive5xx = 0;
      host.consecutiveGateway = 0;
      return;
    }
    if (status >= 502 && status <= 504) {
      if (++host.consecutiveGateway === plan.consecutiveGatewayErrors) {
        this.eject(plan, host);
        host.consecutiveGateway = 0;
      }
    } else {
      host.consecutiveGateway = 0;
    }
    if (++host.consecutive5xx === plan.consecutive5xx) {
      this.eject(plan, host);
      host.consecutive5xx = 0;
    }
  }

  private eject(plan: OutlierPlan, host: HostState): void {
    const { cluster } = host;
    if (host.ejected) return;
    if (!mayEject(plan, cluster.ejectedCount, cluster.memberCount)) {
      cluster.counters.ejectionsOverflow++;
      return;
    }
    host.ejected = true;
    host.ejectedAtNs = this.calendar.nowNs;
    cluster.ejectedCount++;
    cluster.counters.ejectionsEnforced++;
    if (host.ejections === 0) cluster.tainted++;
    if (plan.baseEjectionNs * host.ejections < plan.maxEjectionNs + plan.baseEjectionNs) host.ejections++;
    for (const pool of host.pools) pool?.drain();
    this.scheduleHostsUpdate(cluster);
    this.scheduleSweep(cluster, plan);
  }

  /** Sweeps that would find nothing are not simulated; their phase is kept. */
  private scheduleSweep(cluster: ClusterState, plan: OutlierPlan): void {
    if (cluster.sweepScheduled) return;
    cluster.sweepScheduled = true;
    const passed = Math.floor((this.calendar.nowNs - cluster.createdAtNs) / plan.intervalNs);
    const atNs = cluster.createdAtNs + (passed + 1) * plan.intervalNs;
    this.calendar.schedule(atNs, PHASE.control, EVENT.sweep, cluster.id);
  }

  /** The periodic sweep: hosts return, and the ejection times of well-behaved hosts shrink. */
  sweep(cluster: ClusterState): void {
    const plan = cluster.plan.outlier as OutlierPlan;
    const { nowNs } = this.calendar;
    let returned = false;
    for (const host of cluster.hosts) {
      if (host === null || host.ejections === 0) continue;
      if (host.ejected) {
        if (ejectionNs(plan, host.ejections) > nowNs - host.ejectedAtNs) continue;
        host.ejected = false;
        host.unejectedAtNs = nowNs;
        host.consecutive5xx = 0;
        host.consecutiveGateway = 0;
        host.consecutiveLocal = 0;
        cluster.ejectedCount--;
        returned = true;
      } else if (nowNs - host.unejectedAtNs >= plan.intervalNs && --host.ejections === 0) {
        cluster.tainted--;
      }
    }
    if (returned) this.scheduleHostsUpdate(cluster);
    cluster.sweepScheduled = false;
    if (cluster.tainted > 0) this.scheduleSweep(cluster, plan);
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
    const healthy = cluster.hostCount - cluster.ejectedCount;
    cluster.panic = inPanic(healthy, cluster.hostCount, cluster.plan.panicThresholdPercent);
    if (cluster.panic || cluster.ejectedCount === 0) {
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
