// Deployments, StatefulSets, disruption budgets and drains against the tables of the controllers' own tests (k8s:
// pkg/controller/deployment/{rolling,sync}_test.go, pkg/controller/deployment/util/deployment_util_test.go;
// pkg/controller/statefulset, pkg/registry/core/pod/storage/eviction_test.go).
import { describe, expect, test } from 'vitest';
import { SECOND_NS } from '../../models/kubernetes/units.js';
import { DEFAULT_DEPLOYMENT, DeploymentController } from '../../models/kubernetes/workloads/deployment.js';
import {
  type BudgetPod,
  type BudgetSpec,
  DisruptionBudget,
  evict,
} from '../../models/kubernetes/workloads/disruption.js';
import { Drain } from '../../models/kubernetes/workloads/drain.js';
import { scaleInProportion } from '../../models/kubernetes/workloads/proportional.js';
import type { ReplicaSetView } from '../../models/kubernetes/workloads/replica-sets.js';
import {
  DEFAULT_ROLLING_UPDATE,
  fenceposts,
  newReplicas,
  removeSpare,
  removeUnavailable,
  shrinkOld,
} from '../../models/kubernetes/workloads/rolling.js';
import {
  DEFAULT_STATEFUL_SET,
  type StatefulPod,
  syncStatefulSet,
} from '../../models/kubernetes/workloads/statefulset.js';

const S = SECOND_NS;

function setOf(revision: number, size: number, available = size, maxReplicas: number | null = null): ReplicaSetView {
  return {
    revision,
    specReplicas: size,
    replicas: size,
    readyReplicas: available,
    availableReplicas: available,
    maxReplicas,
    desiredReplicas: maxReplicas,
  };
}

describe('DY-49: rolling updates', () => {
  test.each([
    [10, 0, 10, 0, 0],
    [10, 2, 10, 0, 2],
    [10, 2, 5, 0, 7],
    [10, 2, 10, 2, 2],
  ])('DY-49: %i replicas, surge %i, old %i, new %i: the new set has %i', (desired, surge, old, fresh, expected) => {
    expect(newReplicas(desired, surge, old + fresh, fresh)).toBe(expected);
  });

  test('DY-49: a new set that is too large shrinks to what is asked for', () => {
    const deployment = new DeploymentController({ ...DEFAULT_DEPLOYMENT, replicas: 11 }, 0);
    deployment.rollOut(1);
    deployment.sync(0, []);
    deployment.change(0, { ...DEFAULT_DEPLOYMENT, replicas: 10 });
    expect(deployment.sync(0, []).resize).toEqual([{ revision: 1, replicas: 10 }]);
  });

  test.each([
    [10, { surge: 3, unavailable: 2 }],
    [3, { surge: 1, unavailable: 0 }],
    [1, { surge: 1, unavailable: 0 }],
    [4, { surge: 1, unavailable: 1 }],
  ])('DY-49: 25 %% of %i replicas', (replicas, expected) => {
    expect(fenceposts(DEFAULT_ROLLING_UPDATE, replicas)).toEqual(expected);
  });

  test('DY-49: clean-up alone: pods that are not available', () => {
    const removed = (available: number, max: number): number =>
      10 - removeUnavailable([setOf(1, 10, available)], max)[0]!.size;
    expect([0, 1, 3].map((max) => removed(8, max))).toEqual([0, 1, 2]);
    expect(removed(10, 3)).toBe(0);
  });

  test('DY-49: scale-down alone: pods that can be spared', () => {
    const left = (surge: number, unavailable: number, available: number): number => {
      const posts = fenceposts({ maxSurge: surge, maxUnavailable: unavailable }, 10);
      return removeSpare([{ set: setOf(1, 10, available), size: 10 }], available - (10 - posts.unavailable))[0]!.size;
    };
    expect(left(0, 0, 10)).toBe(9);
    expect(left(0, 2, 10)).toBe(8);
    expect(left(0, 2, 8)).toBe(10);
  });

  test('DY-49: both', () => {
    expect(shrinkOld(10, 2, setOf(2, 2, 0), [setOf(1, 8)])).toEqual([]);
    expect(shrinkOld(10, 2, setOf(2, 0), [setOf(1, 10, 8)])).toEqual([{ revision: 1, replicas: 8 }]);
    expect(shrinkOld(10, 2, setOf(2, 0), [setOf(1, 10, 9)])).toEqual([{ revision: 1, replicas: 8 }]);
  });

  interface Change {
    readonly from: number;
    readonly to: number;
    readonly surgeFrom?: number;
    readonly surgeTo?: number;
    /** No set of the template that is asked for is there. */
    readonly noNew?: boolean;
  }

  test.each<readonly [Change, readonly number[], readonly number[]]>([
    [{ from: 5, to: 10 }, [2, 3], [4, 6]],
    [{ from: 5, to: 3 }, [2, 3], [1, 2]],
    [{ from: 9, to: 4 }, [8, 1], [4, 0]],
    [{ from: 7, to: 10 }, [2, 3, 2], [3, 4, 3]],
    [{ from: 13, to: 8 }, [2, 8, 3], [1, 5, 2]],
    [{ from: 10, to: 50, surgeFrom: 3, surgeTo: 6 }, [5, 8], [22, 34]],
    [{ from: 3, to: 4 }, [1, 1, 1], [2, 1, 1]],
    [{ from: 3, to: 2 }, [1, 1, 1], [1, 1, 0]],
    [{ from: 4, to: 5, noNew: true }, [2, 2], [3, 2]],
    [{ from: 6, to: 0 }, [3, 2, 1], [0, 0, 0]],
    [{ from: 10, to: 20, surgeFrom: 2, surgeTo: 2 }, [6, 6], [11, 11]],
    [{ from: 10, to: 14, noNew: true }, [7, 3], [10, 4]],
  ])('DY-49: in proportion: %j, %j -> %j (newest first)', (change, sizes, expected) => {
    const { from, to, surgeFrom = 0, surgeTo = 0, noNew = false } = change;
    const sets = sizes.map((size, at) => setOf(sizes.length - at, size, size, from + surgeFrom));
    const resized = scaleInProportion(
      { desired: to, surge: surgeTo, rolling: true, statusReplicas: sizes.reduce((sum, size) => sum + size, 0) },
      noNew ? null : sets[0]!,
      noNew ? sets : sets.slice(1),
    );
    const bySet = new Map(resized.map(({ revision, replicas }) => [revision, replicas]));
    expect(sets.map(({ revision, specReplicas }) => bySet.get(revision) ?? specReplicas)).toEqual(expected);
  });
});

test('DY-50: a new image that crashes: the old pods stay, the deadline says so, and nothing is rolled back', () => {
  const spec = {
    ...DEFAULT_DEPLOYMENT,
    replicas: 10,
    strategy: { kind: 'RollingUpdate', update: { maxSurge: 2, maxUnavailable: 0 } } as const,
  };
  const deployment = new DeploymentController(spec, 0);
  const status = () =>
    [1, 2].map((revision) => {
      const replicas = deployment.sizeOf(revision);
      const available = revision === 1 ? replicas : 0;
      return { revision, replicas, readyReplicas: available, availableReplicas: available, terminating: 0 };
    });
  const settle = (nowNs: number) => {
    let decision = deployment.sync(nowNs, status());
    while (decision.resize.length > 0) decision = deployment.sync(nowNs, status());
    return decision;
  };
  deployment.rollOut(1);
  settle(0);
  expect(deployment.sizeOf(1)).toBe(10);
  deployment.rollOut(2);
  const { progress } = settle(100 * S);
  expect([deployment.sizeOf(1), deployment.sizeOf(2)]).toEqual([10, 2]);
  expect(progress.progressing).toBe(true);
  expect(progress.nextNs).toBe(701 * S);
  expect(settle(700 * S).progress.progressing).toBe(true);
  expect(settle(701 * S).progress).toEqual({
    progressing: false,
    reason: 'ProgressDeadlineExceeded',
    nextNs: null,
  });
  expect([deployment.sizeOf(1), deployment.sizeOf(2)]).toEqual([10, 2]);
});

test('DY-51: a StatefulSet with partition 1 and maxUnavailable 2', () => {
  const spec = {
    ...DEFAULT_STATEFUL_SET,
    replicas: 5,
    podManagement: 'Parallel',
    partition: 1,
    maxUnavailable: 2,
  } as const;
  const revisions = { current: 1, update: 2 };
  let pods: StatefulPod[] = [0, 1, 2, 3, 4].map((ordinal) => ({
    ordinal,
    revision: 1,
    phase: 'Running',
    terminating: false,
    readySinceNs: 0,
  }));
  const sync = () => syncStatefulSet(S, spec, revisions, pods);
  const removed = (ordinals: readonly number[]): void => {
    pods = pods.filter(({ ordinal }) => !ordinals.includes(ordinal));
  };
  const create = (): void => {
    for (const { ordinal, revision } of sync().create) {
      pods.push({ ordinal, revision, phase: 'Running', terminating: false, readySinceNs: null });
    }
  };
  const ready = (ordinal: number): void => {
    pods = pods.map((pod) => (pod.ordinal === ordinal ? { ...pod, readySinceNs: S } : pod));
  };

  expect(sync().remove).toEqual([4, 3]);
  removed([4, 3]);
  create();
  expect(sync()).toEqual({ create: [], remove: [], nextNs: null });
  ready(3);
  expect(sync().remove).toEqual([2]);
  removed([2]);
  create();
  expect(sync().remove).toEqual([]);
  ready(4);
  expect(sync().remove).toEqual([1]);
  removed([1]);
  create();
  ready(1);
  ready(2);
  expect(sync()).toEqual({ create: [], remove: [], nextNs: null });
  expect(pods.map(({ ordinal, revision }) => [ordinal, revision]).sort()).toEqual([
    [0, 1],
    [1, 2],
    [2, 2],
    [3, 2],
    [4, 2],
  ]);
});

const MIN = (value: number): BudgetSpec => ({
  limit: { kind: 'minAvailable', value },
  unhealthyPodEvictionPolicy: 'IfHealthyBudget',
});
const budgetPod = (name: string, ready = true): BudgetPod => ({ name, phase: 'Running', ready, terminating: false });

test('DY-56: a drain waits for the replacement of what it evicted first', () => {
  const budget = new DisruptionBudget(MIN(2));
  let pods = [budgetPod('a'), budgetPod('b'), budgetPod('c')];
  budget.observe(0, pods, 3);
  const drain = new Drain(
    0,
    ['a', 'b'].map((name) => ({ name, owner: 'other controller', hasEmptyDir: false, finished: false })),
    { ignoreDaemonSets: true, deleteEmptyDirData: false, force: false, timeoutNs: null },
  );
  const log: [second: number, name: string, status: number][] = [];
  for (let second = 0; second <= 20; second++) {
    if (second === 18) pods = [...pods, budgetPod('d')];
    budget.observe(second * S, pods, 3);
    for (const name of drain.due(second * S)) {
      const answer = evict(second * S, pods.find((pod) => pod.name === name)!, [budget]);
      drain.answered(second * S, name, answer);
      log.push([second, name, answer.status]);
      if (answer.status === 201) pods = pods.filter((pod) => pod.name !== name);
    }
  }
  expect(log).toEqual([
    [0, 'a', 201],
    [0, 'b', 429],
    [5, 'b', 429],
    [10, 'b', 429],
    [15, 'b', 429],
    [20, 'b', 201],
  ]);
  expect(drain.state).toEqual({ kind: 'waiting' });
  drain.gone('a');
  drain.gone('b');
  expect(drain.state).toEqual({ kind: 'done' });
});

test('DY-57: a pod that is not Ready may go only where the budget is met without it', () => {
  const pods = [budgetPod('a'), budgetPod('b', false)];
  const answer = (min: number): number => {
    const budget = new DisruptionBudget(MIN(min));
    budget.observe(0, pods, 2);
    return evict(0, pods[1]!, [budget]).status;
  };
  expect(answer(2)).toBe(429);
  expect(answer(1)).toBe(201);
});
