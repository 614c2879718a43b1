// Nodes and controllers in a plan: what the YAML and the scenario say of them, and which nodes and workloads a timeline means.
import { describe, expect, it } from 'vitest';
import { loadResources } from '../../../models/config/load.js';
import { compilePlan } from '../../../models/plan/compile.js';
import type { MeshPlan } from '../../../models/plan/contract/plan.js';
import type { NodeInput } from '../../../models/plan/settings/node-input.js';
import type { TimelineActionInput } from '../../../models/plan/settings/timeline-input.js';
import { AT, input } from './support.js';

const Gi = 1024 * 1024 * 1024;
const ZONES = [
  { region: 'r', zone: 'a' },
  { region: 'r', zone: 'b' },
];

const WEB = `
apiVersion: v1
kind: Namespace
metadata: { name: b, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: b }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
`;

interface Wish {
  readonly kind?: string;
  readonly spec?: string;
  readonly pod?: string;
  readonly more?: string;
  readonly nodes?: readonly NodeInput[];
  readonly action?: TimelineActionInput;
}

const RESTART: TimelineActionInput = { kind: 'restart', workload: { name: 'web', at: AT } };

function compiled({ kind = 'Deployment', spec = '', pod = '', more = '', nodes, action = RESTART }: Wish) {
  const text = `${WEB}---
apiVersion: apps/v1
kind: ${kind}
metadata: { name: web, namespace: b }
spec:
  ${kind === 'DaemonSet' ? '' : 'replicas: 4'}
  ${spec}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { ${pod} containers: [{ name: web, image: web, resources: { requests: { cpu: 400m, memory: 1Gi } } }] }
${more}`;
  const { diagnostics: loaded } = loadResources([{ name: 'm.yaml', text }]);
  expect(loaded).toEqual([]);
  const timeline = [{ name: 'entry', at: AT, startsNs: [0], durationNs: 0, rampNs: 0, action }];
  return compilePlan(
    input({ yaml: text, from: null, input: { placement: ZONES, timeline, ...(nodes === undefined ? {} : { nodes }) } }),
  );
}

function planOf(wish: Wish): MeshPlan {
  const { plan, diagnostics } = compiled(wish);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return plan!;
}

function controllerOf(wish: Wish) {
  const { controllers, workloads } = planOf(wish);
  return controllers.find(({ workload }) => workloads[workload]!.name === 'web')!;
}

function pool(more: Partial<NodeInput> = {}): NodeInput {
  return {
    name: 'general',
    at: AT,
    count: 4,
    grows: null,
    cpuMilli: 2000,
    memoryBytes: 8 * Gi,
    zones: [],
    labels: {},
    taints: [],
    ...more,
  };
}

const NODE = `---
apiVersion: v1
kind: Node
metadata: { name: one, labels: { topology.kubernetes.io/zone: a, topology.kubernetes.io/region: r, disk: ssd } }
spec: { taints: [{ key: own, value: db, effect: NoSchedule }] }
status: { allocatable: { cpu: 3920m, memory: 15Gi, pods: "58" } }
`;

describe('the controller of a workload', () => {
  it('has the defaults of its API', () => {
    expect(controllerOf({})).toMatchObject({
      name: 'Deployment b/web',
      replicas: 4,
      minReadySeconds: 0,
      kind: {
        kind: 'Deployment',
        strategy: { kind: 'RollingUpdate', update: { maxSurge: { percent: 25 }, maxUnavailable: { percent: 25 } } },
        progressDeadlineSeconds: 600,
      },
    });
    expect(controllerOf({ kind: 'StatefulSet' }).kind).toEqual({
      kind: 'StatefulSet',
      podManagement: 'OrderedReady',
      update: 'RollingUpdate',
      partition: 0,
      maxUnavailable: null,
    });
    expect(controllerOf({ kind: 'DaemonSet' }).kind).toMatchObject({ maxSurge: 0, maxUnavailable: 1 });
  });

  it('has what is written, and places for its surge', () => {
    const spec = 'minReadySeconds: 5\n  strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: "10%" } }';
    const own = controllerOf({ spec });
    expect(own).toMatchObject({
      minReadySeconds: 5,
      kind: { strategy: { kind: 'RollingUpdate', update: { maxSurge: 3, maxUnavailable: { percent: 10 } } } },
    });
    expect(own.spareLocalities).toHaveLength(3);
    const recreate = controllerOf({ spec: 'strategy: { type: Recreate }' });
    expect(recreate.kind).toMatchObject({ strategy: { kind: 'Recreate' } });
    expect(recreate.spareLocalities).toEqual([]);
  });

  it('has places for all pods that the timeline asks for', () => {
    const action = { kind: 'scale', workload: { name: 'web', at: AT }, replicas: 8 } as const;
    // Eight pods, and two more while their template is rolled out.
    expect(controllerOf({ action }).spareLocalities).toHaveLength(6);
  });

  it('is none where nothing happens', () => {
    const { plan } = compilePlan(input({ yaml: WEB, from: null }));
    expect(plan!.controllers).toEqual([]);
    expect(plan!.nodes).toBeNull();
  });

  it.each([
    ['DaemonSet', { kind: 'scale', replicas: 3 } as const, 'has one pod on each node'],
    ['ReplicaSet', { kind: 'restart' } as const, 'kubectl restarts no ReplicaSet'],
  ])('of a %s refuses what nothing does to it', (kind, action, problem) => {
    const { diagnostics } = compiled({
      kind,
      action: { ...action, workload: { name: 'web', at: AT } } as TimelineActionInput,
    });
    expect(diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    'strategy: { type: Recreate, rollingUpdate: { maxSurge: 1 } }',
    'strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0% } }',
  ])('is refused as the API server refuses it: %s', (spec) => {
    const text = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\nspec: { ${spec} }`;
    const { diagnostics } = loadResources([{ name: 'd.yaml', text }]);
    expect(diagnostics.map(({ code }) => code)).toContain('rejected-by-kubernetes');
  });
});

describe('nodes', () => {
  it('of the scenario are spread over the zones, and pods over the nodes of their zone', () => {
    const { nodes, workloads } = planOf({ nodes: [pool()] });
    expect(nodes!.nodes.map(({ name }) => name)).toEqual(['general-0', 'general-1', 'general-2', 'general-3']);
    const web = workloads.findIndex(({ name }) => name === 'web');
    const pods = nodes!.pods.find(({ workload }) => workload === web)!;
    // 400m of the application, and 100m and 128Mi of its sidecar.
    expect(pods.requests).toEqual({ cpuMilli: 500, memoryBytes: Gi + 128 * 1024 * 1024 });
    const { podLocalities } = workloads[web]!;
    expect(pods.atStart.map((node) => nodes!.nodes[node]!.locality)).toEqual(podLocalities);
    expect(new Set(pods.atStart).size).toBe(4);
  });

  it('of pools that grow come after those of the start, which alone have pods', () => {
    const grows = { max: 4, bootsNs: 90e9 };
    const { nodes } = planOf({ nodes: [pool({ count: 2, grows }), pool({ name: 'big', count: 2 })] });
    const names = ['general-0', 'general-1', 'big-0', 'big-1', 'general-2', 'general-3'];
    expect(nodes!.nodes.map(({ name }) => name)).toEqual(names);
    expect(nodes!.pools).toEqual([{ name: 'general', nodes: [0, 1, 4, 5], min: 2, bootsNs: 90e9 }]);
    expect(nodes!.pods.flatMap(({ atStart }) => atStart).every((node) => node < 4)).toBe(true);
  });

  it('that are too small are said', () => {
    const { diagnostics } = compiled({ nodes: [pool({ count: 2, cpuMilli: 800 })] });
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['pods-without-place', expect.stringContaining('no node in their zone has room for 2 of 4 pods of b/web')],
    ]);
  });

  it('of the YAML count where the timeline is about nodes', () => {
    expect(planOf({ more: NODE }).nodes).toBeNull();
    const action: TimelineActionInput = {
      kind: 'nodes',
      target: { node: { name: 'one', at: AT }, count: { kind: 'all' } },
      fault: { kind: 'drain' },
    };
    const { nodes, timeline } = planOf({ more: NODE, action });
    expect(nodes!.nodes).toMatchObject([
      { name: 'one', cpuMilli: 3920, memoryBytes: 15 * Gi, pods: 58, taints: [{ key: 'own', value: 'db' }] },
    ]);
    expect(timeline[0]!.action).toMatchObject({ kind: 'nodes', nodes: [0] });
  });

  it('know budgets, tolerations and constraints of pods', () => {
    const more = `---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: b }
spec: { minAvailable: 50%, selector: { matchLabels: { app: web } } }
`;
    const pod =
      'tolerations: [{ key: own, operator: Exists, effect: NoExecute, tolerationSeconds: 20 }], topologySpreadConstraints: [{ maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: web } } }],';
    const { nodes, budgets } = planOf({ more, pod, nodes: [pool()] });
    expect(budgets).toMatchObject([
      {
        spec: {
          limit: { kind: 'minAvailable', value: { percent: 50 } },
          unhealthyPodEvictionPolicy: 'IfHealthyBudget',
        },
      },
    ]);
    const [pods] = nodes!.pods;
    expect(pods!.tolerations).toEqual([
      { key: 'own', operator: 'Exists', value: '', effect: 'NoExecute', seconds: 20 },
    ]);
    expect(pods!.spread).toMatchObject([{ maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', honorAffinity: true }]);
  });

  const target = (more: object): TimelineActionInput => ({
    kind: 'nodes',
    target: { count: { kind: 'all' }, ...more },
    fault: { kind: 'lose' },
  });

  it.each([
    ['no nodes at all', {}, undefined, 'neither the scenario nor the YAML says which nodes there are'],
    ['a name', { node: { name: 'general-9', at: AT } }, [pool()], 'no node that is meant is named general-9'],
    ['a zone', { zone: { name: 'c', at: AT } }, [pool()], 'no node that is meant is in zone c'],
    ['a label', { labels: { labels: { disk: 'ssd' }, at: AT } }, [pool()], 'no node that is meant has disk=ssd'],
  ])('that a timeline does not find are an error: %s', (_, more, nodes, message) => {
    const { diagnostics } = compiled({ action: target(more), ...(nodes === undefined ? {} : { nodes }) });
    expect(diagnostics.map((one) => one.message)).toEqual([expect.stringContaining(message)]);
    expect(diagnostics[0]!.code).toBe('no-node-matches');
  });
});
