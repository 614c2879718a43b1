// What the tables of the conformance tests leave out: containers, memory, averages of resources, and errors.
import { expect, test } from 'vitest';
import type { HpaMetric } from '../../../../models/kubernetes/autoscaling/hpa-spec.js';
import { hpaPod, podValues, propose, sampleOf, usages } from '../../../support/hpa.js';

const cpuOf = (container: string): HpaMetric => ({
  kind: 'resource',
  resource: 'cpu',
  container,
  target: { kind: 'utilization', percent: 50 },
});

test('a metric of one container looks at the requests of that container alone', () => {
  const containers = [
    { name: 'app', requestsMilli: new Map([['cpu', 100]]) },
    { name: 'proxy', requestsMilli: new Map<string, number>() },
  ];
  const pods = [hpaPod({ containers }), hpaPod({ containers })];
  const reading = { kind: 'samples', samples: [sampleOf(100), sampleOf(100)] } as const;
  expect(propose({ replicas: 2, pods, metric: cpuOf('app'), reading })).toEqual({ replicas: 4, current: 100 });
  expect(propose({ replicas: 2, pods, metric: cpuOf('proxy'), reading })).toEqual({ error: 'missing request' });
});

test('an average value of a resource counts readiness for CPU, and not for memory', () => {
  const pods = [hpaPod(), hpaPod({ ready: false, readyChangedNs: 0 })];
  const metric = (resource: string): HpaMetric => ({
    kind: 'resource',
    resource,
    container: null,
    target: { kind: 'averageValue', milli: 100_000 },
  });
  const reading = podValues(300, 300);
  // CPU: the pod that is not ready counts with nothing, 300 / 2 = 150 on average, of 2 pods.
  expect(propose({ replicas: 2, pods, metric: metric('cpu'), reading })).toEqual({ replicas: 3, current: 300_000 });
  expect(propose({ replicas: 2, pods, metric: metric('memory'), reading })).toEqual({ replicas: 6, current: 300_000 });
});

test('an average at exactly its target shrinks by pods without a sample, as the controller has it', () => {
  const pods = [hpaPod(), hpaPod(), hpaPod()];
  const metric: HpaMetric = { kind: 'pods', targetMilli: 10_000 };
  expect(propose({ replicas: 3, pods, metric, reading: podValues(10, 10, null) })).toEqual({
    replicas: 2,
    current: 10_000,
  });
});

test('no pods, and readings of the wrong kind', () => {
  const metric: HpaMetric = { kind: 'pods', targetMilli: 10_000 };
  expect(propose({ replicas: 3, pods: [], metric, reading: podValues() })).toEqual({ error: 'no pods' });
  expect(propose({ replicas: 3, pods: [hpaPod()], metric, reading: null })).toEqual({ error: 'no samples' });
  expect(() => propose({ replicas: 1, pods: [], metric, reading: { kind: 'value', milli: 1 } })).toThrow(RangeError);
  const external: HpaMetric = { kind: 'external', target: { kind: 'value', milli: 1000 } };
  expect(() => propose({ replicas: 1, pods: [], metric: external, reading: usages(1) })).toThrow(RangeError);
});

test('from zero replicas a value asks for as many as it is targets', () => {
  const external = (kind: 'value' | 'averageValue'): HpaMetric => ({
    kind: 'external',
    target: { kind, milli: 2000 },
  });
  const reading = { kind: 'value', milli: 5000 } as const;
  for (const kind of ['value', 'averageValue'] as const) {
    expect(propose({ replicas: 0, pods: [], metric: external(kind), reading })).toMatchObject({ replicas: 3 });
  }
});
