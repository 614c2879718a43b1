// Everything of one run, wired together: the stations that a request passes, which the rooms beside this one are named after, stand on one calendar,
// and each event is a step of one of them.

import { Calendar } from '../../../sim/calendar.js';
import { CallKeys, Draws } from '../../../sim/random/draws.js';
import { JobPlaces } from '../../../sim/stations/job-places.js';
import { SharingTable } from '../../../sim/stations/sharing-table.js';
import type { MeshPlan } from '../../plan/contract/plan.js';
import { Balancer } from '../balancing/balancer.js';
import { HashKeys } from '../balancing/hash-keys.js';
import { ClientProxy } from '../client/client-proxy.js';
import { Clusters } from '../clusters/clusters.js';
import { OutlierDetector } from '../clusters/outlier.js';
import type { ConnectionPool } from '../connections/connection-pool.js';
import { DownstreamConnections } from '../connections/downstream-connections.js';
import { Handshakes } from '../connections/handshake.js';
import { Relays } from '../connections/relay.js';
import { FilterBuilder } from '../filters/build-filters.js';
import { FilterChains } from '../filters/filter-chain.js';
import { Controllers } from '../filters/filter-state.js';
import { HealthChecker } from '../health/health-checker.js';
import { ClusterLife } from '../life/cluster-life.js';
import { Configuring } from '../life/configuring.js';
import { Kubelets } from '../life/kubelets.js';
import { ListenerDrains } from '../life/listener-drains.js';
import { Lives } from '../life/lives.js';
import { Membership } from '../life/membership.js';
import { Peers } from '../life/peers.js';
import { Silence } from '../life/silence.js';
import { Timeline } from '../life/timeline.js';
import { Network } from '../network/network.js';
import { Happenings } from '../recording/happenings.js';
import { Recorder } from '../recording/recorder.js';
import type { Application, ApplicationContext } from '../server/application.js';
import { Frame } from '../server/frame.js';
import { InboundRetries } from '../server/inbound-retries.js';
import { Server } from '../server/server.js';
import { Attempt, isProbe } from '../state/attempt.js';
import { Call } from '../state/call.js';
import { Connection } from '../state/connection.js';
import { EVENT } from '../state/events.js';
import { HEALTH_CHECK, NOTHING } from '../state/nothing.js';
import { ObjectPool } from '../state/object-pool.js';
import { podAddress } from '../state/pod.js';
import type { RuntimePlan } from '../state/runtime.js';
import { Traffic } from '../traffic/traffic.js';
import { Wire } from '../wire/wire.js';
import { Pods } from './pods.js';
import type { RunOptions } from './run-options.js';
import { buildVersions } from './runtime-plan.js';
import { mixWindows, trafficWindows } from './traffic-windows.js';

export class World {
  readonly calendar = new Calendar();
  /** The configuration in the versions that it has in the run. */
  readonly versions: readonly RuntimePlan[];
  readonly calls = new ObjectPool((id) => new Call(id));
  readonly attempts = new ObjectPool((id) => new Attempt(id));
  readonly frames = new ObjectPool((id) => new Frame(id));
  readonly connections = new ObjectPool((id) => new Connection(id));
  private readonly pools: ConnectionPool[] = [];
  private readonly handshakes: Handshakes;
  private readonly relays: Relays;
  private readonly cpus = new SharingTable(this.calendar, EVENT.cpu);
  readonly pods: Pods;
  private readonly ready: Attempt[] = [];
  readonly recorder: Recorder;
  readonly network: Network;
  readonly clusters: Clusters;
  readonly outlier: OutlierDetector;
  private readonly server: Server;
  private readonly client: ClientProxy;
  private readonly health: HealthChecker;
  private readonly traffic: Traffic;
  readonly happenings: Happenings;
  private readonly membership: Membership;
  private readonly peers: Peers;
  readonly lives: Lives;
  private readonly timeline: Timeline;
  private readonly kubelets: Kubelets;
  private readonly cluster: ClusterLife;
  private readonly configuring: Configuring;
  readonly drains = new ListenerDrains(this.calendar, this.connections);
  private readonly controllers = new Controllers(this.calendar, EVENT.controller);

  constructor(plan: MeshPlan, options: RunOptions) {
    const { calendar } = this;
    const { warmupNs, durationNs, intervalNs } = options;
    const seed = `${options.seed} #${options.replication}`;
    const filters = new FilterChains(calendar);
    const wire = new Wire(calendar, seed);
    this.pods = new Pods(seed, calendar);
    this.versions = buildVersions(
      plan,
      calendar,
      new FilterBuilder(seed, calendar, plan.filters, this.controllers, plan.envoy, (pod) =>
        podAddress(this.pods.all[pod]),
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
      cpus: this.cpus,
      work: new Draws(seed, 'work'),
      branch: new Draws(seed, 'branch'),
      errors: new Draws(seed, 'application error'),
      faults: new Draws(seed, 'faults of applications'),
      ready: this.ready,
      startCall: (call, timeoutLane) => this.client.start(call, timeoutLane),
      abandonCall: (call) => this.client.drop(call),
      respond: (attempt, status) => this.server.respond(attempt, status),
      probed: (attempt, success) => this.kubelets.requests.answered(attempt, success),
      reach: (attempt) => (isProbe(attempt) ? this.kubelets.requests.enter(attempt) : this.server.reach(attempt)),
    };
    const [runtime] = this.versions;
    this.pods.make(runtime, this.recorder.workloads, context);
    const { all: pods, of: podsOf, apps } = this.pods;
    const network = new Network(plan.network, calendar);
    this.network = network;
    this.clusters = new Clusters(
      calendar,
      network,
      podsOf,
      plan.localities,
      this.recorder,
      seed,
      plan.envoy,
      this.pools,
    );
    const balancer = new Balancer(this.clusters, new Draws(seed, 'balancer'), new HashKeys(seed, plan));
    this.relays = new Relays(seed, network, this.clusters, balancer, podsOf, wire);
    this.handshakes = new Handshakes(seed, calendar, this.relays, wire);
    this.outlier = new OutlierDetector(calendar, seed, this.pools);
    const retries = new InboundRetries(seed, calendar, this.calls);
    this.server = new Server(seed, calendar, this.attempts, this.recorder.workloads, filters, retries, apps, wire);
    for (const pod of pods) this.server.inbound.add(pod);
    this.pods.made = (app) => {
      this.server.inbound.add(app.pod);
      this.born(app);
    };
    const { clusters, attempts, outlier, server, recorder, relays, connections, handshakes, pools } = this;
    this.health = new HealthChecker(seed, calendar, clusters, attempts, runtime.handlers, outlier, server, wire);
    this.clusters.membersChanged = (state, change) => this.health.membersChanged(state, change);
    this.clusters.readinessChanged = (state) => this.outlier.readinessChanged(state);
    this.clusters.membersLearned = (state) => {
      if (state.endpoints.length > state.unhealthyCount) this.outlier.accrual.onReady(state);
    };
    this.clusters.begin(runtime.sites);
    const downstream = new DownstreamConnections(seed, runtime.edgesOf);
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
      wire,
      downstream,
      owner: { returned: (call, status) => this.returned(call, status) },
      filters,
    });
    this.traffic = new Traffic(
      seed,
      downstream,
      plan.traffic,
      podsOf,
      calendar,
      keys,
      this.calls,
      this.recorder,
      warmupNs,
      durationNs,
      (call, timeoutLane) => this.client.start(call, timeoutLane),
      trafficWindows(plan),
      mixWindows(plan),
    );
    this.happenings = new Happenings(calendar, warmupNs);
    const { happenings, traffic } = this;
    this.membership = new Membership(seed, calendar, this.versions, clusters, pods, happenings, this.drains);
    this.peers = new Peers(seed, calendar, plan.traffic, podsOf, connections, clusters, wire);
    this.lives = new Lives(
      seed,
      calendar,
      this.pods,
      this.calls,
      connections,
      pools,
      apps,
      server,
      this.client,
      clusters,
      this.health,
      traffic,
      this.membership,
      happenings,
      new Silence(calendar, connections, wire, this.peers.pings),
      this.peers.endpoints,
    );
    this.kubelets = new Kubelets(seed, calendar, this.pods, attempts, wire, this.lives, this.membership, happenings);
    this.cluster = new ClusterLife(seed, calendar, plan, this.pods, this.lives, this.membership, happenings);
    this.timeline = new Timeline(
      seed,
      calendar,
      plan.timeline,
      podsOf,
      apps,
      this.lives,
      this.cluster.controllers,
      this.cluster.evictions,
      this.cluster.leaks,
      this.cluster.nodes,
      this.membership,
      wire,
      this.peers,
      traffic,
      happenings,
    );
    this.cluster.begin();
    this.configuring = new Configuring(calendar, this.versions, this.membership, this.cluster.controllers);
    this.configuring.begin(warmupNs, warmupNs + durationNs);
    this.timeline.begin(warmupNs, warmupNs + durationNs);
    this.traffic.begin();
  }

  /** Told of each pod that is made while the run goes on. */
  born: (app: Application) => void = () => {};

  /** What the present event has set off, and is begun after it so that nothing recurses. */
  settle(): void {
    const { ready, pods, server } = this;
    const { admitted } = server;
    while (ready.length > 0 || admitted.length > 0) {
      const attempt = ready.pop();
      if (attempt !== undefined) pods.apps[attempt.pod.id].begin(attempt);
      else server.reach(admitted.pop() as Attempt);
    }
  }

  /** An event happens: the file of its station says what follows. */
  handle(kind: number, ref: number): void {
    switch (kind) {
      case EVENT.application:
        this.server.atApplication(this.attempts.all[ref]);
        return;
      case EVENT.cpu: {
        const frame = this.frames.all[this.cpus.fire(ref)];
        this.pods.apps[frame.pod].cpuDone(frame);
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
        this.pods.apps[frame.pod].waited(frame);
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
      case EVENT.inboundConnected:
        this.server.inbound.connected(ref);
        return;
      case EVENT.pinnedIdle:
        this.client.connections.idle(ref);
        return;
      case EVENT.paced:
        this.client.paced(this.calls.all[ref]);
        return;
      case EVENT.controller:
        this.controllers.fire(ref);
        return;
      case EVENT.timeline:
        this.timeline.act(ref);
        return;
      case EVENT.peerGone:
        this.lives.peerGone(this.connections.all[ref]);
        return;
      case EVENT.news:
        this.membership.hear(ref);
        return;
      case EVENT.informed:
        this.membership.informed(ref);
        return;
      case EVENT.reconnect:
        this.membership.reconnect(ref);
        return;
      case EVENT.istiod:
        this.membership.istiodTimer();
        return;
      case EVENT.podReady:
        this.kubelets.podStarted(this.pods.all[ref]);
        return;
      case EVENT.probeDue:
      case EVENT.probeEnd:
      case EVENT.containerStart:
      case EVENT.applicationBooted:
      case EVENT.containerEnd:
        this.kubelets.act(kind, ref);
        return;
      case EVENT.podStopping:
        this.lives.stops(this.pods.all[ref]);
        return;
      case EVENT.applicationUp:
        this.timeline.applicationUp(ref);
        return;
      case EVENT.configuration:
        this.configuring.change(ref);
        return;
      case EVENT.listenersDrained:
      case EVENT.connectionCut:
        this.drains.handle(kind, ref);
        return;
      case EVENT.endpointsWanted:
        this.membership.endpointsWanted(ref);
        return;
      case EVENT.accrual:
      case EVENT.failfast:
        this.client.upstream.endpointTimer(kind, ref);
        return;
      default:
        if (!this.peers.handle(kind, ref)) this.cluster.handle(kind, ref);
    }
  }

  /** A call has come back to whoever made it. */
  private returned(call: Call, status: number): void {
    if (call.frame !== NOTHING) {
      const frame = this.frames.all[call.frame];
      this.pods.apps[frame.pod].callReturned(frame, call, status);
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
}
