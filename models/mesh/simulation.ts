// One replication: a pure function of (plan, options). Builds the pods of a plan on a calendar and turns events into steps of the stations
// that the files beside this one are named after.
import { Calendar } from '../../sim/calendar.js';
import { PHASE } from '../../sim/phases.js';
import { CallKeys, Draws } from '../../sim/random/draws.js';
import { JobPlaces } from '../../sim/stations/job-places.js';
import { NO_JOB } from '../../sim/stations/station.js';
import type { MeshPlan } from '../plan/plan.js';
import type { ApplicationContext } from './application.js';
import { Balancer } from './balancer.js';
import { BusySeries } from './busy-series.js';
import { ClientProxy } from './client-proxy.js';
import { Clusters } from './clusters.js';
import { Connection } from './connection.js';
import type { ConnectionPool } from './connection-pool.js';
import { DownstreamConnections } from './downstream-connections.js';
import { EVENT } from './events.js';
import { FilterBuilder } from './filters/build-filters.js';
import { FilterChains } from './filters/filter-chain.js';
import { Controllers } from './filters/filter-state.js';
import { Handshakes } from './handshake.js';
import { HashKeys } from './hash-keys.js';
import { HealthChecker } from './health-checker.js';
import { InboundPool, type InboundWorker } from './inbound-pool.js';
import { InboundRetries } from './inbound-retries.js';
import { Network } from './network.js';
import { Attempt, Call, Frame, HEALTH_CHECK, NOTHING, ObjectPool } from './objects.js';
import { OutlierDetector } from './outlier.js';
import { type Pod, podAddress } from './pod.js';
import { PodMaker } from './pod-maker.js';
import { Recorder } from './recorder.js';
import { Relays } from './relay.js';
import type { ReplicationResult } from './result.js';
import { buildRuntimePlan, type RuntimePlan } from './runtime-plan.js';
import { Server } from './server.js';
import { Traffic } from './traffic.js';
import { trafficResults } from './traffic-results.js';
import { type BusyMark, markBusy, workloadResults } from './utilisation.js';

export interface RunOptions {
  /** Any string. Replications of one seed differ by their number. */
  readonly seed: string;
  readonly replication: number;
  readonly warmupNs: number;
  /** Length of the measured window, > 0. */
  readonly durationNs: number;
  /** Length of the intervals of the time series. */
  readonly intervalNs: number;
  /** The run stops after so many events. */
  readonly maxEvents: number;
  /** Whether a sample of the customers is kept, one by one, so that two worlds can be compared customer by customer. */
  readonly keepsCustomers?: boolean;
}

export class MeshSimulation {
  private readonly plan: MeshPlan;
  private readonly options: RunOptions;
  private readonly calendar = new Calendar();
  private readonly runtime: RuntimePlan;
  private readonly calls = new ObjectPool((id) => new Call(id));
  private readonly attempts = new ObjectPool((id) => new Attempt(id));
  private readonly frames = new ObjectPool((id) => new Frame(id));
  private readonly connections = new ObjectPool((id) => new Connection(id));
  private readonly pools: ConnectionPool[] = [];
  private readonly handshakes: Handshakes;
  private readonly relays: Relays;
  private readonly pods: Pod[] = [];
  private readonly podsOf: Pod[][] = [];
  private readonly ready: Attempt[] = [];
  private readonly recorder: Recorder;
  private readonly network: Network;
  private readonly clusters: Clusters;
  private readonly outlier: OutlierDetector;
  private readonly server: Server;
  private readonly client: ClientProxy;
  private readonly health: HealthChecker;
  private readonly traffic: Traffic;
  private readonly inboundWorkers: InboundWorker[] = [];
  private readonly controllers = new Controllers(this.calendar, EVENT.controller);
  private readonly marks: BusyMark[] = [];
  private readonly busy: BusySeries;
  private measuring = false;
  private over = false;
  private boundHit = false;
  private memoryFull = false;

  constructor(plan: MeshPlan, options: RunOptions) {
    this.plan = plan;
    this.options = options;
    const { calendar } = this;
    const { warmupNs, durationNs, intervalNs } = options;
    const seed = `${options.seed} #${options.replication}`;
    const filters = new FilterChains(calendar);
    this.runtime = buildRuntimePlan(
      plan,
      calendar,
      new FilterBuilder(seed, calendar, plan.filters ?? [], this.controllers, plan.envoy, (pod) =>
        podAddress(this.pods[pod]),
      ),
    );
    this.recorder = new Recorder(plan, calendar, warmupNs, durationNs, intervalNs, options.keepsCustomers);
    const keys = new CallKeys();
    const workPlaces = new JobPlaces();
    const context: ApplicationContext = {
      calendar,
      keys,
      calls: this.calls,
      attempts: this.attempts,
      frames: this.frames,
      workPlaces,
      cpuPlaces: new JobPlaces(),
      work: new Draws(seed, 'work'),
      branch: new Draws(seed, 'branch'),
      errors: new Draws(seed, 'application error'),
      ready: this.ready,
      startCall: (call, timeoutLane) => this.client.start(call, timeoutLane),
      abandonCall: (call) => this.client.drop(call),
      respond: (attempt, status) => this.server.respond(attempt, status),
    };
    const maker = new PodMaker(seed, this.runtime, this.recorder.workloads, context, this.pods, this.podsOf);
    // The ztunnels come first: other pods share them.
    for (const isZtunnel of [true, false]) {
      for (const [index, workload] of plan.workloads.entries()) {
        if ((workload.kind === 'ztunnel') !== isZtunnel) continue;
        this.podsOf[index] = workload.podLocalities.map((_, ordinal) => maker.make(index, ordinal));
      }
    }
    this.busy = new BusySeries(this.podsOf);
    const network = new Network(plan.network, calendar);
    this.network = network;
    this.clusters = new Clusters(calendar, network, this.podsOf, plan.localities, this.recorder, seed, plan.envoy);
    const balancer = new Balancer(this.clusters, new Draws(seed, 'balancer'), new HashKeys(seed, plan));
    this.relays = new Relays(seed, calendar, network, this.clusters, balancer, this.podsOf);
    this.handshakes = new Handshakes(seed, calendar, this.pods.length, this.relays);
    this.outlier = new OutlierDetector(calendar, seed);
    const inbound: (InboundPool | null)[] = [];
    const retries = new InboundRetries(seed, calendar, this.calls);
    this.server = new Server(seed, calendar, this.attempts, inbound, this.recorder.workloads, filters, retries);
    for (const { plan: own, workload } of this.pods) {
      const needed = InboundPool.needed(own);
      const counters = this.recorder.workloads[workload];
      const { attempts, inboundWorkers: all, server } = this;
      inbound.push(needed ? new InboundPool(own, calendar, attempts, all, server, workload, counters) : null);
    }
    const { clusters, attempts, outlier, server, recorder, relays, connections, handshakes, pools } = this;
    this.health = new HealthChecker(seed, calendar, clusters, attempts, this.runtime.handlers, outlier, server);
    this.clusters.created = (state) => this.health.watch(state);
    this.clusters.begin(this.runtime.sites);
    const downstream = new DownstreamConnections(seed);
    this.client = new ClientProxy({
      seed,
      calendar,
      keys,
      calls: this.calls,
      underWay: { calls: this.calls, attempts: this.attempts, frames: this.frames },
      clusters,
      balancer,
      outlier,
      recorder,
      pools: { calendar, connections, attempts, handshakes, pools },
      server,
      relays,
      downstream,
      owner: { returned: (call, status) => this.returned(call, status) },
      filters,
    });
    this.traffic = new Traffic(
      seed,
      downstream,
      this.runtime,
      this.podsOf,
      calendar,
      keys,
      this.calls,
      this.recorder,
      warmupNs,
      durationNs,
      (call, timeoutLane) => this.client.start(call, timeoutLane),
    );
    this.traffic.begin();
  }

  /** Simulated time; 0 is the end of the warm-up. */
  get nowNs(): number {
    return this.calendar.nowNs - this.options.warmupNs;
  }

  /** Events fired so far. */
  get events(): number {
    return this.calendar.fired;
  }

  /** Runs until the time `tNs` (0 = end of the warm-up) or the end; false when the run is over. */
  runUntil(tNs: number): boolean {
    if (this.over) return false;
    const { warmupNs, durationNs } = this.options;
    const stopNs = Math.min(tNs, durationNs) + warmupNs;
    if (!this.measuring) {
      this.loop(Math.min(stopNs, warmupNs));
      if (stopNs < warmupNs || this.over) return !this.over;
      this.beginMeasuring();
    }
    this.loop(stopNs);
    if (tNs >= durationNs) this.over = true;
    return !this.over;
  }

  /** Ends the run where it is: whoever runs it has no more memory for it. */
  stopForMemory(): void {
    if (this.over) return;
    this.over = true;
    this.memoryFull = true;
    this.cutOff();
  }

  /** The run ends before its time. */
  private cutOff(): void {
    this.recorder.cutOff();
    if (this.measuring) this.busy.cutOff(this.calendar.nowNs);
  }

  private beginMeasuring(): void {
    this.measuring = true;
    this.recorder.begin();
    this.network.begin();
    for (const { counters, ejectedCount } of this.clusters.states) counters.ejectedAtStart += ejectedCount;
    for (const pod of this.pods) this.marks.push(markBusy(pod));
    this.busy.begin(this.calendar.nowNs);
    const { intervalNs, durationNs } = this.options;
    this.calendar.schedule(this.calendar.nowNs + Math.min(intervalNs, durationNs), PHASE.sample, EVENT.sample, 0);
  }

  private sample(): void {
    this.recorder.sample();
    this.busy.sample(this.calendar.nowNs);
    const endNs = this.options.warmupNs + this.options.durationNs;
    const { nowNs } = this.calendar;
    if (nowNs < endNs) {
      this.calendar.schedule(Math.min(endNs, nowNs + this.options.intervalNs), PHASE.sample, EVENT.sample, 0);
    }
  }

  private loop(untilNs: number): void {
    const { calendar, ready } = this;
    const { admitted } = this.server;
    const { maxEvents } = this.options;
    while (calendar.advance(untilNs)) {
      this.handle(calendar.kind, calendar.ref);
      while (ready.length > 0 || admitted.length > 0) {
        const attempt = ready.pop();
        if (attempt !== undefined) attempt.pod.app.begin(attempt);
        else this.server.reach(admitted.pop() as Attempt);
      }
      if (calendar.fired >= maxEvents) {
        this.over = true;
        this.boundHit = true;
        this.cutOff();
        return;
      }
    }
  }

  private handle(kind: number, ref: number): void {
    switch (kind) {
      case EVENT.application:
        this.server.atApplication(this.attempts.all[ref]);
        return;
      case EVENT.cpu: {
        const frame = this.pods[ref].app.cpu.fire(ref);
        if (frame !== NO_JOB) this.pods[ref].app.cpuDone(this.frames.all[frame]);
        return;
      }
      case EVENT.response: {
        const attempt = this.attempts.all[ref];
        if (attempt.call === HEALTH_CHECK) this.health.response(attempt);
        else this.client.upstream.response(attempt);
        return;
      }
      case EVENT.serverProxy:
        this.server.atProxy(this.attempts.all[ref]);
        return;
      case EVENT.route:
        this.client.route(this.calls.all[ref]);
        return;
      case EVENT.deliver:
        this.client.deliver(this.calls.all[ref]);
        return;
      case EVENT.waited: {
        const frame = this.frames.all[ref];
        frame.app.waited(frame);
        return;
      }
      case EVENT.arrival:
        this.traffic.arrival(ref);
        return;
      case EVENT.think:
        this.traffic.loopTurn(ref);
        return;
      case EVENT.delayed:
        this.client.heldLongEnough(this.calls.all[ref]);
        return;
      case EVENT.connected: {
        const connection = this.connections.all[ref];
        connection.pool.connected(connection);
        return;
      }
      case EVENT.routeTimeout:
        this.client.routeTimeout(this.calls.all[ref]);
        return;
      case EVENT.perTryTimeout:
        this.client.upstream.perTryTimeout(this.attempts.all[ref]);
        return;
      case EVENT.callerTimeout:
        this.client.abandon(this.calls.all[ref]);
        return;
      case EVENT.retry:
        this.client.retry(this.calls.all[ref]);
        return;
      case EVENT.sweep:
        this.outlier.sweep(this.clusters.states[ref]);
        return;
      case EVENT.hostsUpdate:
        this.outlier.updateHosts(this.clusters.states[ref]);
        return;
      case EVENT.sample:
        this.sample();
        return;
      case EVENT.helloAtServer:
        this.handshakes.atServer(this.connections.all[ref]);
        return;
      case EVENT.helloAtClient:
        this.handshakes.atClient(this.connections.all[ref]);
        return;
      case EVENT.helloAtGateway:
        this.handshakes.atGateway(this.connections.all[ref]);
        return;
      case EVENT.relayed:
        this.relays.passOn(this.attempts.all[ref]);
        return;
      case EVENT.relayedBack:
        this.relays.passBack(this.attempts.all[ref]);
        return;
      case EVENT.poolIdle:
      case EVENT.poolWaking:
        this.pools[ref].timer(kind);
        return;
      case EVENT.connectionAge: {
        const connection = this.connections.all[ref];
        connection.pool.aged(connection);
        return;
      }
      case EVENT.healthTimer:
        this.health.timer(ref);
        return;
      case EVENT.healthStep:
        this.health.step(ref);
        return;
      case EVENT.streamTimeout:
        this.client.streamTimeout(this.calls.all[ref]);
        return;
      case EVENT.inboundRetry:
      case EVENT.inboundHeld:
      case EVENT.inboundPaced:
        this.server.goOn(kind, this.attempts.all[ref]);
        return;
      case EVENT.tunnelOpen: {
        const connection = this.connections.all[ref];
        connection.step = NOTHING;
        this.handshakes.tunnelOpen(connection);
        return;
      }
      case EVENT.inboundConnected: {
        const worker = this.inboundWorkers[ref];
        worker.pool.connected(worker);
        return;
      }
      case EVENT.pinnedIdle:
        this.client.connections.idle(ref);
        return;
      case EVENT.paced:
        this.client.paced(this.calls.all[ref]);
        return;
      case EVENT.controller:
        this.controllers.fire(ref);
        return;
      case EVENT.accrual:
      case EVENT.failfast:
        this.client.upstream.endpointTimer(kind, ref);
        return;
      default:
        throw new Error(`an event of unknown kind ${kind}`);
    }
  }

  /** A call has come back to whoever made it. */
  private returned(call: Call, status: number): void {
    if (call.frame !== NOTHING) {
      const frame = this.frames.all[call.frame];
      frame.app.callReturned(frame, call, status);
    } else {
      this.traffic.returned(call, status);
    }
  }

  /** Objects that the run holds now: flat in simulated time unless the mesh is overloaded. */
  get population(): {
    readonly calls: number;
    readonly attempts: number;
    readonly frames: number;
    readonly pending: number;
  } {
    return {
      calls: this.calls.inUse,
      attempts: this.attempts.inUse,
      frames: this.frames.inUse,
      pending: this.calendar.pending,
    };
  }

  /** What was observed until now. */
  result(): ReplicationResult {
    const { recorder, options, calls, attempts, frames } = this;
    return {
      replication: options.replication,
      measuredNs: this.measuring ? this.nowNs : 0,
      warmupNs: options.warmupNs,
      events: this.events,
      calls: {
        started: recorder.started,
        ended: recorder.finished,
        inFlight: recorder.started - recorder.finished,
      },
      rows: recorder.rowResults(),
      traffic: trafficResults(this.plan, recorder, { calls, attempts, frames }),
      workloads: workloadResults(this.podsOf, recorder.workloads, this.marks, this.calendar.nowNs, this.nowNs),
      clusters: recorder.clusters.map((counters) => ({ ...counters })),
      losses: this.network.lossResults(),
      series: { ...recorder.seriesResult(), busy: this.busy.toData() },
      ...(recorder.customers === null ? {} : { customers: recorder.customers.map((own) => own.toData()) }),
      stopped: this.memoryFull ? 'max-memory' : this.boundHit ? 'max-events' : null,
    };
  }
}

/** Runs one replication to its end. */
export function simulate(plan: MeshPlan, options: RunOptions): ReplicationResult {
  const simulation = new MeshSimulation(plan, options);
  simulation.runUntil(options.durationNs);
  return simulation.result();
}
