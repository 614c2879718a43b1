// Ambient mode in the plan: which pods are in it, which way their calls go, whose policies count there.
import { describe, expect, test } from 'vitest';
import type {
  CallSitePlan,
  EndpointArrivalPlan,
  MeshPlan,
  StepPlan,
  WorkloadPlan,
} from '../../../models/plan/contract/plan.js';
import { AMBIENT, ambientCluster, labelledService, USES_WAYPOINT, waypoint } from '../ambient.js';
import {
  clusterOf,
  codes,
  compile,
  deployment,
  destinationRule,
  forwardOf,
  istio,
  namespace,
  onlyCluster,
  outcome,
  planOf,
  request,
  service,
  siteBetween,
  siteOf,
  virtualService,
} from './support.js';

const SUBSETS = destinationRule(
  'web',
  'b',
  '{ host: web, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }',
);
const TO_V2 = virtualService(
  'web',
  'b',
  '{ hosts: [web], http: [{ route: [{ destination: { host: web, subset: v2 } }] }] }',
);

function workload(plan: MeshPlan, name: string): WorkloadPlan {
  return plan.workloads.find((candidate) => candidate.name === name)!;
}

/** Display names of the hops of the first request, from edge to edge. */
function way(plan: MeshPlan): string[] {
  const names: string[] = [];
  let site: CallSitePlan | undefined = siteOf(plan);
  while (site !== undefined) {
    names.push(plan.edges[site.edge]!.toName);
    if (site.route.action.kind !== 'forward') break;
    const arrival: EndpointArrivalPlan | undefined = forwardOf(site.route).destinations[0]!.arrivals[0];
    const step: StepPlan | undefined = arrival === undefined ? undefined : plan.handlers[arrival.handler]!.program[0];
    site = step?.kind === 'call' ? plan.sites[step.site] : undefined;
  }
  return names;
}

describe('which pods are ambient', () => {
  const pod = (labels: string, spec = '{ containers: [{ name: app, image: app }] }', inNamespace = AMBIENT) => {
    const plan = planOf({
      yaml: [
        namespace('a', inNamespace),
        deployment('client', 'a', JSON.parse(`{${labels}}`), 1, { spec }),
        service('web', 'b', ['{ name: http, port: 80 }']),
      ].join('---\n'),
    });
    const { proxy, ztunnel } = workload(plan, 'client');
    return ztunnel !== null ? 'ambient' : proxy !== null ? 'sidecar' : 'neither';
  };
  const none = '"app": "client"';

  test('by the label of the namespace', () => {
    expect(pod(none)).toBe('ambient');
    expect(pod(none, undefined, 'team: blue')).toBe('neither');
  });

  test('by the label of the pod, which wins', () => {
    expect(pod(`${none}, "istio.io/dataplane-mode": "none"`)).toBe('neither');
    expect(pod(`${none}, "istio.io/dataplane-mode": "ambient"`, undefined, 'team: blue')).toBe('ambient');
  });

  test('not with a sidecar, nor with the network of the node', () => {
    expect(pod(`${none}, "sidecar.istio.io/inject": "true"`)).toBe('sidecar');
    expect(pod(none, undefined, `${AMBIENT}, istio-injection: enabled`)).toBe('sidecar');
    expect(pod(none, '{ hostNetwork: true, containers: [{ name: app, image: app }] }')).toBe('neither');
  });

  test('a pod of the host network has no sidecar either', () => {
    const spec = '{ hostNetwork: true, containers: [{ name: app, image: app }] }';
    expect(pod(none, spec, 'istio-injection: enabled')).toBe('neither');
  });
});

describe('ztunnels', () => {
  test('one a node: pods of a zone share it, or are spread over the nodes there are', () => {
    const placement = [
      { region: 'r', zone: 'a' },
      { region: 'r', zone: 'b' },
    ];
    const one = planOf({ yaml: ambientCluster(), input: { placement } });
    expect(workload(one, 'ztunnel').podLocalities).toEqual([0, 1]);
    expect(workload(one, 'web-v1').ztunnel!.nodes).toEqual([0, 1]);
    const two = planOf({ yaml: ambientCluster(), input: { placement, nodesPerZone: 2 } });
    expect(workload(two, 'ztunnel').podLocalities).toHaveLength(4);
    const { nodes } = workload(two, 'web-v1').ztunnel!;
    expect(nodes.map((node) => workload(two, 'ztunnel').podLocalities[node])).toEqual([0, 1]);
  });

  test('two threads that take from one queue, 0.06 ms of CPU a request', () => {
    const { proxy } = workload(planOf({ yaml: ambientCluster() }), 'ztunnel');
    expect(proxy).toMatchObject({ workers: 2, sharedQueue: true, cpuLimitMillis: null });
    expect(proxy!.requestCpuNs + proxy!.responseCpuNs + proxy!.afterResponseCpuNs).toBe(60_000);
  });

  test('a mesh of sidecars has none', () => {
    const plan = planOf({
      yaml: [
        namespace('a'),
        namespace('b'),
        deployment('client', 'a', { app: 'client' }, 1),
        deployment('web', 'b', { app: 'web' }, 1),
        service('web', 'b', ['{ name: http, port: 80 }']),
      ].join('---\n'),
    });
    expect(plan.workloads.map(({ kind, ztunnel }) => [kind, ztunnel])).toEqual([
      ['app', null],
      ['app', null],
    ]);
    expect(plan.clusters.map(({ perConnection }) => perConnection)).toEqual([false]);
  });
});

describe('without a waypoint', () => {
  test('an endpoint for each connection; no retries, no time-out, no routes', () => {
    const { plan, diagnostics } = compile({ yaml: ambientCluster('', SUBSETS, TO_V2) });
    const site = siteOf(plan!);
    expect(onlyCluster(plan!)).toMatchObject({ name: 'ztunnel|80||web.b.svc.cluster.local', perConnection: true });
    expect(outcome(plan!)).toBe('web-v1+web-v2');
    expect(site.route.retry).toBeNull();
    expect(site.route.timeoutNs).toBe(0);
    expect(codes(diagnostics, 'warning')).toEqual(['policy-without-waypoint', 'policy-without-waypoint']);
    expect(diagnostics.map(({ message }) => message.split(' ')[0])).toEqual(['VirtualService', 'DestinationRule']);
  });

  test('near endpoints only where the Service asks for them', () => {
    const placement = [
      { region: 'r', zone: 'a' },
      { region: 'r', zone: 'b' },
    ];
    const views = (more: string) =>
      onlyCluster(
        planOf({
          yaml: ambientCluster().replace(labelledService(''), labelledService('', undefined, more)),
          input: { placement },
        }),
      ).localityViews;
    expect(views('')).toEqual([]);
    expect(views(', trafficDistribution: PreferClose')[0]!.priorities[0]).toEqual([0, 1]);
  });
});

describe('with a waypoint', () => {
  const yaml = (...documents: readonly string[]) =>
    ambientCluster(USES_WAYPOINT, waypoint('waypoint', 'b'), ...documents);

  test('to the waypoint, a connection at a time, and from there by default routing with two retries', () => {
    const { plan, diagnostics, fidelity } = compile({ yaml: yaml() });
    expect(codes(diagnostics, 'warning')).toEqual([]);
    expect(way(plan!)).toEqual(['waypoint', 'web']);
    expect(outcome(plan!)).toBe('waypoint');
    expect(onlyCluster(plan!)).toMatchObject({ name: 'waypoint|80||web.b.svc.cluster.local', perConnection: true });
    const inner = siteBetween(plan!, 'waypoint', 'web');
    expect(inner.route.retry).toMatchObject({ retries: 2, onConnectFailure: true });
    expect(onlyCluster(plan!, inner).name).toBe('inbound-vip|80|http|web.b.svc.cluster.local');
    expect(onlyCluster(plan!, inner).perConnection).toBe(false);
    expect(workload(plan!, 'waypoint')).toMatchObject({ kind: 'waypoint', podLocalities: [0] });
    expect(fidelity.map(({ resource }) => resource)).toContain('Gateway b/waypoint');
  });

  test('its routes and policies are those of the waypoint', () => {
    const retries = virtualService(
      'web',
      'b',
      '{ hosts: [web], http: [{ timeout: 3s, retries: { attempts: 5, retryOn: 5xx }, fault: { abort: { httpStatus: 418, percentage: { value: 10 } } }, mirror: { host: other }, route: [{ destination: { host: web, subset: v2 } }] }] }',
    );
    const pool = destinationRule(
      'web',
      'b',
      '{ host: web, trafficPolicy: { connectionPool: { tcp: { maxConnections: 7 } } }, subsets: [{ name: v2, labels: { version: v2 } }] }',
    );
    const plan = planOf({ yaml: yaml(retries, pool) });
    const inner = siteBetween(plan, 'waypoint', 'web');
    expect(outcome(plan, inner)).toBe('web-v2');
    expect(inner.route).toMatchObject({ timeoutNs: 3e9, fault: { abortStatus: 418, abortProbability: 0.1 } });
    expect(inner.route.retry).toMatchObject({ retries: 5, onReset: true });
    expect(onlyCluster(plan, inner)).toMatchObject({
      name: 'inbound-vip|80|http/v2|web.b.svc.cluster.local',
      limits: { maxConnections: 7 },
    });
    const [mirror] = forwardOf(inner.route).mirrors;
    expect(clusterOf(plan, mirror!.destination).name).toBe('outbound|80||other.b.svc.cluster.local');
    expect(siteOf(plan).route).toMatchObject({ timeoutNs: 0, fault: null, retry: null });
  });

  test('the label of the Service wins over that of its namespace; `none` opts out', () => {
    const inNamespace = (labels: string) =>
      way(
        planOf({
          yaml: ambientCluster(labels, waypoint('waypoint', 'b'), waypoint('second', 'b')).replace(
            namespace('b', AMBIENT),
            namespace('b', `${AMBIENT}, ${USES_WAYPOINT}`),
          ),
        }),
      );
    expect(inNamespace('')).toEqual(['waypoint', 'web']);
    expect(inNamespace('istio.io/use-waypoint: none')).toEqual(['web']);
    expect(inNamespace('istio.io/use-waypoint: second')).toEqual(['second', 'web']);
  });

  test('a waypoint of another namespace, if it lets services in', () => {
    const labels = `${USES_WAYPOINT}, istio.io/use-waypoint-namespace: a`;
    const to = (allowed?: string) =>
      compile({ yaml: ambientCluster(labels, waypoint('waypoint', 'a', allowed === undefined ? {} : { allowed })) });
    expect(way(to('{ namespaces: { from: All } }').plan!)).toEqual(['waypoint', 'web']);
    const refused = to();
    expect(way(refused.plan!)).toEqual(['web']);
    expect(codes(refused.diagnostics, 'warning')).toEqual(['waypoint-not-used']);
    const bySelector =
      '{ namespaces: { from: Selector, selector: { matchLabels: { istio.io/dataplane-mode: ambient } } } }';
    expect(way(to(bySelector).plan!)).toEqual(['waypoint', 'web']);
    expect(way(to('{ namespaces: { from: Selector, selector: { matchLabels: { team: x } } } }').plan!)).toEqual([
      'web',
    ]);
  });

  test.each([
    ['', ['waypoint', 'web']],
    ['istio.io/waypoint-for: service', ['waypoint', 'web']],
    ['istio.io/waypoint-for: all', ['waypoint', 'web']],
    ['istio.io/waypoint-for: workload', ['web']],
    ['istio.io/waypoint-for: none', ['web']],
  ])('a waypoint labelled `%s`', (labels, expected) => {
    expect(way(planOf({ yaml: ambientCluster(USES_WAYPOINT, waypoint('waypoint', 'b', { labels })) }))).toEqual(
      expected,
    );
  });

  test('a Gateway that is not there is a warning, one of another class is left out', () => {
    const { plan, diagnostics } = compile({ yaml: ambientCluster(USES_WAYPOINT) });
    expect(way(plan!)).toEqual(['web']);
    expect(codes(diagnostics, 'warning')).toEqual(['waypoint-not-used']);
  });

  test('the Deployment that Istio has made of it gives its replicas and threads', () => {
    const labels = { 'gateway.networking.k8s.io/gateway-name': 'waypoint' };
    const limits = '{ containers: [{ name: istio-proxy, resources: { limits: { cpu: "4" } } }] }';
    const plan = planOf({ yaml: yaml(deployment('waypoint', 'b', labels, 3, { spec: limits })) });
    expect(workload(plan, 'waypoint')).toMatchObject({
      kind: 'waypoint',
      podLocalities: [0, 0, 0],
      proxy: { workers: 4 },
    });
    expect(plan.workloads.filter(({ kind }) => kind === 'waypoint')).toHaveLength(1);
  });

  test('replicas from the scenario', () => {
    const plan = planOf({ yaml: yaml(), workloads: { 'waypoint.b': { replicas: 4 } } });
    expect(workload(plan, 'waypoint').podLocalities).toHaveLength(4);
  });

  test('a port that is no HTTP passes without routes', () => {
    const tcp = labelledService(USES_WAYPOINT, '{ name: tcp, port: 80 }');
    const plan = planOf({ yaml: yaml(SUBSETS, TO_V2).replace(labelledService(USES_WAYPOINT), tcp) });
    const inner = siteBetween(plan, 'waypoint', 'web');
    expect(inner.route).toMatchObject({ name: 'tcp', retry: null });
    expect(outcome(plan, inner)).toBe('web-v1+web-v2');
  });
});

describe('which VirtualServices a waypoint reads', () => {
  const yaml = (...documents: readonly string[]) =>
    ambientCluster(
      `${USES_WAYPOINT}, istio.io/use-waypoint-namespace: w`,
      namespace('w'),
      namespace('c'),
      waypoint('waypoint', 'w', { allowed: '{ namespaces: { from: All } }' }),
      SUBSETS,
      ...documents,
    );
  const vs = (name: string, inNamespace: string, http: string) =>
    virtualService(name, inNamespace, `{ hosts: [web.b.svc.cluster.local], http: [${http}] }`);
  const route = (subset: string) => `route: [{ destination: { host: web.b.svc.cluster.local, subset: ${subset} } }]`;
  const at = (text: string, path = '/') => {
    const plan = planOf({ yaml: text, requests: [request({ path })] });
    return outcome(plan, siteBetween(plan, 'waypoint', 'web'));
  };

  test('those of the namespace of the service and of its own, no others', () => {
    expect(at(yaml(vs('web', 'b', `{ ${route('v2')} }`)))).toBe('web-v2');
    expect(at(yaml(vs('web', 'w', `{ ${route('v2')} }`)))).toBe('web-v2');
    const foreign = compile({ yaml: yaml(vs('web', 'c', `{ ${route('v2')} }`)) });
    expect(outcome(foreign.plan!, siteBetween(foreign.plan!, 'waypoint', 'web'))).toBe('web-v1+web-v2');
    expect(codes(foreign.diagnostics, 'warning')).toEqual(['policy-without-waypoint']);
  });

  test('one after the other; a catch-all of the first shadows the rest', () => {
    const first = vs('first', 'b', `{ match: [{ uri: { prefix: /a } }], ${route('v1')} }`);
    const second = vs('second', 'w', `{ match: [{ uri: { prefix: /b } }], ${route('v2')} }`);
    const all = vs('all', 'b', `{ ${route('v1')} }`);
    expect(at(yaml(first, second), '/a')).toBe('web-v1');
    expect(at(yaml(first, second), '/b')).toBe('web-v2');
    expect(at(yaml(first, second), '/c')).toBe('404 NR');
    expect(at(yaml(all, second), '/b')).toBe('web-v1');
  });

  test('blocks that ask for labels of the caller are skipped', () => {
    const labelled = `{ match: [{ sourceLabels: { app: client } }], ${route('v1')} }`;
    expect(at(yaml(vs('web', 'b', labelled)))).toBe('web-v1+web-v2');
    expect(at(yaml(vs('web', 'b', `${labelled}, { ${route('v2')} }`)))).toBe('web-v2');
  });

  test('the Host header does not matter', () => {
    const plan = planOf({
      yaml: yaml(vs('web', 'b', `{ ${route('v2')} }`)),
      requests: [request({ headers: { host: 'other.b' } })],
    });
    expect(outcome(plan, siteBetween(plan, 'waypoint', 'web'))).toBe('web-v2');
  });
});

describe('who else calls', () => {
  const from = (namespaceLabels: string, kind = '') =>
    planOf({
      yaml: ambientCluster(USES_WAYPOINT + kind, waypoint('waypoint', 'b')).replace(
        namespace('a', AMBIENT),
        namespace('a', namespaceLabels),
      ),
    });

  test('a sidecar never traverses a waypoint; its own policies count', () => {
    const plan = from('istio-injection: enabled');
    expect(way(plan)).toEqual(['web']);
    expect(siteOf(plan).route.retry).toMatchObject({ retries: 2 });
    expect(onlyCluster(plan)).toMatchObject({ name: 'outbound|80||web.b.svc.cluster.local', reachable: 'yes' });
  });

  test('ISTIO_MUTUAL of a sidecar towards ambient pods works: they speak HBONE', () => {
    const mutual = destinationRule('web', 'b', '{ host: web, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } } }');
    const yaml = ambientCluster('', mutual).replace(namespace('a', AMBIENT), namespace('a'));
    expect(onlyCluster(planOf({ yaml })).reachable).toBe('yes');
  });

  test('a pod outside of the mesh goes straight to the pods', () => {
    expect(way(from('team: blue'))).toEqual(['web']);
  });

  test('a gateway uses the waypoint only where the Service says so', () => {
    const gateway = istio(
      'Gateway',
      'in',
      'b',
      '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }',
    );
    const routes = virtualService(
      'in',
      'b',
      '{ hosts: [shop.example.com], gateways: [in], http: [{ route: [{ destination: { host: web } }] }] }',
    );
    const through = (labels: string) =>
      way(
        planOf({
          yaml: ambientCluster(USES_WAYPOINT + labels, waypoint('waypoint', 'b'), gateway, routes),
          to: 'http://shop.example.com/',
          from: null,
        }),
      );
    expect(through('')).toEqual(['istio-ingressgateway', 'web']);
    // The edge is named after the first destination, its arrivals are the waypoint's.
    expect(through(', istio.io/ingress-use-waypoint: "true"').slice(-1)).toEqual(['web']);
    expect(through(', istio.io/ingress-use-waypoint: "true"')).toHaveLength(3);
  });
});

describe('services outside', () => {
  const entry = (labels: string) => `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: bank, namespace: b, labels: { ${labels} } }
spec: { hosts: [api.bank.example], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }
`;
  const routes = virtualService(
    'bank',
    'b',
    '{ hosts: [api.bank.example], http: [{ timeout: 2s, route: [{ destination: { host: api.bank.example } }] }] }',
  );
  const bank = (labels: string) =>
    planOf({
      yaml: ambientCluster(
        '',
        waypoint('waypoint', 'b', { allowed: '{ namespaces: { from: All } }' }),
        entry(labels),
        routes,
      ),
      to: 'http://api.bank.example/',
    });

  test('a ztunnel passes connections on', () => {
    const plan = bank('');
    expect(way(plan)).toEqual(['api.bank.example']);
    expect(siteOf(plan).route.timeoutNs).toBe(0);
  });

  test('a ServiceEntry may have a waypoint: a gateway out of the mesh', () => {
    const plan = bank(USES_WAYPOINT);
    expect(way(plan)).toEqual(['waypoint', 'api.bank.example']);
    expect(siteBetween(plan, 'waypoint', 'api.bank.example').route.timeoutNs).toBe(2e9);
  });
});

test('a headless Service is dialed by its pods, whatever its labels say', () => {
  const yaml = ambientCluster(USES_WAYPOINT, waypoint('waypoint', 'b')).replace(
    labelledService(USES_WAYPOINT),
    labelledService(USES_WAYPOINT, undefined, ', clusterIP: None'),
  );
  const { plan, diagnostics } = compile({ yaml });
  expect(way(plan!)).toEqual(['web']);
  expect(codes(diagnostics, 'warning')).toEqual(['waypoint-not-used']);
});

test('the DaemonSet of the ztunnels is recognised, with its CPU limit', () => {
  const ztunnel = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: ztunnel, namespace: istio-system }
spec:
  selector: { matchLabels: { app: ztunnel } }
  template:
    metadata: { labels: { app: ztunnel } }
    spec: { containers: [{ name: istio-proxy, image: ztunnel, resources: { limits: { cpu: 500m } } }] }
`;
  const plan = planOf({ yaml: ambientCluster('', ztunnel) });
  expect(plan.workloads.filter(({ kind }) => kind === 'ztunnel')).toMatchObject([
    { name: 'ztunnel', podLocalities: [0], proxy: { workers: 2, cpuLimitMillis: 500 } },
  ]);
});
