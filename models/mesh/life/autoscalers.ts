// The HorizontalPodAutoscalers of a run: metrics-server scrapes the pods, each autoscaler asks every 15 s what to have, and pods come and go as it says.
// What is decided: models/kubernetes/autoscaling. Here is what that is told of the pods; controllers.ts follows its word.
// k8s: pkg/controller/podautoscaler/horizontal.go.
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
import type { AutoscalerPlan, ContainerPlan } from '../../plan/contract/autoscaler-plan.js';
import type { MeshPlan } from '../../plan/contract/plan.js';
import type { Application } from '../server/application.js';
import { EVENT } from '../state/events.js';
import { NOTHING } from '../state/nothing.js';
import { LIFE, type Pod } from '../state/pod.js';
import { type Controllers, readyNs } from './controllers.js';

const NS_PER_S = 1_000_000_000;
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
  /** As each of its pods has them. */
  readonly containers: readonly ObservedContainer[];
  /** What kubelets have last seen of each of its pods. */
  figures: readonly PodPoint[];
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

  constructor(
    seed: string,
    private readonly calendar: Calendar,
    plan: Pick<MeshPlan, 'autoscalers'>,
    /** By workload: the applications of all pods that there have been. */
    private readonly appsOf: readonly (readonly Application[])[],
    private readonly controllers: Controllers,
  ) {
    this.phases = new Draws(seed, 'phases of autoscalers');
    this.scaled = plan.autoscalers.map((own) => ({
      plan: own,
      hpa: new HorizontalPodAutoscaler(own.spec),
      containers: own.containers.map(observed),
      figures: [],
    }));
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
    const { plan, hpa, containers } = scaled;
    const replicas = this.controllers.replicasOf(plan.workload);
    const apps = this.appsOf[plan.workload].filter(({ pod }) => pod.life === LIFE.here || pod.life === LIFE.starting);
    const waiting = this.controllers.waitingOf(plan.workload);
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
    this.controllers.scale(plan.workload, decision.replicas, NOTHING);
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
