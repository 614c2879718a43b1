// The machines of all rooms driven together by a small loop of events: a Deployment that is made, rolled out and scaled
// by an HPA, its pods scheduled, pulled, started and probed, and the endpoints that come of it.
import { expect, test } from 'vitest';
import { HorizontalPodAutoscaler } from '../../../models/kubernetes/autoscaling/hpa.js';
import { conditionsOf } from '../../../models/kubernetes/endpoints/conditions.js';
import { SliceWriter } from '../../../models/kubernetes/endpoints/propagation.js';
import { ContainerProbes } from '../../../models/kubernetes/kubelet/container-probes.js';
import { NodeImages } from '../../../models/kubernetes/kubelet/image-pulls.js';
import { DEFAULT_PROBE } from '../../../models/kubernetes/kubelet/probe.js';
import { ContainerStop } from '../../../models/kubernetes/kubelet/stop-order.js';
import type { PodView } from '../../../models/kubernetes/scheduling/cluster.js';
import { SchedulingQueue } from '../../../models/kubernetes/scheduling/queue.js';
import { Scheduler } from '../../../models/kubernetes/scheduling/scheduler.js';
import { SECOND_NS } from '../../../models/kubernetes/terms/units.js';
import { DEFAULT_DEPLOYMENT, DeploymentController } from '../../../models/kubernetes/workloads/deployment.js';
import { countReplicas, type OwnedPod, syncReplicaSet } from '../../../models/kubernetes/workloads/replica-set-sync.js';
import { nodeOf, podOf } from '../../support/scheduling.js';

const S = SECOND_NS;
/** The application answers so long after its start, and exits so long after SIGTERM. */
const BOOT_NS = 3 * S;
const EXIT_NS = 2 * S;

interface Pod {
  readonly name: string;
  readonly revision: number;
  readonly createdNs: number;
  readonly view: PodView;
  readonly probes: ContainerProbes;
  node: string | null;
  upNs: number | null;
  readySinceNs: number | null;
  stop: ContainerStop | null;
}

class World {
  readonly deployment = new DeploymentController({ ...DEFAULT_DEPLOYMENT, replicas: 4 }, 0);
  readonly pods = new Map<string, Pod>();
  readonly log: string[] = [];
  private readonly events: { readonly atNs: number; readonly act: () => void }[] = [];
  private readonly scheduler = new Scheduler(() => 0);
  private readonly queue = new SchedulingQueue();
  private readonly images = new Map(['n1', 'n2'].map((name) => [name, new NodeImages()]));
  private readonly slices = new SliceWriter();
  private nowNs = 0;
  private born = 0;
  endpoints: string[] = [];

  constructor() {
    for (const name of this.images.keys()) this.scheduler.setNode(nodeOf(name));
  }

  at(atNs: number, act: () => void): void {
    this.events.push({ atNs, act });
  }

  run(untilNs: number): void {
    for (;;) {
      this.events.sort((a, b) => a.atNs - b.atNs);
      const [next] = this.events;
      if (next === undefined || next.atNs > untilNs) return;
      this.events.splice(0, 1);
      this.nowNs = next.atNs;
      next.act();
    }
  }

  /** The controllers, until none of them has anything to do; then what they brought about. */
  reconcile(): void {
    const revisions = (): number[] => [...new Set([...this.pods.values()].map(({ revision }) => revision))];
    for (let changed = true; changed; ) {
      const statuses = revisions().map((revision) => ({
        revision,
        ...countReplicas(this.nowNs, 0, this.owned(revision)),
      }));
      changed = this.deployment.sync(this.nowNs, statuses).resize.length > 0;
      for (const revision of new Set([...revisions(), this.deployment.revision ?? 0])) {
        const { create, remove } = syncReplicaSet(this.nowNs, this.deployment.sizeOf(revision), this.owned(revision));
        for (let count = 0; count < create; count++) this.create(revision);
        for (const name of remove) this.remove(this.pods.get(name)!);
        changed ||= create > 0 || remove.length > 0;
      }
    }
    this.schedule();
    this.slices.changed(this.nowNs);
    if (this.slices.write(this.nowNs)) this.publish();
  }

  private owned(revision: number): OwnedPod[] {
    return [...this.pods.values()]
      .filter((pod) => pod.revision === revision)
      .map((pod, luck) => ({
        name: pod.name,
        scheduled: pod.node !== null,
        phase: pod.upNs === null ? 'Pending' : 'Running',
        terminating: pod.stop !== null,
        readySinceNs: pod.readySinceNs,
        deletionCost: 0,
        together: 1,
        restarts: 0,
        createdNs: pod.createdNs,
        luck,
      }));
  }

  private create(revision: number): void {
    this.born += 1;
    const name = `v${revision}-${this.born}`;
    const probes = new ContainerProbes(
      { startup: null, readiness: { ...DEFAULT_PROBE, periodSeconds: 1 }, liveness: null },
      () => this.nowNs,
    );
    const pod = { name, revision, createdNs: this.nowNs, view: podOf('web', 500), probes };
    this.pods.set(name, { ...pod, node: null, upNs: null, readySinceNs: null, stop: null });
    this.queue.add(this.nowNs, name, 0);
  }

  private schedule(): void {
    for (let name = this.queue.pop(this.nowNs); name !== null; name = this.queue.pop(this.nowNs)) {
      const pod = this.pods.get(name)!;
      const placement = this.scheduler.place(pod.view);
      if (placement.kind === 'unschedulable') throw new Error('the cluster is full');
      this.queue.remove(name);
      this.scheduler.bind(pod.view, placement.node);
      pod.node = placement.node;
      const answer = this.images.get(placement.node)!.pull(this.nowNs, `app:v${pod.revision}`, 'IfNotPresent', 50e6);
      this.at(answer.kind === 'pulling' ? answer.doneNs : this.nowNs, () => this.start(pod));
    }
  }

  private start(pod: Pod): void {
    pod.upNs = this.nowNs;
    pod.probes.started(this.nowNs);
    this.probe(pod);
  }

  private probe(pod: Pod): void {
    for (const kind of pod.probes.due(this.nowNs)) {
      pod.probes.finish(this.nowNs, kind, this.nowNs >= pod.upNs! + BOOT_NS);
      if (pod.probes.isReady && pod.readySinceNs === null) {
        pod.readySinceNs = this.nowNs;
        this.reconcile();
      }
    }
    const { nextNs } = pod.probes;
    if (nextNs !== null && this.pods.has(pod.name)) this.at(nextNs, () => this.probe(pod));
  }

  private remove(pod: Pod): void {
    pod.stop = new ContainerStop(this.nowNs, 30, [{ name: 'app', role: 'ordinary', hasPreStop: false }]);
    pod.probes.deleted();
    for (const { action } of pod.stop.advance(this.nowNs)) {
      if (action === 'SIGTERM') this.at(this.nowNs + EXIT_NS, () => this.gone(pod));
    }
  }

  private gone(pod: Pod): void {
    pod.stop?.exited('app');
    this.pods.delete(pod.name);
    this.scheduler.unbind(pod.view, pod.node!);
    this.queue.clusterChanged(this.nowNs);
    this.reconcile();
  }

  private publish(): void {
    const ready = [...this.pods.values()].filter((pod) => {
      const conditions = conditionsOf(
        {
          phase: 'Running',
          hasAddress: pod.upNs !== null,
          ready: pod.readySinceNs !== null,
          terminating: pod.stop !== null,
        },
        false,
      );
      return conditions?.ready === true;
    });
    const counts = new Map<number, number>();
    for (const { revision } of ready) counts.set(revision, (counts.get(revision) ?? 0) + 1);
    const line = [...counts].map(([revision, count]) => `${count} of v${revision}`).join(', ');
    const time = `${this.nowNs / S}:`;
    if (this.log.at(-1)?.startsWith(time)) this.log.pop();
    if (line !== this.log.at(-1)?.split(': ')[1]) this.log.push(`${time} ${line}`);
    this.endpoints = ready.map(({ name }) => name);
  }
}

test('a rollout and a scaling, from the making of the Deployment to its endpoints', () => {
  const world = new World();
  world.at(0, () => {
    world.deployment.rollOut(1);
    world.reconcile();
  });
  world.at(20 * S, () => {
    world.deployment.rollOut(2);
    world.reconcile();
  });
  const hpa = new HorizontalPodAutoscaler({
    minReplicas: 4,
    maxReplicas: 6,
    metrics: [{ kind: 'external', target: { kind: 'averageValue', milli: 1000 } }],
    behavior: null,
  });
  world.at(60 * S, () => {
    const reading = { kind: 'value', milli: 9000 } as const;
    const { replicas } = hpa.sync(60 * S, { specReplicas: 4, statusReplicas: 4, pods: [], readings: [reading] });
    world.deployment.change(60 * S, { ...DEFAULT_DEPLOYMENT, replicas });
    world.reconcile();
  });
  world.run(100 * S);
  // A pull takes 1.3 s, and the pulls of a node queue; images that are there cost nothing. Then come 3 s of boot, and
  // the first tick of the readiness probe after that. One pod more and one less than four are allowed.
  expect(world.log).toEqual(['0: ', '5: 4 of v1', '20: 3 of v1', '25: 1 of v1, 2 of v2', '28: 4 of v2', '63: 6 of v2']);
  expect(world.endpoints).toHaveLength(6);
  expect(world.pods.size).toBe(6);
});
