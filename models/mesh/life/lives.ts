// The lives of pods: they are killed, and their owners make others in their place. What a dead pod had under way ends as its callers see it: who has
// a connection to it hears that it is closed after one trip, who connects is refused, and what is on its way finds nobody.
// How long a pod takes to start: kubernetes blog, 2015 (p50 1.1 s, p99 2.6 s).
import type { Calendar } from '../../../sim/calendar.js';
import { LognormalDistribution } from '../../../sim/distributions/lognormal.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import { S_NS } from '../../control-plane/time.js';
import { NO_CHANGE } from '../balancing/assignments.js';
import { rowOf } from '../client/caller-side.js';
import type { ClientProxy } from '../client/client-proxy.js';
import type { Clusters } from '../clusters/clusters.js';
import type { ConnectionPool } from '../connections/connection-pool.js';
import type { HealthChecker } from '../health/health-checker.js';
import { causeOf, REASONS } from '../recording/cause.js';
import type { Happenings } from '../recording/happenings.js';
import type { Application } from '../server/application.js';
import type { Server } from '../server/server.js';
import type { Call } from '../state/call.js';
import { type Connection, STATE } from '../state/connection.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import type { ObjectPool } from '../state/object-pool.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { RuntimePlan } from '../state/runtime.js';
import type { Traffic } from '../traffic/traffic.js';
import type { LinkerdEndpoints } from './linkerd-endpoints.js';
import type { Membership } from './membership.js';
import type { Silence } from './silence.js';
import { type PodEnds, Stopping } from './stopping.js';

/** Of the time from the creation of a pod until its containers run: mean and coefficient of variation of that lognormal. */
const START = new LognormalDistribution(1_178_000_000, 0.383);
const SAMPLE = new Float64Array(1);

/** Makes pods, and keeps them by workload. */
export interface PodMaker {
  /** One pod more of a workload; nobody knows of it before it joins the others. @param config that its plan is from; absent: the first one */
  add(workload: number, ordinal: number, locality: number, config?: RuntimePlan): Application;
  join(pod: Pod): void;
  leave(pod: Pod): void;
}

/** Told of applications that die and are started; true: it is for the watch to say when the pod is ready and when it is not. */
export interface ContainerWatch {
  died(pod: Pod): boolean;
  started(pod: Pod): boolean;
  gone(pod: Pod): void;
}

export class Lives {
  private readonly starting: Draws;
  private births = 0;
  /** Pods that are to go: the entry of the timeline that does it. */
  private readonly leaving = new Map<Pod, number>();
  private readonly stopping: Stopping;
  /** Told of each workload a pod of which serves from now on, serves no more, or has ended. */
  changed: (workload: number) => void = () => {};
  /** Told of each pod that has been killed, and of the entry that did it. */
  lost: (pod: Pod, entry: number) => void = () => {};
  /** Told of each pod that is not there any more. */
  ended: (pod: Pod) => void = () => {};

  /** Who says whether pods are ready, where anything probes. */
  kubelets: ContainerWatch | null = null;

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    private readonly pods: PodMaker,
    private readonly calls: ObjectPool<Call>,
    private readonly connections: ObjectPool<Connection>,
    private readonly pools: readonly ConnectionPool[],
    /** By pod. */
    private readonly apps: readonly Application[],
    private readonly server: Server,
    private readonly client: ClientProxy,
    private readonly clusters: Clusters,
    private readonly health: HealthChecker,
    private readonly traffic: Traffic,
    private readonly membership: Membership,
    private readonly happenings: Happenings,
    private readonly silence: Silence,
    private readonly linkerdEndpoints: LinkerdEndpoints,
  ) {
    membership.started = (pod) => this.ready(pod);
    this.starting = new Draws(seed, 'starts of pods');
    this.stopping = new Stopping(seed, calendar, this.ends);
  }

  /** The processes of a pod are killed and the pod is deleted: its owner hears of it. @param entry of the timeline that does it */
  kill(pod: Pod, entry: number): void {
    this.stopping.forget(pod);
    this.happenings.add('pod killed', entry, pod.workload, pod.ordinal);
    this.end(pod);
    this.membership.changed({ ...NO_CHANGE, workload: pod.workload, removed: [pod] });
    this.lost(pod, entry);
  }

  /**
   * One pod more of a workload.
   * @param entry of the timeline that has set it off, or NOTHING @param key of the draws of its start; null: its own
   * @param config that its plan is from; absent: the first one
   */
  create(
    workload: number,
    ordinal: number,
    locality: number,
    {
      entry = NOTHING,
      key = null,
      config,
    }: { readonly entry?: number; readonly key?: number | null; readonly config?: RuntimePlan | undefined } = {},
  ): Pod {
    const { pod } = this.pods.add(workload, ordinal, locality, config);
    this.happenings.add('pod created', entry, workload, ordinal);
    this.start(pod, key ?? pod.key);
    return pod;
  }

  private start(pod: Pod, key: number): void {
    const { calendar } = this;
    pod.createdNs = calendar.nowNs;
    SAMPLE[0] = this.starting.uniform(key, this.births++);
    START.sampleIn(SAMPLE);
    calendar.schedule(calendar.nowNs + Math.round(SAMPLE[0]), PHASE.control, EVENT.podReady, pod.id);
  }

  /**
   * A pod is deleted, and ends by itself: at once proxies hear that it is gone, its kubelet runs hooks and sends SIGTERM, its proxy drains, and what is left after
   * the grace period is killed (life/stopping.ts). Whoever asks tells its owner; `ended` and `changed` tell when all of its containers have exited. A pod that has
   * not served yet is gone at once; one that is to go already goes on as it was told.
   * @param graceNs whole seconds, above 0 @param entry of the timeline that does it
   */
  retire(pod: Pod, graceNs: number, entry = NOTHING): void {
    this.delete(pod, Math.max(1, Math.round(graceNs / S_NS)), entry);
  }

  /**
   * A pod is deleted as `retire` does it, and its owner hears of it (`lost`).
   * @param graceSeconds null: as the pod says; 0: it is killed
   */
  stop(pod: Pod, graceSeconds: number | null, entry: number): void {
    if (graceSeconds === 0) {
      this.kill(pod, entry);
      return;
    }
    this.delete(pod, graceSeconds, entry);
    this.lost(pod, entry);
  }

  private delete(pod: Pod, graceSeconds: number | null, entry: number): void {
    if (pod.isLeaving || pod.life === LIFE.gone) return;
    const { calendar, happenings } = this;
    const { workload, ordinal } = pod;
    happenings.add('pod leaving', entry, workload, ordinal);
    if (pod.life === LIFE.starting) {
      pod.life = LIFE.gone;
      pod.endNs = calendar.nowNs;
      happenings.add('pod ended', entry, workload, ordinal);
      this.ended(pod);
      this.changed(workload);
      return;
    }
    pod.isLeaving = true;
    this.pods.leave(pod);
    this.membership.changed({ ...NO_CHANGE, workload, removed: [pod] });
    this.leaving.set(pod, entry);
    this.stopping.begin(pod, graceSeconds);
  }

  /** The event `podStopping`. */
  stops(pod: Pod): void {
    this.stopping.fire(pod);
  }

  private readonly ends: PodEnds = {
    drain: (pod, atOnce) => {
      pod.tellsToClose = true;
      for (const pool of this.pools) {
        if (pool.host.pod !== pod) continue;
        pool.closesAfter = 0;
        if (atOnce) pool.drain();
      }
    },
    closeApplication: (pod) => {
      this.apps[pod.id].suffer({ fault: { kind: 'refuse' }, sinceNs: this.calendar.nowNs, rampNs: 0 });
      if (!pod.hasProxy) this.ends.drain(pod, true);
    },
    applicationGone: (pod) => {
      this.server.applicationDied(pod);
      this.apps[pod.id].suffer({ fault: { kind: 'refuse' }, sinceNs: this.calendar.nowNs, rampNs: 0 });
      this.endCalls(pod);
    },
    cut: (pod) => {
      pod.lingers = true;
      this.cease(pod, LIFE.gone);
      this.spread(pod);
    },
    hasWork: (pod) => this.hasWork(pod),
    connectionsOf: (pod) => this.connectionsOf(pod),
    ended: (pod) => {
      pod.lingers = false;
      this.happenings.add('pod ended', this.leaving.get(pod) ?? NOTHING, pod.workload, pod.ordinal);
      this.leaving.delete(pod);
      this.ended(pod);
      this.changed(pod.workload);
    },
  };

  private hasWork(pod: Pod): boolean {
    return this.apps[pod.id].holds > 0 || this.calls.takenOf((call) => call.pod === pod && !call.answered).length > 0;
  }

  private connectionsOf(pod: Pod): number {
    const inbound = this.connections.all.filter((one) => one.state !== STATE.closed && one.end.pod === pod);
    return inbound.length + this.calls.takenOf((call) => call.pod === pod && !call.answered).length;
  }

  /** The containers of a pod run, and it serves. */
  ready(pod: Pod): void {
    if (pod.life !== LIFE.starting || this.membership.holds(pod)) return;
    pod.life = LIFE.here;
    pod.bornNs = this.calendar.nowNs;
    this.membership.born(pod);
    this.clusters.beginAt(pod, pod.config.sites);
    this.pods.join(pod);
    this.traffic.adapt();
    this.happenings.add('pod ready', -1, pod.workload, pod.ordinal);
    this.membership.changed({ ...NO_CHANGE, workload: pod.workload, added: [pod] });
    this.changed(pod.workload);
  }

  /** The application of a pod dies, and stays down until `applicationUp`. Its proxy, where there is one, lives on. */
  applicationDown(pod: Pod, entry: number): void {
    this.happenings.add('application down', entry, pod.workload, pod.ordinal);
    this.server.applicationDied(pod);
    if (!pod.hasProxy) this.spread(pod);
    if (this.kubelets?.died(pod) === true) return;
    this.membership.changed({ ...NO_CHANGE, workload: pod.workload, unready: [pod] });
    this.changed(pod.workload);
  }

  applicationUp(pod: Pod, entry: number): void {
    if (pod.life !== LIFE.here) return;
    this.happenings.add('application up', entry, pod.workload, pod.ordinal);
    if (this.kubelets?.started(pod) === true) return;
    this.membership.changed({ ...NO_CHANGE, workload: pod.workload, ready: [pod] });
    this.changed(pod.workload);
  }

  /**
   * A pod is cut off for good, with its node: its processes are worth nothing any more, and nobody is told. It is an endpoint until somebody says
   * otherwise (`Membership.changed`), and has no successor by this.
   */
  fallSilent(pod: Pod): void {
    if (pod.life === LIFE.starting) {
      pod.life = LIFE.silent;
      pod.endNs = this.calendar.nowNs;
    } else if (pod.life === LIFE.here) {
      this.stopping.forget(pod);
      this.cease(pod, LIFE.silent);
      this.silence.begin(pod);
    }
  }

  private end(pod: Pod): void {
    this.cease(pod, LIFE.gone);
    this.spread(pod);
    this.ended(pod);
  }

  private cease(pod: Pod, life: typeof LIFE.gone | typeof LIFE.silent): void {
    pod.life = life;
    pod.endNs = this.calendar.nowNs;
    this.pods.leave(pod);
    this.membership.gone(pod);
    this.server.podGone(pod);
    this.kubelets?.gone(pod);
    this.endCalls(pod);
    this.client.connections.podGone(pod);
    this.clusters.podGone(pod);
    this.health.podGone(pod);
  }

  /** Those that its application did not make: of the traffic that it sends, and copies of requests. Its application's have ended with that. */
  private endCalls(pod: Pod): void {
    const own = this.calls.takenOf((call) => call.pod === pod && call.frame === NOTHING && !call.answered);
    for (const call of own) {
      // The end of one may have ended another.
      if (call.pod !== pod || call.frame !== NOTHING || call.answered) continue;
      if (call.trafficRequest === NOTHING) this.client.drop(call);
      else this.client.lose(call, 0, rowOf(call), causeOf(REASONS['pod killed'], pod.workload));
    }
  }

  /** The news that its connections are closed travels to who is at their other ends. */
  private spread(pod: Pod): void {
    const { calendar } = this;
    for (const connection of this.connections.all) {
      if (connection.state === STATE.closed) continue;
      const { pool, relay, end } = connection;
      if (end.pod !== pod && relay?.gateway !== pod) continue;
      const backNs = relay === null ? pool.host.back.meanNs : relay.back.meanNs + end.back.meanNs;
      calendar.schedule(calendar.nowNs + backNs, PHASE.completion, EVENT.peerGone, connection.id);
    }
  }

  /** The news has come, unless the connection has ended otherwise and its object has another life. */
  peerGone(connection: Connection): void {
    if (connection.state === STATE.closed) return;
    const { pool, relay, end } = connection;
    const isThere = end.pod.life === LIFE.here && (end.pod.listens || end.proxied);
    if (isThere && (relay === null || relay.gateway.life === LIFE.here)) return;
    this.linkerdEndpoints.connectionLost(connection);
    pool.lost(connection);
  }
}
