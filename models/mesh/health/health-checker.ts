// Active health checks: every client proxy asks every host of a cluster, over connections of its own, and loads the hosts with it
// (envoy: source/extensions/health_checkers/{common/health_checker_base_impl,http/health_checker_impl}.cc). The first round of checks lies
// before the run, as a cluster is not used before it: hosts begin healthy, each somewhere within its interval, and those that fail are found in the first.

import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import type { Sfc32 } from '../../../sim/random/sfc32.js';
import { componentStream } from '../../../sim/random/stream.js';
import type { HealthCheckPlan } from '../../plan/contract/plan.js';
import type { Clusters } from '../clusters/clusters.js';
import type { OutlierDetector } from '../clusters/outlier.js';
import type { Server } from '../server/server.js';
import { type Attempt, RESET } from '../state/attempt.js';
import type { ClusterState, HostState, MembersChanged } from '../state/cluster-state.js';
import { EVENT } from '../state/events.js';
import { type HandshakeCost, roundTrips } from '../state/handshake-cost.js';
import { HEALTH_CHECK, NOTHING } from '../state/nothing.js';
import type { ObjectPool } from '../state/object-pool.js';
import { ownerOf, type Pod, podAddress } from '../state/pod.js';
import type { HandlerRt } from '../state/runtime.js';
import type { Wire } from '../wire/wire.js';
import { CHECK, HealthState, jitteredIntervalNs } from './health-state.js';

/** The checks of one host by one proxy. */
class Check {
  readonly health: HealthState;
  /** The check that is under way at the server, or NOTHING. */
  attempt = NOTHING;
  /** A check is under way: its time-out is the timer below, and `step` what happens otherwise. */
  running = false;
  connected = false;
  timer = NOTHING;
  step = NOTHING;

  constructor(
    readonly id: number,
    readonly host: HostState,
    readonly plan: HealthCheckPlan,
    readonly handler: HandlerRt | null,
    readonly stream: Sfc32,
    isKnown: boolean,
  ) {
    this.health = new HealthState(isKnown);
  }
}

export class HealthChecker {
  private readonly checks: Check[] = [];
  private readonly byHost = new Map<HostState, Check>();
  private readonly networkDraws: Draws;

  constructor(
    private readonly seed: string,
    private readonly calendar: Calendar,
    private readonly clusters: Clusters,
    private readonly attempts: ObjectPool<Attempt>,
    private readonly handlers: readonly HandlerRt[],
    private readonly outlier: OutlierDetector,
    private readonly server: Server,
    private readonly wire: Wire,
  ) {
    this.networkDraws = new Draws(seed, 'network of health checks');
  }

  /** The hosts of a cluster have changed: those that are new are checked from now on, those that have gone no more. */
  membersChanged(state: ClusterState, { isFirst, kept, left }: MembersChanged): void {
    const plan = state.plan.healthCheck;
    if (plan === null) return;
    for (const host of left) this.forget(host);
    kept.forEach((place, index) => {
      if (place === NOTHING) this.watch(this.clusters.host(state, index), plan, isFirst);
    });
  }

  /** @param isKnown its first check is over; who comes later is bad until then, and is checked at once */
  private watch(host: HostState, plan: HealthCheckPlan, isKnown: boolean): void {
    const { caller, plan: cluster } = host.cluster;
    const address = podAddress(host.pod);
    const stream = componentStream(this.seed, `health checks of ${ownerOf(caller)} at ${cluster.name} ${address}`);
    const handler = plan.kind === 'tcp' ? null : this.handlers[plan.handlers[host.group]];
    const check = new Check(this.checks.length, host, plan, handler, stream, isKnown);
    this.checks.push(check);
    this.byHost.set(host, check);
    if (!isKnown) host.failedCheck = true;
    this.wait(check, isKnown ? Math.floor(stream.next() * plan.intervalNs) : 0);
  }

  /** The proxy of a pod is gone: it checks nobody any more. */
  podGone(pod: Pod): void {
    for (const host of [...this.byHost.keys()]) if (host.cluster.caller === pod) this.forget(host);
  }

  /** Nobody waits for the check that is under way, and no other follows. */
  private forget(host: HostState): void {
    const check = this.byHost.get(host);
    if (check === undefined) return;
    this.byHost.delete(host);
    this.stopTimer(check);
    this.stopStep(check);
    this.letGo(check);
  }

  private wait(check: Check, ns: number): void {
    check.running = false;
    const atNs = this.calendar.nowNs + Math.round(ns);
    check.timer = this.calendar.schedule(atNs, PHASE.timer, EVENT.healthTimer, check.id);
  }

  /** The interval is over: the next check begins. Or its time is: no answer. */
  timer(id: number): void {
    const check = this.checks[id];
    check.timer = NOTHING;
    if (check.running) {
      this.stopStep(check);
      this.letGo(check);
      check.connected = false;
      this.conclude(check, CHECK.noAnswer);
      return;
    }
    this.begin(check);
  }

  private begin(check: Check): void {
    const { calendar } = this;
    const { plan, host } = check;
    host.cluster.counters.healthCheckAttempt++;
    check.running = true;
    check.timer = calendar.schedule(calendar.nowNs + plan.timeoutNs, PHASE.timer, EVENT.healthTimer, check.id);
    // Packets that are dropped bring no answer: the time-out ends it.
    if (host.reachable === 'dropped') return;
    const connectNs = check.connected ? 0 : connectNsOf(host.handshake);
    check.step = calendar.schedule(calendar.nowNs + connectNs, PHASE.completion, EVENT.healthStep, check.id);
  }

  /** The connection is there, or has failed. */
  step(id: number): void {
    const check = this.checks[id];
    const { host } = check;
    check.step = NOTHING;
    const { reachable } = host;
    // A plaintext connection that the server closes at its first bytes is a connection nevertheless.
    if (reachable === 'tls-failure' || (reachable === 'reset' && check.handler !== null)) {
      this.concludeInTime(check, CHECK.noAnswer);
    } else if (check.handler === null) {
      this.concludeInTime(check, CHECK.passed);
    } else {
      check.connected = check.plan.reuseConnection;
      this.send(check, check.handler);
    }
  }

  private send(check: Check, handler: HandlerRt): void {
    const { host, stream } = check;
    const attempt = this.attempts.take();
    const hi = stream.nextUint32() | 0;
    attempt.begin(HEALTH_CHECK, host, handler, NOTHING, NOTHING, hi, stream.nextUint32() | 0);
    attempt.check = check.id;
    attempt.serverDone = false;
    check.attempt = attempt.id;
    const proxied = host.pod.process !== null && host.proxied;
    const path = proxied ? host.toProxy : host.toApp;
    const kind = proxied ? EVENT.serverProxy : EVENT.application;
    this.wire.send(path, this.networkDraws, attempt, attempt.keyLo, 0, kind);
  }

  /** The answer of a host has come back. */
  response(attempt: Attempt): void {
    const check = this.checks[attempt.check];
    const { status, reset } = attempt;
    attempt.serverDone = true;
    attempt.call = NOTHING;
    this.attempts.give(attempt);
    check.attempt = NOTHING;
    if (reset !== RESET.none) check.connected = false;
    this.concludeInTime(check, reset !== RESET.none ? CHECK.noAnswer : resultOf(status, check.plan));
  }

  private concludeInTime(check: Check, result: number): void {
    this.stopTimer(check);
    this.conclude(check, result);
  }

  private conclude(check: Check, result: number): void {
    const { host, plan, health, stream } = check;
    const { counters } = host.cluster;
    if (result !== CHECK.passed) counters.healthCheckFailure++;
    if (health.take(result, plan)) {
      host.failedCheck = health.failed;
      if (health.failed && this.clusters.leaveIfHeld(host)) return;
      this.outlier.healthChanged(host);
    }
    if (result === CHECK.passed && !health.failed && plan.unejects) this.outlier.uneject(host);
    const intervalNs = health.intervalNs(plan, isUsed(host.cluster));
    this.wait(check, jitteredIntervalNs(intervalNs, plan, stream.next(), stream.next()));
  }

  private stopTimer(check: Check): void {
    if (check.timer !== NOTHING) this.calendar.cancel(check.timer);
    check.timer = NOTHING;
  }

  private stopStep(check: Check): void {
    if (check.step === NOTHING) return;
    this.calendar.cancel(check.step);
    check.step = NOTHING;
  }

  /** The server goes on with a check that nobody waits for any more. */
  private letGo(check: Check): void {
    if (check.attempt === NOTHING) return;
    const attempt = this.attempts.all[check.attempt];
    check.attempt = NOTHING;
    attempt.call = NOTHING;
    if (!attempt.serverDone) this.server.callerGone(attempt);
    if (attempt.serverDone) this.attempts.give(attempt);
  }
}

/** Whether the proxy has ever had a stream for the cluster. */
function isUsed({ hosts }: ClusterState): boolean {
  return hosts.some((host) => host !== null && host.pools.length > 0);
}

/** gRPC answers that are not SERVING, and unexpected HTTP statuses, make a host unhealthy at once. */
function resultOf(status: number, plan: HealthCheckPlan): number {
  if (plan.expectedStatuses.includes(status)) return CHECK.passed;
  return plan.retriableStatuses.includes(status) ? CHECK.noAnswer : CHECK.refused;
}

/** Round trips alone: a check's CPU is not worth an event. */
function connectNsOf({ thereNs, backNs, tlsRoundTrips }: HandshakeCost): number {
  return Math.round((thereNs + backNs) * roundTrips(tlsRoundTrips, false));
}
