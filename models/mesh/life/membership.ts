// Who hears when of pods that come and go: the truth changes, somebody watches the endpoint slices for each proxy, and each proxy hears of the changes
// in their order. istiod tells Envoys and ztunnels (control-plane/istiod.ts); Linkerd's controller tells its proxies at once (linkerd2:
// controller/api/destination); for callers without a proxy kube-proxy writes rules, at most once a second (k8s: pkg/proxy/iptables/proxier.go,
// minSyncPeriod, 1 s in kubeadm's and kind's defaults), so that in a busy cluster a change waits for up to that.
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import { informerDelayNs } from '../../control-plane/endpoint-path.js';
import { S_NS } from '../../control-plane/time.js';
import type { ProxyRole } from '../../control-plane/xds-types.js';
import type { ConfigurationChange } from '../../plan/contract/configurations.js';
import { NONE } from '../../plan/contract/plan.js';
import { type MembersChange, NO_CHANGE } from '../balancing/assignments.js';
import type { Clusters } from '../clusters/clusters.js';
import type { Happenings } from '../recording/happenings.js';
import { EVENT } from '../state/events.js';
import { ObjectPool } from '../state/object-pool.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { RuntimePlan } from '../state/runtime.js';
import { Audience } from './audience.js';
import { type ConfigurationMessage, Configurations, wholeOf } from './configurations.js';
import { EndpointShards } from './endpoint-shards.js';
import { IstiodNews } from './istiod-news.js';
import type { ListenerDrains } from './listener-drains.js';

/** Whoever watches endpoint slices has informers of its own. */
const INFORMER = { istiod: 0, linkerd: 1, kubeProxy: 2 } as const;
const KUBE_PROXY_SYNC_NS = S_NS;

/** News on its way to the proxy of a pod. */
class News {
  pod: Pod | null = null;
  /** The first so many changes are known then. */
  known = 0;
  /** What it says of the configuration, or nothing. */
  configuration: ConfigurationMessage | null = null;

  constructor(readonly id: number) {}
}

export class Membership {
  private readonly audience: Audience;
  private readonly informers: Draws;
  private readonly syncs: Draws;
  private readonly configurations: Configurations;
  /** Of the configuration that the API server has. */
  private version = 0;
  private readonly runtime: RuntimePlan;
  private readonly news = new ObjectPool((id) => new News(id));
  /** By watcher, and by pod: calendar time of the last news on its way; news does not overtake older news. */
  private readonly informedNs: number[] = [0, 0, 0];
  private readonly lastNs: number[] = [];
  /** By number of the change: proxies that have not heard of it yet; 0: all have. */
  private readonly unheard: number[] = [];
  /** Null until the first change: before, there is nothing to tell. */
  private istiod: IstiodNews | null = null;
  /** By stream at istiod, which has the number of a pod: who hears by it. */
  private readonly followers = new Map<number, Pod[]>();

  /** Told of a pod that was held (`holds`) when its proxy has its configuration. */
  started: (pod: Pod) => void = () => {};

  constructor(
    private readonly seed: string,
    private readonly calendar: Calendar,
    versions: readonly RuntimePlan[],
    private readonly clusters: Clusters,
    private readonly pods: readonly Pod[],
    private readonly happenings: Happenings,
    drains: ListenerDrains,
  ) {
    this.configurations = new Configurations(versions, clusters, drains, (pod) => this.wantEndpoints(pod));
    this.informers = new Draws(seed, 'informers');
    this.syncs = new Draws(seed, 'syncs of kube-proxy');
    [this.runtime] = versions;
    this.audience = new Audience(versions, pods);
  }

  /**
   * Pods of a workload have come or gone, or have become ready or unready; proxies hear of it from now on.
   * @returns the number of the change
   */
  changed(change: MembersChange): number {
    const istiod = this.istiod ?? this.begin();
    const number = this.changes.push(change) - 1;
    let unheard = 0;
    for (const pod of this.audience.of(change.workload)) {
      if (pod.life !== LIFE.here) continue;
      unheard++;
      if (pod.linkerd) {
        this.send(pod, number + 1, this.informNs(INFORMER.linkerd, number) + this.oneWayNs(pod));
      } else if (!hasXds(pod)) {
        const syncNs = this.syncs.uniform(pod.key, number) * KUBE_PROXY_SYNC_NS;
        this.send(pod, number + 1, this.informNs(INFORMER.kubeProxy, number) + syncNs);
      }
    }
    this.unheard.push(unheard);
    this.inform(istiod, number);
    return number;
  }

  private inform(istiod: IstiodNews, number: number): void {
    if (!istiod.hasStreams) return;
    const atNs = Math.max(this.informedNs[INFORMER.istiod], this.informNs(INFORMER.istiod, number));
    this.informedNs[INFORMER.istiod] = atNs;
    this.calendar.schedule(atNs, PHASE.control, EVENT.informed, number);
  }

  /** The API server has another configuration; proxies hear of it from now on. */
  configured(configuration: ConfigurationChange): void {
    const istiod = this.istiod ?? this.begin();
    const number = this.changes.push({ ...NO_CHANGE, workload: NONE, configuration }) - 1;
    this.unheard.push(0);
    this.version = configuration.version;
    for (const pod of this.pods) {
      if (pod.life !== LIFE.here || hasXds(pod)) continue;
      const watcher = pod.linkerd ? INFORMER.linkerd : INFORMER.kubeProxy;
      const laterNs = pod.linkerd ? this.oneWayNs(pod) : this.syncs.uniform(pod.key, number) * KUBE_PROXY_SYNC_NS;
      this.send(pod, 0, this.informNs(watcher, number) + laterNs, wholeOf(configuration.version));
    }
    this.inform(istiod, number);
  }

  /** A proxy asks istiod for endpoints of clusters that are new to it. */
  private wantEndpoints(pod: Pod): void {
    const { calendar } = this;
    const atNs = Math.ceil(calendar.nowNs + this.oneWayNs(pod));
    calendar.schedule(atNs, PHASE.control, EVENT.endpointsWanted, this.streamOf(pod));
  }

  /** The question reaches istiod. */
  endpointsWanted(stream: number): void {
    this.istiod?.endpointsWanted(stream);
  }

  /** The informers of istiod hear of the change of that number. */
  informed(number: number): void {
    this.istiod?.informed(number);
  }

  /** istiod has something to do. */
  istiodTimer(): void {
    this.istiod?.fire();
  }

  /** News reaches a proxy. @param id of the news */
  hear(id: number): void {
    const news = this.news.all[id];
    const { pod, known, configuration } = news;
    news.pod = null;
    news.configuration = null;
    this.news.give(news);
    if (pod === null || pod.life !== LIFE.here) return;
    this.hearMembers(pod, known);
    if (configuration !== null) this.configurations.receive(pod, configuration);
  }

  private hearMembers(pod: Pod, known: number): void {
    if (known <= pod.heard) return;
    const numbers = this.numbersFor(pod, known);
    pod.heard = known;
    if (numbers.length === 0) return;
    this.clusters.hear(
      pod,
      numbers.map((number) => this.changes[number]),
    );
    this.heardOf(numbers);
  }

  /** istiod is down from now on: who hears by it hears nothing. */
  istiodDown(): void {
    (this.istiod ?? this.begin()).down();
  }

  /** An istiod is there again. */
  istiodUp(): void {
    this.istiod?.up();
  }

  /** What istiod begins from now on takes so many times as long as it would. */
  istiodSlow(factor: number): void {
    (this.istiod ?? this.begin()).slow(factor);
  }

  /** … and no longer. */
  istiodAsEver(factor: number): void {
    this.istiod?.speedUp(factor);
  }

  /** A proxy tries to reach istiod again. */
  reconnect(stream: number): void {
    this.istiod?.reconnect(stream);
  }

  /**
   * Whether a pod that could serve has to wait, because its proxy gets no configuration: `started` tells when it has. Its probe of readiness fails until
   * then (istio: pilot/cmd/pilot-agent/status/ready/probe.go).
   */
  holds(pod: Pod): boolean {
    const { istiod } = this;
    if (istiod === null || !istiod.isDown || !hasXds(pod) || pod.ambient) return false;
    const stream = this.streamOf(pod);
    if (this.followers.has(stream)) return false;
    this.followers.set(stream, [pod]);
    istiod.waitFor(stream, roleOf(pod), pod.key);
    return true;
  }

  /** A pod starts: its proxy is told of everything as those who tell it know it. */
  born(pod: Pod): void {
    const { istiod } = this;
    pod.heard = this.changes.length;
    if (istiod === null) return;
    if (!hasXds(pod)) {
      this.configurations.born(pod, this.version);
      return;
    }
    this.connect(istiod, pod);
    pod.heard = istiod.toldBy(this.streamOf(pod));
    this.configurations.born(pod, istiod.configurationAfter(istiod.heard));
    for (const number of this.numbersFor(pod, this.changes.length))
      if (this.unheard[number] > 0) this.unheard[number]++;
  }

  /** A pod is gone: nobody waits any more until its proxy hears. */
  gone(pod: Pod): void {
    const { istiod } = this;
    this.heardOf(this.numbersFor(pod, this.changes.length));
    pod.heard = this.changes.length;
    if (istiod === null || !hasXds(pod)) return;
    const stream = this.streamOf(pod);
    const left = (this.followers.get(stream) ?? []).filter((other) => other !== pod);
    this.followers.set(stream, left);
    if (left.length > 0) return;
    this.followers.delete(stream);
    istiod.disconnect(stream);
  }

  private get changes(): MembersChange[] {
    return this.clusters.assignments.changes;
  }

  private begin(): IstiodNews {
    const { plan } = this.runtime;
    const { atStart } = this.clusters.assignments;
    const shards = new EndpointShards(atStart, plan.istioVersion);
    const istiod = new IstiodNews(
      this.seed,
      this.calendar,
      plan.workloads.length,
      shards,
      this.changes,
      (stream, known) => {
        for (const pod of this.followers.get(stream) ?? []) this.tell(pod, known);
      },
      (stream, message) => {
        for (const pod of this.followers.get(stream) ?? []) {
          if (!this.configurations.isNews(pod, message)) continue;
          const isWhole = pod.ambient || pod.plan.kind === 'ztunnel';
          const atNs = this.calendar.nowNs + this.oneWayNs(pod);
          this.send(pod, 0, atNs, isWhole ? wholeOf(message.version) : message);
        }
      },
      (stream) => {
        for (const pod of this.followers.get(stream) ?? []) this.started(pod);
      },
    );
    this.istiod = istiod;
    for (const pod of this.pods) if (pod.life === LIFE.here && hasXds(pod)) this.connect(istiod, pod);
    return istiod;
  }

  private connect(istiod: IstiodNews, pod: Pod): void {
    const stream = this.streamOf(pod);
    const followers = this.followers.get(stream);
    if (followers !== undefined) {
      if (!followers.includes(pod)) followers.push(pod);
      return;
    }
    this.followers.set(stream, [pod]);
    istiod.connect(stream, roleOf(pod), this.pods[stream].key);
  }

  /** Ambient pods hear by the stream of the ztunnel of their node, whichever pod that is. */
  private streamOf(pod: Pod): number {
    const { atStart } = this.clusters.assignments;
    const { ztunnel, kind } = pod.plan;
    if (ztunnel !== null) return atStart[ztunnel.workload][ztunnel.nodes[pod.ordinal]].id;
    return kind === 'ztunnel' ? atStart[pod.workload][pod.ordinal].id : pod.id;
  }

  private tell(pod: Pod, known: number): void {
    if (this.numbersFor(pod, known).length > 0) this.send(pod, known, this.calendar.nowNs + this.oneWayNs(pod));
  }

  private send(pod: Pod, known: number, atNs: number, configuration: ConfigurationMessage | null = null): void {
    const arrivesNs = Math.ceil(Math.max(this.lastNs[pod.id] ?? 0, atNs));
    this.lastNs[pod.id] = arrivesNs;
    const news = this.news.take();
    news.pod = pod;
    news.known = known;
    news.configuration = configuration;
    this.calendar.schedule(arrivesNs, PHASE.control, EVENT.news, news.id);
  }

  /** Numbers of the changes that a proxy has to hear of, and has not, among the first `known`. */
  private numbersFor({ heard, workload }: Pod, known: number): readonly number[] {
    const { audience } = this;
    return this.clusters.assignments.log.among(
      audience.heardBy[workload],
      (changed) => audience.listens(workload, changed),
      heard,
      known,
    );
  }

  /** One proxy has heard of the changes of these numbers, or never will. */
  private heardOf(numbers: readonly number[]): void {
    for (const number of numbers) {
      if (--this.unheard[number] === 0) {
        this.happenings.add('endpoints known', -1, this.changes[number].workload);
      }
    }
  }

  /** When the informers of a watcher hear of a change that is made now. */
  private informNs(watcher: number, number: number): number {
    return this.calendar.nowNs + informerDelayNs(this.informers.uniform(watcher, number));
  }

  /** Whoever tells a proxy is in its zone. */
  private oneWayNs({ locality }: Pod): number {
    return this.runtime.plan.network.oneWayNs[locality][locality];
  }
}

/** Its proxy, or the ztunnel of its node, hears by xDS. */
function hasXds(pod: Pod): boolean {
  return pod.ambient || (pod.hasProxy && !pod.linkerd);
}

function roleOf({ plan, ambient }: Pod): ProxyRole {
  if (ambient || plan.kind === 'ztunnel' || plan.kind === 'waypoint') return 'waypoint';
  return plan.kind === 'gateway' ? 'router' : 'sidecar';
}
