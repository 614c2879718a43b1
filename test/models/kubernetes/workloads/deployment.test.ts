// The Deployment controller over random schedules of readiness, and what the tables leave out: Recreate, pauses,
// rollovers.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_DEPLOYMENT,
  DeploymentController,
  type DeploymentSpec,
  type ReplicaSetStatus,
} from '../../../../models/kubernetes/workloads/deployment.js';
import { fenceposts } from '../../../../models/kubernetes/workloads/rolling.js';

/**
 * A Deployment and its pods: of each set how many there are, how many of them are available, and how many are on their
 * way out.
 */
class World {
  readonly controller: DeploymentController;
  readonly pods = new Map<number, { count: number; available: number; terminating: number }>();
  latest = 0;

  constructor(readonly spec: DeploymentSpec) {
    this.controller = new DeploymentController(spec, 0);
  }

  rollOut(): void {
    this.latest += 1;
    this.controller.rollOut(this.latest);
  }

  get statuses(): readonly ReplicaSetStatus[] {
    return [...this.pods].map(([revision, { count, available, terminating }]) => ({
      revision,
      replicas: count,
      readyReplicas: available,
      availableReplicas: available,
      terminating,
    }));
  }

  /** One sync; a set that shrinks loses the pods that are not available first. Returns whether anything changed. */
  sync(): boolean {
    const { resize } = this.controller.sync(0, this.statuses);
    for (const { revision, replicas } of resize) {
      const set = this.pods.get(revision) ?? { count: 0, available: 0, terminating: 0 };
      set.terminating += Math.max(0, set.count - replicas);
      this.pods.set(revision, { ...set, count: replicas, available: Math.min(set.available, replicas) });
    }
    return resize.length > 0;
  }

  settle(): void {
    for (let syncs = 0; this.sync(); syncs++) if (syncs > 1000) throw new Error('the controller does not come to rest');
  }

  setAvailable(revision: number, available: number): void {
    const set = this.pods.get(revision);
    if (set !== undefined) set.available = Math.min(available, set.count);
  }

  allAvailable(): void {
    for (const set of this.pods.values()) set.available = set.count;
  }

  total(field: 'count' | 'available'): number {
    return [...this.pods.values()].reduce((sum, set) => sum + set[field], 0);
  }

  /** Sizes from the oldest set on. */
  get sizes(): number[] {
    return [...this.pods].sort(([a], [b]) => a - b).map(([, { count }]) => count);
  }
}

const rolling = (replicas: number, maxSurge: number, maxUnavailable: number): DeploymentSpec => ({
  ...DEFAULT_DEPLOYMENT,
  replicas,
  strategy: { kind: 'RollingUpdate', update: { maxSurge, maxUnavailable } },
});

describe('along any schedule of readiness and of new templates', () => {
  const actions = fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('available' as const), set: fc.nat(4), count: fc.nat(12) }),
      fc.constant({ do: 'sync' as const }),
      fc.constant({ do: 'roll' as const }),
    ),
    { maxLength: 60 },
  );
  const settings = fc.tuple(fc.integer({ min: 1, max: 10 }), fc.nat(5), fc.nat(5));

  test('surge is never exceeded, and no sync takes available pods below what has to be available', () => {
    fc.assert(
      fc.property(settings, actions, ([replicas, maxSurge, maxUnavailable], steps) => {
        const world = new World(rolling(replicas, maxSurge, maxUnavailable));
        const { surge, unavailable } = fenceposts({ maxSurge, maxUnavailable }, replicas);
        world.rollOut();
        world.settle();
        world.allAvailable();
        for (const step of steps) {
          if (step.do === 'roll') world.rollOut();
          else if (step.do === 'available') world.setAvailable(world.latest - step.set, step.count);
          else {
            const before = world.total('available');
            world.sync();
            expect(world.total('count')).toBeLessThanOrEqual(replicas + surge);
            expect(world.total('available')).toBeGreaterThanOrEqual(Math.min(before, replicas - unavailable));
          }
        }
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test('once pods become available, the rollout ends with the newest set alone', () => {
    fc.assert(
      fc.property(settings, actions, ([replicas, maxSurge, maxUnavailable], steps) => {
        const world = new World(rolling(replicas, maxSurge, maxUnavailable));
        world.rollOut();
        for (const step of steps) {
          if (step.do === 'roll') world.rollOut();
          else if (step.do === 'available') world.setAvailable(world.latest - step.set, step.count);
          else world.sync();
        }
        for (let round = 0; round < 100; round++) {
          world.settle();
          world.allAvailable();
        }
        expect(world.controller.sizeOf(world.latest)).toBe(replicas);
        expect(world.total('count')).toBe(replicas);
        expect(world.controller.sync(0, world.statuses).progress).toMatchObject({
          progressing: true,
          reason: 'NewReplicaSetAvailable',
        });
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

test('a rollover: the set in the middle loses the pods that never came up', () => {
  const world = new World(rolling(10, 3, 2));
  world.rollOut();
  world.settle();
  world.allAvailable();
  world.rollOut();
  world.settle();
  expect(world.sizes).toEqual([8, 5]);
  world.rollOut();
  world.settle();
  expect(world.sizes).toEqual([8, 0, 5]);
});

test('a roll-back takes the old set up again', () => {
  const world = new World(rolling(4, 1, 0));
  world.rollOut();
  world.settle();
  world.allAvailable();
  world.rollOut();
  world.settle();
  expect(world.sizes).toEqual([4, 1]);
  world.controller.rollOut(1);
  world.settle();
  expect(world.sizes).toEqual([4, 0]);
});

test('Recreate waits until no old pod is left, those that terminate included', () => {
  const world = new World({ ...DEFAULT_DEPLOYMENT, replicas: 3, strategy: { kind: 'Recreate' } });
  world.rollOut();
  world.settle();
  world.allAvailable();
  expect(world.sizes).toEqual([3]);
  world.rollOut();
  world.settle();
  expect(world.sizes).toEqual([0]);
  world.pods.get(1)!.terminating = 0;
  world.settle();
  expect(world.sizes).toEqual([0, 3]);
});

test('a pause holds a rollout, though the Deployment can be scaled, and no deadline runs', () => {
  const spec = rolling(4, 1, 0);
  const world = new World(spec);
  world.rollOut();
  world.settle();
  world.allAvailable();
  world.controller.change(0, { ...spec, paused: true });
  world.rollOut();
  world.settle();
  expect(world.sizes).toEqual([4]);
  world.controller.change(0, { ...spec, paused: true, replicas: 6 });
  world.settle();
  expect(world.sizes).toEqual([6]);
  expect(world.controller.sync(0, world.statuses).progress).toMatchObject({ reason: 'DeploymentPaused', nextNs: null });
  world.controller.change(0, { ...spec, replicas: 6 });
  world.settle();
  expect(world.sizes).toEqual([6, 1]);
});

test('scaling in the middle of a rollout keeps the proportion', () => {
  const spec = rolling(10, 0, 5);
  const world = new World(spec);
  world.rollOut();
  world.settle();
  world.allAvailable();
  world.rollOut();
  world.settle();
  expect(world.sizes).toEqual([5, 5]);
  world.controller.change(0, { ...spec, replicas: 20 });
  world.sync();
  expect(world.sizes).toEqual([10, 10]);
});
