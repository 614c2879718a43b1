// The HorizontalPodAutoscalers of a run: metrics-server scrapes the pods, each autoscaler asks every 15 s what to have, and pods come and go as it says.
// What is decided: models/kubernetes/autoscaling and models/kubernetes/workloads. Here is what these are told of the pods, and what follows for them.
// k8s: pkg/controller/podautoscaler/horizontal.go; pkg/controller/replicaset (pods come and go at once); pkg/controller/statefulset (one after the
// other, by their ordinals).
import type { Calendar } from '../../../sim/calendar.js';
import { PHASE } from '../../../sim/phases.js';
import { Draws } from '../../../sim/random/draws.js';
import { HorizontalPodAutoscaler } from '../../kubernetes/autoscaling/hpa.js';
import { DEFAULT_HPA_FLAGS, type HpaMetric } from '../../kubernetes/autoscaling/hpa-spec.js';
import {
  type ContainerPoint,
  MANIFEST_RESOLUTION_NS,
  MetricsServer,
  type PodPoint,
} from '../../kubernetes/autoscaling/metrics-server.js';
import type { ObservedContainer, ObservedPod, PodSample } from '../../kubernetes/autoscaling/observed-pods.js';
import type { MetricReading } from '../../kubernetes/autoscaling/replica-calculator.js';
import { victims } from '../../kubernetes/workloads/victims.js';
import type { AutoscalerPlan, ContainerPlan } from '../../plan/contract/autoscaler-plan.js';
import type { MeshPlan } from '../../plan/contract/plan.js';
import type { Happenings } from '../recording/happenings.js';
import type { Application } from '../server/application.js';
import { EVENT } from '../state/events.js';
import { LIFE, type Pod } from '../state/pod.js';
import type { Lives } from './lives.js';

const NS_PER_S = 1_000_000_000;
/** Pods that are there when a run begins were ready so long after their creation. */
const START_NS = 10 * NS_PER_S;
/** How often a kubelet takes figures of its containers (k8s: pkg/kubelet/cadvisor/cadvisor_linux.go, housekeepingInterval). */
const KUBELET_NS = 10 * NS_PER_S;
/** What an event is about: a scrape, or of the workload with a number, figures that are taken, or the autoscaler. */
const SCRAPE = 0;
const FIGURES = 1;
const SYNC = 2;
const KINDS = 2;

/** A workload that is scaled. */
interface Scaled {
  readonly plan: AutoscalerPlan;
  readonly hpa: HorizontalPodAutoscaler;
  /** `spec.replicas`. */
  replicas: number;
  /** As each of its pods has them. */
  readonly containers: readonly ObservedContainer[];
  /** What kubelets have last seen of each of its pods. */
  figures: readonly PodPoint[];
  /** Index of the locality of each pod that finds a node, by ordinal. */
  readonly localities: readonly number[];
}

/** Requests that have come to a pod until a scrape. */
interface Count {
  readonly takenNs: number;
  readonly arrived: number;
}

export class Autoscalers {
  private readonly scaled: readonly Scaled[];
  private readonly server = new MetricsServer(MANIFEST_RESOLUTION_NS);
  /** By pod, of the last two scrapes. */
  private counts: ReadonlyMap<number, Count> = new Map();
  private countsBefore: ReadonlyMap<number, Count> = new Map();
  private readonly phases: Draws;
  private readonly luck: Draws;

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    plan: Pick<MeshPlan, 'autoscalers' | 'workloads'>,
    /** By workload: the applications of all pods that there have been. */
    private readonly appsOf: readonly (readonly Application[])[],
    private readonly lives: Lives,
    private readonly happenings: Happenings,
  ) {
    this.phases = new Draws(seed, 'phases of autoscalers');
    this.luck = new Draws(seed, 'pods that go');
    this.scaled = plan.autoscalers.map((own) => {
      const { podLocalities } = plan.workloads[own.workload];
      return {
        plan: own,
        hpa: new HorizontalPodAutoscaler(own.spec),
        replicas: podLocalities.length,
        containers: own.containers.map(observed),
        figures: [],
        localities: [...podLocalities, ...own.spareLocalities],
      };
    });
    if (this.scaled.length > 0) lives.changed = (workload) => this.podsChanged(workload);
  }

  /** Plans the first scrape, and the first figures and the first sync of each workload, at moments of their own. */
  begin(): void {
    if (this.scaled.length === 0) return;
    this.plan(this.phases.uniform(SCRAPE, 0) * MANIFEST_RESOLUTION_NS, SCRAPE);
    for (const index of this.scaled.keys()) {
      const figures = index * KINDS + FIGURES;
      const sync = index * KINDS + SYNC;
      this.plan(this.phases.uniform(figures, 0) * KUBELET_NS, figures);
      this.plan(this.phases.uniform(sync, 0) * DEFAULT_HPA_FLAGS.syncNs, sync);
    }
  }

  private plan(atNs: number, ref: number): void {
    this.calendar.schedule(Math.ceil(atNs), PHASE.control, EVENT.autoscaling, ref);
  }

  /** An event of the autoscalers. */
  act(ref: number): void {
    if (ref === SCRAPE) {
      this.scrape();
      return;
    }
    const scaled = this.scaled[Math.floor((ref - FIGURES) / KINDS)];
    if ((ref - FIGURES) % KINDS === 0) this.takeFigures(ref, scaled);
    else this.sync(ref, scaled);
  }

  /** The kubelets look at the pods of a workload. */
  private takeFigures(ref: number, scaled: Scaled): void {
    const { nowNs } = this.calendar;
    const { workload, containers } = scaled.plan;
    scaled.figures = this.appsOf[workload]
      .filter(({ pod }) => pod.life === LIFE.here)
      .map((app) => ({ pod: nameOf(app.pod), containers: containers.map((one) => pointOf(app, one, nowNs)) }));
    this.plan(nowNs + KUBELET_NS, ref);
  }

  private scrape(): void {
    const { nowNs } = this.calendar;
    const apps = this.scaled.flatMap(({ plan }) =>
      this.appsOf[plan.workload].filter(({ pod }) => pod.life === LIFE.here),
    );
    this.countsBefore = this.counts;
    this.counts = new Map(apps.map(({ pod, arrived }) => [pod.id, { takenNs: nowNs, arrived }]));
    this.server.scrape(this.scaled.flatMap(({ figures }) => figures));
    this.plan(nowNs + MANIFEST_RESOLUTION_NS, SCRAPE);
  }

  private sync(ref: number, scaled: Scaled): void {
    const { nowNs } = this.calendar;
    const { plan, hpa, replicas, containers, localities } = scaled;
    const apps = this.appsOf[plan.workload].filter(({ pod }) => pod.life === LIFE.here || pod.life === LIFE.starting);
    const waiting = Math.max(0, replicas - localities.length);
    const pods = [
      ...apps.map(({ pod }) => seen(pod, containers, nowNs)),
      ...Array.from({ length: waiting }, () => ({ ...WITHOUT_NODE, containers })),
    ];
    const decision = hpa.sync(nowNs, {
      specReplicas: replicas,
      statusReplicas: apps.filter(({ pod }) => !pod.isLeaving).length + waiting,
      pods,
      readings: plan.spec.metrics.map((metric) => this.read(metric, apps)),
    });
    this.plan(decision.nextNs, ref);
    if (decision.replicas === replicas) return;
    this.happenings.scaled(plan.workload, { from: replicas, to: decision.replicas });
    scaled.replicas = decision.replicas;
    this.follow(scaled);
  }

  private read(metric: HpaMetric, apps: readonly Application[]): MetricReading {
    switch (metric.kind) {
      case 'resource': {
        const { resource, container } = metric;
        if (resource !== 'cpu' && resource !== 'memory') return null;
        return {
          kind: 'samples',
          samples: apps.map(({ pod }) => this.server.sample(nameOf(pod), resource, container)),
        };
      }
      case 'pods':
        return { kind: 'samples', samples: apps.map(({ pod }) => this.rateOf(pod)) };
      case 'object':
      case 'external': {
        const rates = apps.flatMap(({ pod }) => this.rateOf(pod) ?? []);
        if (rates.length === 0) return null;
        return { kind: 'value', milli: rates.reduce((sum, { milli }) => sum + milli, 0) };
      }
    }
  }

  /** Thousandths of requests per second between the last two scrapes; null: the pod was not in both. */
  private rateOf(pod: Pod): PodSample | null {
    const last = this.counts.get(pod.id);
    const before = this.countsBefore.get(pod.id);
    if (last === undefined || before === undefined) return null;
    const windowNs = last.takenNs - before.takenNs;
    const milli = Math.round((1000 * NS_PER_S * (last.arrived - before.arrived)) / windowNs);
    return { milli, takenNs: last.takenNs, windowNs };
  }

  private podsChanged(workload: number): void {
    for (const scaled of this.scaled) if (scaled.plan.workload === workload && scaled.plan.ordered) this.follow(scaled);
  }

  /** Pods come or go until there are as many as are asked for; those of a StatefulSet one after the other. */
  private follow({ plan, replicas, localities }: Scaled): void {
    const { workload, ordered, graceNs } = plan;
    const there = this.appsOf[workload]
      .map(({ pod }) => pod)
      .filter(({ life }) => life === LIFE.here || life === LIFE.starting);
    const own = there.filter(({ isLeaving }) => !isLeaving);
    if (ordered && there.some(({ life, isLeaving }) => life === LIFE.starting || isLeaving)) return;
    const missing = Math.min(replicas, localities.length) - own.length;
    const step = ordered ? 1 : Number.POSITIVE_INFINITY;
    if (missing > 0) {
      const taken = new Set(own.map(({ ordinal }) => ordinal));
      const free = [...localities.keys()].filter((ordinal) => !taken.has(ordinal));
      for (const ordinal of free.slice(0, Math.min(missing, step))) {
        this.lives.create(workload, ordinal, localities[ordinal]);
      }
    } else if (missing < 0) {
      const count = Math.min(-missing, step);
      const going = ordered ? own.toSorted((a, b) => b.ordinal - a.ordinal).slice(0, count) : this.choose(own, count);
      for (const pod of going) this.lives.retire(pod, graceNs);
    }
  }

  private choose(pods: readonly Pod[], count: number): readonly Pod[] {
    const { nowNs } = this.calendar;
    const seenPods = pods.map((pod) => ({
      scheduled: true,
      phase: pod.life === LIFE.here ? ('Running' as const) : ('Pending' as const),
      readySinceNs: pod.life === LIFE.here && pod.listens && pod.ready ? readyNs(pod) : null,
      deletionCost: 0,
      together: 0,
      restarts: 0,
      createdNs: pod.createdNs,
      luck: this.luck.uniform(pod.key, pod.incarnation),
    }));
    return victims(nowNs, seenPods, count).map((index) => pods[index]);
  }
}

/** A pod that no node has room for. */
const WITHOUT_NODE: Omit<ObservedPod, 'containers'> = {
  phase: 'Pending',
  terminating: false,
  startedNs: null,
  ready: false,
  readyChangedNs: 0,
};

function observed({ name, cpuRequestMillis, memoryRequestBytes }: ContainerPlan): ObservedContainer {
  const requestsMilli = new Map<string, number>();
  if (cpuRequestMillis !== null) requestsMilli.set('cpu', cpuRequestMillis);
  if (memoryRequestBytes !== null) requestsMilli.set('memory', memoryRequestBytes * 1000);
  return { name, requestsMilli };
}

function seen(pod: Pod, containers: readonly ObservedContainer[], nowNs: number): ObservedPod {
  const isThere = pod.life === LIFE.here;
  const ready = isThere && pod.listens && pod.ready;
  return {
    phase: isThere ? 'Running' : 'Pending',
    terminating: pod.isLeaving,
    startedNs: pod.createdNs,
    ready,
    // Who does not listen any more was ready until a moment ago.
    readyChangedNs: ready ? readyNs(pod) : isThere ? nowNs : pod.createdNs,
    containers,
  };
}

/** Since when a pod that serves is ready. */
function readyNs(pod: Pod): number {
  return pod.createdNs < 0 ? pod.createdNs + START_NS : pod.bornNs;
}

function nameOf(pod: Pod): string {
  return String(pod.id);
}

function pointOf(app: Application, { name, runs }: ContainerPlan, nowNs: number): ContainerPoint {
  const { pod } = app;
  const startedNs = readyNs(pod);
  const point = { container: name, takenNs: nowNs, startedNs };
  switch (runs) {
    case 'application':
      return { ...point, cpuNs: app.cpus.busyNs(app.cpu), memoryBytes: applicationBytes(app) };
    case 'proxy':
      return { ...point, cpuNs: pod.process?.busyNs() ?? 0, memoryBytes: proxyBytes(pod) };
    case 'nothing':
      return { ...point, cpuNs: 0, memoryBytes: 0 };
  }
}

function applicationBytes({ pod, holds }: Application): number {
  const { memory } = pod.plan.app;
  return memory === null ? 0 : memory.baseBytes + memory.perRequestBytes * holds;
}

function proxyBytes({ plan, connections }: Pod): number {
  const memory = plan.proxy?.memory ?? null;
  if (memory === null) return 0;
  return memory.baseBytes + memory.configBytes + memory.perConnectionBytes * connections;
}
