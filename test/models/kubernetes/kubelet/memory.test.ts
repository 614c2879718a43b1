import { describe, expect, test } from 'vitest';
import {
  type ContainerResources,
  EvictionManager,
  evictionOrder,
  OOM_KILLED,
  oomScoreAdjust,
  oomVictim,
  qosClass,
} from '../../../../models/kubernetes/kubelet/memory.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;
const Gi = 1024 * 1024 * 1024;
const EMPTY: ContainerResources = {
  cpuRequestMilli: null,
  cpuLimitMilli: null,
  memoryRequestBytes: null,
  memoryLimitBytes: null,
};
const FULL: ContainerResources = {
  cpuRequestMilli: 500,
  cpuLimitMilli: 500,
  memoryRequestBytes: Gi,
  memoryLimitBytes: Gi,
};

describe('classes of pods', () => {
  test.each<readonly [readonly ContainerResources[], string]>([
    [[EMPTY], 'BestEffort'],
    [[FULL], 'Guaranteed'],
    [[FULL, EMPTY], 'Burstable'],
    [[{ ...FULL, memoryRequestBytes: null, cpuRequestMilli: null }], 'Guaranteed'],
    [[{ ...FULL, memoryRequestBytes: 1 }], 'Burstable'],
    [[{ ...EMPTY, memoryRequestBytes: 1 }], 'Burstable'],
  ])('%j: %s', (containers, expected) => {
    expect(qosClass(containers)).toBe(expected);
  });
});

test("adjustments of the kernel's score", () => {
  expect(oomScoreAdjust('BestEffort', 0, 8 * Gi, false)).toBe(1000);
  expect(oomScoreAdjust('Guaranteed', Gi, 8 * Gi, false)).toBe(-997);
  expect(oomScoreAdjust('Burstable', Gi, 8 * Gi, false)).toBe(875);
  expect(oomScoreAdjust('Burstable', 8 * Gi, 8 * Gi, false)).toBe(3);
  expect(oomScoreAdjust('Burstable', 0, 8 * Gi, false)).toBe(999);
  expect(oomScoreAdjust('Burstable', 0, 8 * Gi, true)).toBe(-997);
});

test('who dies on a node without memory', () => {
  const guaranteed = { adjust: -997, usageBytes: 4 * Gi };
  const burstable = { adjust: 875, usageBytes: 2 * Gi };
  const bestEffort = { adjust: 1000, usageBytes: Gi };
  expect(oomVictim([guaranteed, burstable, bestEffort], 8 * Gi)).toBe(1);
  expect(oomVictim([guaranteed, { ...burstable, usageBytes: Gi }, bestEffort], 8 * Gi)).toBe(2);
  expect(oomVictim([], 8 * Gi)).toBe(null);
  expect(OOM_KILLED.exitCode).toBe(137);
});

test('evictions: above the request, then priority, then the excess', () => {
  const pod = (name: string, priority: number, usage: number, request: number) => ({
    name,
    priority,
    usageBytes: usage * Gi,
    requestBytes: request * Gi,
  });
  const order = evictionOrder([
    pod('within', -5, 1, 2),
    pod('important', 9, 4, 1),
    pod('small excess', 0, 2, 1),
    pod('large excess', 0, 3, 1),
  ]);
  expect(order.map(({ name }) => name)).toEqual(['large excess', 'small excess', 'important', 'within']);
});

test('the manager evicts one pod a look, and the pressure stays five minutes', () => {
  const manager = new EvictionManager();
  const pods = ['a', 'b'].map((name) => ({ name, priority: 0, usageBytes: 2, requestBytes: 1 }));
  expect(manager.look(0, Gi, pods)).toEqual({ evict: null, pressure: false, nextNs: 10 * S });
  expect(manager.look(10 * S, 1, pods)).toEqual({ evict: 'a', pressure: true, nextNs: 20 * S });
  expect(manager.look(20 * S, Gi, pods)).toMatchObject({ evict: null, pressure: true });
  expect(manager.look(309 * S, Gi, pods).pressure).toBe(true);
  expect(manager.look(310 * S, Gi, pods).pressure).toBe(false);
  expect(manager.look(320 * S, 1, []).evict).toBe(null);
});
