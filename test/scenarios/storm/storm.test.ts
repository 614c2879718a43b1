// Random storms: how they are drawn, made smaller and scored, and a whole search on this thread.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ScenarioTimelineEntry } from '../../../scenarios/document/schema-timeline.js';
import { loadScenario } from '../../../scenarios/loading/load-scenario.js';
import type { StormOutcome } from '../../../scenarios/result/storm-result.js';
import { runScenario } from '../../../scenarios/run.js';
import { drawStorm } from '../../../scenarios/storm/draw.js';
import { lessened, withoutOne } from '../../../scenarios/storm/lessen.js';
import { runStorms } from '../../../scenarios/storm/run-storms.js';
import { byHarm, isNearly } from '../../../scenarios/storm/score.js';
import { shrunk } from '../../../scenarios/storm/shrink.js';
import { Stage } from '../../../scenarios/storm/stage.js';
import { type StormTargets, stormTargets } from '../../../scenarios/storm/targets.js';

const ROOT = join(import.meta.dirname, '../../..');
const TARGETS: StormTargets = {
  workloads: [
    { name: 'cart.shop', pods: 3 },
    { name: 'web.shop', pods: 1 },
  ],
  zones: ['a', 'b'],
  links: [{ from: 'web.shop', to: 'cart.shop' }],
  traffic: ['shoppers'],
  restartable: ['cart.shop'],
  autoscaled: [{ name: 'cart.shop', pods: 3 }],
  hasNodes: true,
  resolvedHosts: ['api.partner.com'],
  hasIstiod: true,
};

const CLUSTER = `
apiVersion: v1
kind: Namespace
metadata: { name: default, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: default }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 4
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web, resources: { requests: { cpu: 400m } } }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: visitor, namespace: default }
spec:
  replicas: 1
  selector: { matchLabels: { app: visitor } }
  template:
    metadata: { labels: { app: visitor } }
    spec: { containers: [{ name: visitor, image: visitor }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: default }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 4
  maxReplicas: 8
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 60 } } }]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: partner, namespace: default }
spec: { hosts: [api.partner.com], resolution: DNS, location: MESH_EXTERNAL, ports: [{ number: 80, name: http, protocol: HTTP }] }
`;
const CLUSTER_SCENARIO = `
apiVersion: seatrial.dev/v1alpha1
kind: Scenario
metadata: { name: cluster }
spec:
  mesh: [mesh.yaml]
  run: { duration: 60s, warmup: 1s, replications: 1 }
  nodes: [{ pool: general, count: 2, max: 4, cpu: 2, memory: 8GiB }]
  traffic: [{ name: visitors, from: visitor.default, to: http://web/, rate: 20/s }]
  services: { web: { steps: [{ call: http://api.partner.com/ }] } }
`;

describe('a storm', () => {
  const storms = Array.from({ length: 200 }, (_, number) => drawStorm(TARGETS, 'seed', number, 60e9));

  test('is one to four entries in the order of their times, calm before and after', () => {
    expect(new Set(storms.map(({ length }) => length))).toEqual(new Set([1, 2, 3, 4]));
    for (const entry of storms.flat()) {
      const at = Number.parseFloat(String(entry.at));
      const end = at + Number.parseFloat(String(entry.for ?? '0s'));
      expect([at >= 15, end <= 43]).toEqual([true, true]);
    }
    for (const entries of storms) {
      const times = entries.map(({ at }) => Number.parseFloat(String(at)));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  test('does all that can be done, and is the same for the same number', () => {
    const words = new Set(storms.flat().flatMap(({ at: _at, for: _for, ...action }) => Object.keys(action)));
    expect([...words].sort()).toEqual(
      'crash delay dns drainNode fail hang istiod kill loseNode loss partition pause refuse restart scale slow stealCpu traffic'.split(
        ' ',
      ),
    );
    expect(drawStorm(TARGETS, 'seed', 7, 60e9)).toEqual(storms[7]);
    expect(drawStorm(TARGETS, 'other', 7, 60e9)).not.toEqual(storms[7]);
  });

  test('does nothing to what is not there', () => {
    const bare: StormTargets = {
      ...TARGETS,
      zones: [],
      links: [],
      hasIstiod: false,
      restartable: [],
      autoscaled: [],
      hasNodes: false,
      resolvedHosts: [],
    };
    const drawn = Array.from({ length: 200 }, (_, number) => drawStorm(bare, 'seed', number, 60e9)).flat();
    for (const { istiod, partition, delay, loss, kill, restart, scale, loseNode, drainNode, dns } of drawn) {
      const links = [istiod, partition, delay, loss, kill?.zone];
      expect([...links, restart, scale, loseNode, drainNode, dns]).toEqual(Array(10).fill(undefined));
    }
    expect(drawStorm({ ...bare, workloads: [] }, 'seed', 0, 60e9)).toEqual([]);
  });
});

describe('smaller', () => {
  const entry: ScenarioTimelineEntry = { at: '10s', for: '8s', slow: { workload: 'cart', by: '200ms' } };
  const spike: ScenarioTimelineEntry = { at: '12s', for: '1s', traffic: { name: 'shoppers', rate: '2x' } };

  test('is an entry less', () => {
    expect(withoutOne([entry, spike])).toEqual([[spike], [entry]]);
    expect(withoutOne([entry])).toEqual([]);
  });

  test('is half the time, fewer pods, half the size', () => {
    expect(lessened([entry])).toEqual([
      [{ ...entry, for: '4s' }],
      [{ ...entry, slow: { workload: 'cart', by: '200ms', pods: '50%' } }],
      [{ ...entry, slow: { workload: 'cart', by: '100ms' } }],
    ]);
    expect(lessened([spike])).toEqual([[{ ...spike, traffic: { name: 'shoppers', rate: '1.5x' } }]]);
    expect(lessened([{ at: '1s', kill: { workload: 'cart', pods: 1 } }])).toEqual([]);
    const drain: ScenarioTimelineEntry = { at: '1s', for: '1s', drainNode: { nodes: '50%' } };
    expect(lessened([drain])).toEqual([[{ ...drain, drainNode: { nodes: 1 } }]]);
    expect(lessened([{ ...drain, drainNode: { nodes: 1 } }])).toEqual([]);
  });
});

describe('harm', () => {
  const of = (lost: number, recovered = true): StormOutcome => ({ lost, lostShare: lost / 1000, recovered });

  test('what requests do not recover from comes first, then what costs most', () => {
    expect([of(10), of(5, false), of(20)].sort(byHarm)).toEqual([of(5, false), of(20), of(10)]);
  });

  test('nearly as much is four fifths, and does not recover where the whole does not', () => {
    expect([isNearly(of(80), of(100)), isNearly(of(79), of(100))]).toEqual([true, false]);
    expect([isNearly(of(100), of(100, false)), isNearly(of(100, false), of(100, false))]).toEqual([false, true]);
  });

  test('a storm shrinks to the entry that does it, as short as does it', async () => {
    const bad: ScenarioTimelineEntry = { at: '10s', for: '16s', hang: { workload: 'cart', pods: 1 } };
    const others = ['5s', '12s', '20s'].map(
      (at): ScenarioTimelineEntry => ({ at, kill: { workload: 'web', pods: 1 } }),
    );
    const entries = [others[0], bad, others[1], others[2]];
    const play = async (storms: readonly (readonly ScenarioTimelineEntry[])[]) =>
      storms.map((storm) => of(storm.some((one) => one.hang && Number.parseFloat(String(one.for)) >= 4) ? 100 : 1));
    expect(await shrunk({ entries, outcome: of(103) }, play)).toEqual({
      entries: [{ ...bad, for: '4s' }],
      outcome: of(100),
    });
  });
});

describe('a search', () => {
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-storm-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const load = () => loadScenario(join(ROOT, 'test/cli/scenarios/recovery.yaml'));
  const options = { storms: 5, worst: 2, workers: 0, overrides: {} };

  test('hits the pods that requests reach', () => {
    const { plan, resources } = load();
    if (plan === null || resources === null) throw new Error('no plan');
    expect(stormTargets(plan, resources)).toEqual({
      workloads: [{ name: 'greeter.default', pods: 2 }],
      zones: [],
      links: [{ from: 'visitor.default', to: 'greeter.default' }],
      traffic: ['visitors'],
      restartable: ['greeter.default'],
      autoscaled: [],
      hasNodes: false,
      resolvedHosts: [],
      hasIstiod: true,
    });
  });

  test('draws nothing that cannot be planned, nodes, autoscalers and hosts outside included', async () => {
    const file = join(directory, 'cluster.yaml');
    writeFileSync(join(directory, 'mesh.yaml'), CLUSTER);
    writeFileSync(file, CLUSTER_SCENARIO);
    const loaded = loadScenario(file);
    expect(loaded.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const stage = new Stage(loaded, {}, { workers: 0 }, null);
    const { targets } = stage;
    expect(targets).toMatchObject({
      restartable: ['web.default'],
      autoscaled: [{ name: 'web.default', pods: 4 }],
      hasNodes: true,
      resolvedHosts: ['api.partner.com'],
    });
    const storms = Array.from({ length: 60 }, (_, number) => drawStorm(targets, 'seed', number, 60e9));
    for (const storm of storms) {
      expect(stage.planned(storm)).toHaveLength(storm.length);
      for (const smaller of lessened(storm)) expect(stage.planned(smaller)).toHaveLength(storm.length);
    }
    await stage.close();
  });

  test('is the same each time, and its scenarios play what it tells', async () => {
    const first = await runStorms(load(), options);
    expect(await runStorms(load(), options).then(({ result }) => result)).toEqual(first.result);
    const { result } = first;
    expect(result).toMatchObject({ storms: 5, stormsRequested: 5, stop: 'storms', scenario: 'recovery' });
    const [worst] = result?.worst ?? [];
    expect(worst.lost).toBeGreaterThan(0);
    const file = join(directory, worst.file);
    writeFileSync(file, first.scenarioTexts(directory)[worst.file]);
    const replay = loadScenario(file);
    expect(replay.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { result: played } = await runScenario(replay, { workers: 0 });
    const { totals, durationNs } = played ?? { totals: null, durationNs: 0 };
    const offered = ((totals?.offeredPerSecond.value ?? 0) * durationNs) / 1e9;
    const good = ((totals?.goodputPerSecond.value ?? 0) * durationNs) / 1e9;
    const sent = Math.max(offered, result?.calm.offered ?? 0);
    expect(Math.round(sent * (result?.calm.goodShare ?? 0) - good)).toBe(worst.lost);
  });

  test('more storms change none of them', async () => {
    const { result } = await runStorms(load(), { ...options, storms: 1, worst: 1 });
    expect(result?.storms).toBe(1);
    expect(result?.worst.every(({ storm }) => storm === 1)).toBe(true);
  });
});
