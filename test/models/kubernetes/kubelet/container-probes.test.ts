import { expect, test } from 'vitest';
import { ContainerProbes, isPodReady } from '../../../../models/kubernetes/kubelet/container-probes.js';
import { DEFAULT_PROBE } from '../../../../models/kubernetes/kubelet/probe.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;
const NONE = { startup: null, readiness: null, liveness: null };

test('a container without probes is started and ready as long as it runs', () => {
  const probes = new ContainerProbes(NONE, () => 0);
  expect([probes.isStarted, probes.isReady, probes.nextNs]).toEqual([false, false, null]);
  probes.started(S);
  expect([probes.isStarted, probes.isReady]).toEqual([true, true]);
  probes.stopped(2 * S);
  expect([probes.isStarted, probes.isReady]).toEqual([false, false]);
});

test('readiness is probed at once when the container has started, not at the next tick only', () => {
  const probes = new ContainerProbes({ ...NONE, readiness: DEFAULT_PROBE }, () => 2 * S);
  expect(probes.due(2 * S)).toEqual([]);
  probes.started(5 * S);
  expect(probes.nextNs).toBe(5 * S);
  expect(probes.due(5 * S)).toEqual(['readiness']);
  expect(probes.finish(5 * S, 'readiness', true)).toEqual({ result: 'success', kill: false });
  expect(probes.isReady).toBe(true);
  expect(probes.nextNs).toBe(12 * S);
});

test('after a restart nothing is believed of the new container', () => {
  const probes = new ContainerProbes({ ...NONE, startup: DEFAULT_PROBE, readiness: DEFAULT_PROBE }, () => 0);
  probes.started(0);
  expect(probes.due(0)).toEqual(['startup']);
  probes.finish(0, 'startup', true);
  expect(probes.due(0)).toEqual(['readiness']);
  probes.finish(0, 'readiness', true);
  expect(probes.isReady).toBe(true);
  probes.stopped(3 * S);
  probes.started(4 * S);
  expect([probes.isStarted, probes.isReady]).toEqual([false, false]);
});

test('a probe that the container has not got is a fault of the caller', () => {
  const probes = new ContainerProbes(NONE, () => 0);
  expect(() => probes.finish(0, 'liveness', true)).toThrow(RangeError);
});

test('a pod is deleted: its liveness is probed no more', () => {
  const probes = new ContainerProbes({ ...NONE, readiness: DEFAULT_PROBE, liveness: DEFAULT_PROBE }, () => 0);
  probes.started(0);
  probes.deleted();
  expect(probes.due(0)).toEqual(['readiness']);
});

test('readiness of pods', () => {
  expect(isPodReady([true, true])).toBe(true);
  expect(isPodReady([true, false])).toBe(false);
  expect(isPodReady([true], [true, false])).toBe(false);
});
