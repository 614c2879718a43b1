// HorizontalPodAutoscalers of the YAML as the plan has them: defaults, requests, places, and what is said of those that do not act.
import { describe, expect, it } from 'vitest';
import { compilePlan } from '../../../models/plan/compile.js';
import type { AutoscalerPlan } from '../../../models/plan/contract/autoscaler-plan.js';
import type { ControllerPlan } from '../../../models/plan/contract/controller-plan.js';
import type { MeshPlan } from '../../../models/plan/contract/plan.js';
import { input, type Wish } from './support.js';

const S = 1_000_000_000;

interface Mesh {
  readonly spec?: string;
  readonly annotations?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly more?: string;
  readonly kind?: string;
}

function yaml({ spec = '', annotations = '', pod = '', container = '', more = '', kind = 'Deployment' }: Mesh): string {
  return `
apiVersion: v1
kind: Namespace
metadata: { name: b, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: b }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: ${kind}
metadata: { name: web, namespace: b }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web }, annotations: {${annotations}} }
    spec: { ${pod} containers: [{ name: web, image: web, ${container} }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: b }
spec: { scaleTargetRef: { kind: ${kind}, name: web }, maxReplicas: 5, ${spec} }
${more}`;
}

function compiled(mesh: Mesh, more: Partial<Wish['input']> = {}) {
  return compilePlan(input({ yaml: yaml(mesh), from: null, input: { autoscaling: true, ...more } }));
}

function only(mesh: Mesh, more: Partial<Wish['input']> = {}): AutoscalerPlan {
  const { plan } = compiled(mesh, more);
  expect(plan!.autoscalers).toHaveLength(1);
  return plan!.autoscalers[0]!;
}

const CPU =
  'metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 60 } } }]';

describe('the plan of an autoscaler', () => {
  it('has all defaults', () => {
    expect(only({})).toMatchObject({
      name: 'HorizontalPodAutoscaler b/web',
      spec: {
        minReplicas: 1,
        maxReplicas: 5,
        metrics: [{ kind: 'resource', resource: 'cpu', container: null, target: { kind: 'utilization', percent: 80 } }],
        behavior: null,
      },
    });
  });

  it('fills in what a behaviour leaves out', () => {
    const { spec } = only({
      spec: 'behavior: { scaleUp: { stabilizationWindowSeconds: 60, tolerance: 0.05 }, scaleDown: { selectPolicy: Disabled } }',
    });
    expect(spec.behavior).toMatchObject({
      scaleUp: { stabilizationNs: 60 * S, selectPolicy: 'Max', tolerance: 0.05, policies: [{}, {}] },
      scaleDown: { stabilizationNs: 300 * S, selectPolicy: 'Disabled', tolerance: null },
    });
    expect(only({ spec: 'behavior: {}' }).spec.behavior).not.toBeNull();
  });

  it('knows the order of a StatefulSet and the grace period of the pods', () => {
    const { plan } = compiled({ kind: 'StatefulSet', pod: 'terminationGracePeriodSeconds: 5,' });
    const [{ workload }] = plan!.autoscalers as [AutoscalerPlan];
    expect(controllerOf(plan!, workload)).toMatchObject({ kind: { kind: 'StatefulSet' }, graceNs: 5 * S });
  });

  it('places pods beyond the first ones as these are placed, and adds none to the first ones', () => {
    const zones = ['a', 'b', 'c'].map((zone) => ({ region: 'r', zone }));
    const { plan } = compiled({ spec: 'minReplicas: 2' }, { placement: zones });
    const [{ workload }] = plan!.autoscalers as [AutoscalerPlan];
    const { spareLocalities } = controllerOf(plan!, workload);
    const names = (numbers: readonly number[]) => numbers.map((number) => plan!.localities[number]!.zone);
    expect(names(plan!.workloads[workload]!.podLocalities)).toEqual(['a', 'b']);
    // Five pods, and two more while their template is rolled out.
    expect(names(spareLocalities)).toEqual(['c', 'a', 'b', 'c', 'a']);
  });
});

function controllerOf({ controllers }: MeshPlan, workload: number): ControllerPlan {
  return controllers.find((own) => own.workload === workload)!;
}

describe('ambient pods', () => {
  it('have a node each, those that come later as well', () => {
    const ambient = yaml({ spec: 'minReplicas: 2' }).replace(
      'istio-injection: enabled',
      'istio.io/dataplane-mode: ambient',
    );
    const { plan } = compilePlan(input({ yaml: ambient, from: null, input: { autoscaling: true } }));
    const [{ workload }] = plan!.autoscalers as [AutoscalerPlan];
    expect(controllerOf(plan!, workload).spareLocalities).toHaveLength(5);
    expect(plan!.workloads[workload]!.ztunnel!.nodes).toHaveLength(7);
    expect(plan!.autoscalers[0]!.containers.map(({ name }) => name)).toEqual(['web']);
  });
});

describe('requests of containers', () => {
  const requests = (mesh: Mesh, more: Partial<Wish['input']> = {}) =>
    only(mesh, more).containers.map(({ name, runs, cpuRequestMillis }) => [name, runs, cpuRequestMillis]);

  it.each<[string, Mesh, unknown]>([
    [
      'an injected sidecar has what the chart gives',
      { container: 'resources: { requests: { cpu: 250m } }' },
      [
        ['web', 'application', 250],
        ['istio-proxy', 'proxy', 100],
      ],
    ],
    [
      'a limit is the request of who has none',
      { container: 'resources: { limits: { cpu: 500m } }', annotations: "sidecar.istio.io/proxyCPULimit: '1'" },
      [
        ['web', 'application', 500],
        ['istio-proxy', 'proxy', 1000],
      ],
    ],
    [
      'an annotation replaces all',
      { annotations: 'sidecar.istio.io/proxyMemory: 128Mi' },
      [
        ['web', 'application', null],
        ['istio-proxy', 'proxy', null],
      ],
    ],
    [
      'native sidecars count, other init containers do not',
      { pod: 'initContainers: [{ name: log, image: log, restartPolicy: Always }, { name: once, image: once }],' },
      [
        ['web', 'application', null],
        ['log', 'nothing', null],
        ['istio-proxy', 'proxy', 100],
      ],
    ],
  ])('%s', (_, mesh, expected) => {
    expect(requests(mesh)).toEqual(expected);
  });

  it.each<[string, string, number | null]>([
    ['the injector’s values give the request', 'requests: { cpu: 30m }', 30],
    ['values that speak of limits alone keep the chart’s', 'limits: { cpu: "4" }', 100],
    ['values that take the request away leave none', 'requests: { cpu: null }', null],
  ])('%s', (_, resources, expected) => {
    const more = `---
apiVersion: v1
kind: ConfigMap
metadata: { name: istio-sidecar-injector, namespace: istio-system }
data: { values: '{ global: { proxy: { resources: { ${resources} } } } }' }`;
    expect(requests({ more }).at(-1)).toEqual(['istio-proxy', 'proxy', expected]);
  });

  it('Linkerd’s proxy has none unless an annotation gives one', () => {
    const linkerd = 'linkerd.io/inject: enabled, config.linkerd.io/proxy-cpu-request: 20m';
    const plain = { spec: CPU, annotations: 'linkerd.io/inject: enabled, sidecar.istio.io/inject: "false"' };
    expect(requests(plain).at(-1)).toEqual(['linkerd-proxy', 'proxy', null]);
    expect(requests({ ...plain, annotations: `${linkerd}, sidecar.istio.io/inject: "false"` }).at(-1)).toEqual([
      'linkerd-proxy',
      'proxy',
      20,
    ]);
  });
});

describe('metrics', () => {
  const pods = (name: string) =>
    `{ type: Pods, pods: { metric: { name: ${name} }, target: { type: AverageValue, averageValue: 100 } } }`;

  it('are those of one container, or requests per second by their name', () => {
    const container =
      '{ type: ContainerResource, containerResource: { name: cpu, container: web, target: { type: AverageValue, averageValue: 300m } } }';
    const external =
      '{ type: External, external: { metric: { name: istio_requests_per_second }, target: { type: Value, value: 1k } } }';
    const { spec } = only({ spec: `metrics: [${container}, ${pods('http_requests')}, ${external}]` });
    expect(spec.metrics).toEqual([
      { kind: 'resource', resource: 'cpu', container: 'web', target: { kind: 'averageValue', milli: 300 } },
      { kind: 'pods', targetMilli: 100_000 },
      { kind: 'external', target: { kind: 'value', milli: 1_000_000 } },
    ]);
  });

  it('that a run does not know are listed with their places, and the others decide', () => {
    const { plan, fidelity } = compiled({ spec: `metrics: [${pods('queue_length')}, ${pods('rps')}]` });
    expect(plan!.autoscalers[0]!.spec.metrics).toEqual([{ kind: 'pods', targetMilli: 100_000 }]);
    expect(fidelity.filter(({ resource }) => resource.startsWith('Horizontal'))).toMatchObject([
      { status: 'not-modelled', path: 'spec.metrics[0]' },
      { status: 'approximated', path: 'spec.metrics[1]' },
    ]);
  });

  it('by memory act where the scenario says what an application has', () => {
    const memory = '{ type: Resource, resource: { name: memory, target: { type: AverageValue, averageValue: 1Gi } } }';
    const mesh = { spec: `metrics: [${memory}]` };
    expect(compiled(mesh).plan!.autoscalers).toEqual([]);
    const known = input({
      yaml: yaml(mesh),
      from: null,
      workloads: { web: { memory: { baseBytes: 1e8, perRequestBytes: 1e6 } } },
      input: { autoscaling: true },
    });
    expect(compilePlan(known).plan!.autoscalers).toHaveLength(1);
  });
});

describe('an autoscaler that does not act', () => {
  const STILL = ['spec.maxReplicas', 'spec.metrics'];
  const OTHER = `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: other, namespace: b }
spec: { scaleTargetRef: { kind: Deployment, name: web }, maxReplicas: 5, ${CPU} }`;

  it.each<[string, Mesh, Partial<Wish['input']>, readonly string[]]>([
    ['the run is without', { spec: CPU }, { autoscaling: false }, STILL],
    ['two have one target', { spec: CPU, more: OTHER }, {}, ['spec.scaleTargetRef', ...STILL]],
    ['no metric is known', { spec: CPU.replace('name: cpu', 'name: gpu') }, {}, ['spec.metrics[0]', ...STILL]],
  ])('is listed: %s', (_, mesh, more, paths) => {
    const { plan, fidelity } = compiled(mesh, more);
    expect(plan!.autoscalers).toEqual([]);
    const own = fidelity.filter(({ resource }) => resource === 'HorizontalPodAutoscaler b/web');
    expect(own.map(({ path }) => path).sort()).toEqual([...paths].sort());
  });

  it('has the pods that it has elsewhere', () => {
    const on = compiled({ spec: CPU }).plan!;
    const off = compiled({ spec: CPU }, { autoscaling: false }).plan!;
    const workloads = on.workloads.map(({ stopping: _, ...workload }) => workload);
    expect({ ...on, workloads, autoscalers: [], controllers: [] }).toEqual(off);
  });
});
