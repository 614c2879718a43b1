// Outlier detection (envoy: source/common/upstream/outlier_detection_impl.cc): consecutive errors eject a host at once; a sweep judges rates
// and lets hosts return. A cluster's proxy was started at some time before the run, so that the phase of its sweeps is anyone's guess.
// Each client proxy judges for itself. Also how a change of health reaches the balancer: health-only updates are merged for a second
// (envoy: source/common/upstream/cluster_manager_impl.cc, scheduleUpdate), while connections to an ejected host drain at once.

import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { componentStream } from '../../../sim/random/stream.js';
import type { OutlierPlan } from '../../plan/contract/plan.js';
import { learnHealth } from '../balancing/balancer.js';
import { FailureAccrual } from '../linkerd/failure-accrual.js';
import { oftenFailing, seldomSuccessful, type Volume } from '../policies/outlier-rates.js';
import { type ClusterState, type HostState, WATCH } from '../state/cluster-state.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import { ownerOf } from '../state/pod.js';

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

/** A pool of connections to a host that takes no more requests. */
interface Drainable {
  drain(): void;
}

export class OutlierDetector {
  /** Linkerd's own way of it. */
  readonly accrual: FailureAccrual;

  constructor(
    private readonly calendar: Calendar,
    private readonly seed: string,
    /** Every connection pool of the run, by number. */
    private readonly pools: readonly Drainable[] = [],
  ) {
    this.accrual = new FailureAccrual(calendar, seed, (cluster) => this.updateHosts(cluster));
  }

  private drain({ pools }: HostState): void {
    for (const pool of pools) this.pools[pool].drain();
  }

  /** A response came with this status. */
  response(host: HostState, status: number): void {
    const { watch, plan } = host.cluster;
    if (watch === 0) {
      if (host.breaker !== NOTHING) this.accrual.ended(host, status);
    } else if (status < 500 && (watch & WATCH.rates) === 0) {
      host.consecutive5xx = 0;
      host.consecutiveGateway = 0;
    } else {
      this.count(plan.outlier as OutlierPlan, host, status);
    }
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
    const { watch, plan } = host.cluster;
    if ((watch & WATCH.localOrigin) === 0) return;
    host.consecutiveLocal = 0;
    if ((watch & WATCH.rates) !== 0) this.rateLocal(plan.outlier as OutlierPlan, host, true);
  }

  private count(plan: OutlierPlan, host: HostState, status: number): void {
    if (judgesRates(plan)) {
      const { history } = host;
      history.requests++;
      if (status < 500) history.successes++;
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
    const { history } = host;
    history.localRequests++;
    if (success) history.localSuccesses++;
    this.scheduleSweep(host.cluster, plan);
  }

  /** @param enforcing percent of the detections that eject */
  private detected(plan: OutlierPlan, host: HostState, enforcing: number): void {
    const { cluster, history } = host;
    // Of a host that has gone meanwhile nothing is said (envoy: onConsecutiveErrorWorker).
    if (host.ejected || !host.isMember) return;
    cluster.counters.ejectionsDetected++;
    if (!mayEject(plan, cluster.ejectedCount, cluster.memberCount)) {
      cluster.counters.ejectionsOverflow++;
      return;
    }
    if (enforcing === 0) return;
    if (enforcing < 100 && this.streamOf(cluster).integer(100) >= enforcing) return;
    host.ejected = true;
    history.ejectedAtNs = this.calendar.nowNs;
    cluster.ejectedCount++;
    cluster.counters.ejectionsEnforced++;
    if (history.ejections === 0) cluster.tainted++;
    if (plan.baseEjectionNs * history.ejections < plan.maxEjectionNs + plan.baseEjectionNs) history.ejections++;
    const jitterMs = Math.floor(plan.maxEjectionJitterNs / NS_PER_MS);
    history.jitterNs = jitterMs === 0 ? 0 : this.streamOf(cluster).integer(jitterMs + 1) * NS_PER_MS;
    this.drain(host);
    this.scheduleHostsUpdate(cluster);
    this.scheduleSweep(cluster, plan);
  }

  /** Sweeps that would find nothing are not simulated; their phase is kept. */
  private scheduleSweep(cluster: ClusterState, plan: OutlierPlan): void {
    if (cluster.sweepScheduled) return;
    cluster.sweepScheduled = true;
    if (cluster.sweepPhaseNs < 0) {
      const isOld = cluster.generation === 0;
      cluster.sweepPhaseNs = isOld ? Math.floor(this.streamOf(cluster).next() * plan.intervalNs) : cluster.createdAtNs;
    }
    const passed = Math.floor((this.calendar.nowNs - cluster.sweepPhaseNs) / plan.intervalNs);
    const atNs = cluster.sweepPhaseNs + (passed + 1) * plan.intervalNs;
    this.calendar.schedule(atNs, PHASE.control, EVENT.sweep, cluster.id);
  }

  /** What no call owns: the phase of the sweeps, and chance in ejections. */
  private streamOf(cluster: ClusterState): NonNullable<ClusterState['ejectionStream']> {
    if (cluster.ejectionStream === null) {
      const name = `outlier detection of ${ownerOf(cluster.caller)} at ${cluster.plan.name}`;
      cluster.ejectionStream = componentStream(this.seed, name);
    }
    return cluster.ejectionStream;
  }

  /** The periodic sweep: hosts return, rates are judged, and the ejection times of well-behaved hosts shrink. */
  sweep(cluster: ClusterState): void {
    const plan = cluster.plan.outlier as OutlierPlan;
    const { nowNs } = this.calendar;
    cluster.sweepScheduled = false;
    if (cluster.isGone) return;
    for (const host of cluster.hosts) {
      if (host === null || !host.ejected) continue;
      const { ejections, jitterNs, ejectedAtNs } = host.history;
      if (ejectionNs(plan, ejections) + jitterNs <= nowNs - ejectedAtNs) this.uneject(host);
    }
    if (judgesRates(plan)) this.judgeRates(plan, cluster);
    for (const host of cluster.hosts) {
      if (host === null || host.ejected || host.ejections === 0) continue;
      const { history } = host;
      if (nowNs - history.unejectedAtNs >= plan.intervalNs && --history.ejections === 0) cluster.tainted--;
    }
    if (cluster.tainted > 0) this.scheduleSweep(cluster, plan);
  }

  /** An ejection ends: with a sweep, or with a health check that passes. */
  uneject(host: HostState): void {
    const { cluster } = host;
    if (!host.ejected || !host.isMember) return;
    host.ejected = false;
    host.history.unejectedAtNs = this.calendar.nowNs;
    host.consecutive5xx = 0;
    host.consecutiveGateway = 0;
    host.consecutiveLocal = 0;
    cluster.ejectedCount--;
    if (host.isFit) this.scheduleHostsUpdate(cluster);
  }

  /** Active health checks have changed their mind about a host. */
  healthChanged(host: HostState): void {
    const { cluster } = host;
    if (host.failedCheck) this.drain(host);
    if (!host.ejected && host.isMember) this.scheduleHostsUpdate(cluster);
  }

  /** The control plane has said that hosts are not ready, or that they are again: a change that is merged with others, and closes no connection. */
  readinessChanged(cluster: ClusterState): void {
    this.scheduleHostsUpdate(cluster);
  }

  /** Hosts in their order, where Envoy's order is that of a hash table. */
  private judgeRates(plan: OutlierPlan, cluster: ClusterState): void {
    const histories = cluster.hosts.map((host) => (host === null || host.ejected ? null : host.history));
    const external = histories.map((history) => volumeOf(history?.requests, history?.successes));
    const local = histories.map((history) => volumeOf(history?.localRequests, history?.localSuccesses));
    for (const host of cluster.hosts) host?.history.begin();
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
    const { calendar } = this;
    const { merging } = cluster;
    if (merging.update(calendar.nowNs, true) === 'wait') {
      if (cluster.hostsUpdateTimer !== NOTHING) return;
      cluster.hostsUpdateTimer = calendar.schedule(merging.nextNs, PHASE.control, EVENT.hostsUpdate, cluster.id);
      return;
    }
    if (cluster.hostsUpdateTimer !== NOTHING) calendar.cancel(cluster.hostsUpdateTimer);
    this.updateHosts(cluster);
  }

  /** The balancer learns which hosts are healthy. */
  updateHosts(cluster: ClusterState): void {
    cluster.hostsUpdateTimer = NOTHING;
    cluster.merging.fire(this.calendar.nowNs);
    learnHealth(cluster, this.calendar.nowNs);
  }
}

function judgesRates(plan: OutlierPlan): boolean {
  return plan.successRate !== null || plan.failurePercentage !== null;
}

/** Null for a host that is not judged: never used, or ejected. */
function volumeOf(total: number | undefined, successes = 0): Volume | null {
  return total === undefined ? null : { total, successes };
}
