// The settings of the mesh and of its sidecars, from YAML to what callers see (istio: pilot/pkg/networking/core/sidecar_simulation_test.go
// TestPassthroughTraffic; pilot/pkg/model/sidecar_test.go; pkg/config/mesh/mesh_test.go).
import { describe, expect, test } from 'vitest';
import {
  codes,
  compile,
  deployment,
  destinationRule,
  istio,
  MS,
  namespace,
  onlyCluster,
  outcome,
  planOf,
  retryOf,
  siteOf,
  virtualService,
  withCluster,
} from '../models/plan/support.js';
import { onlyOutcome, runIstio } from '../support/istio-run.js';

/** The ConfigMap that istiod reads. */
function meshConfig(...lines: readonly string[]): string {
  const text = lines.map((line) => `    ${line}\n`).join('');
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata:\n  mesh: |-\n${text}`;
}

const REGISTRY_ONLY = meshConfig('outboundTrafficPolicy:', '  mode: REGISTRY_ONLY');

function sidecar(name: string, inNamespace: string, spec: string): string {
  return istio('Sidecar', name, inNamespace, spec);
}

describe('outboundTrafficPolicy', () => {
  test('case 34: REGISTRY_ONLY; an unknown host on a port with an HTTP listener gets 502', () => {
    const wish = { yaml: withCluster(REGISTRY_ONLY), to: 'http://unknown.com/' };
    expect(onlyOutcome(wish)).toBe('502 -');
    expect(codes(compile(wish).diagnostics, 'warning')).toEqual(['host-outside-registry']);
    expect(onlyOutcome({ yaml: withCluster(REGISTRY_ONLY) })).toBe('200 -');
  });

  test('case 35: REGISTRY_ONLY; a port without a listener: the connection is closed, there is no status', () => {
    expect(onlyOutcome({ yaml: withCluster(REGISTRY_ONLY), to: 'http://unknown.com:9999/' })).toBe('0 -');
  });

  test('a policy without a mode is REGISTRY_ONLY; none at all lets everything out', () => {
    const unknown = 'http://unknown.com/';
    expect(onlyOutcome({ yaml: withCluster(meshConfig('outboundTrafficPolicy: {}')), to: unknown })).toBe('502 -');
    expect(onlyOutcome({ yaml: withCluster(), to: unknown })).toBe('200 -');
    expect(codes(compile({ yaml: withCluster(), to: unknown }).diagnostics, 'warning')).toEqual([
      'host-outside-registry',
    ]);
  });

  test('a host of a gateway is as unknown to sidecars as any other', () => {
    const gateway = istio(
      'Gateway',
      'gw',
      'b',
      '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["shop.example.com"] }] }',
    );
    const shop = virtualService(
      'shop',
      'b',
      '{ hosts: [shop.example.com], gateways: [gw], http: [{ route: [{ destination: { host: web } }] }] }',
    );
    const to = 'http://shop.example.com/';
    expect(onlyOutcome({ yaml: withCluster(gateway, shop), to })).toBe('200 -');
    expect(onlyOutcome({ yaml: withCluster(gateway, shop, REGISTRY_ONLY), to })).toBe('502 -');
    expect(onlyOutcome({ yaml: withCluster(gateway, shop, REGISTRY_ONLY), to, from: null })).toBe('200 -');
  });

  test('a Sidecar says it for its workloads', () => {
    const own = sidecar('default', 'a', '{ outboundTrafficPolicy: { mode: REGISTRY_ONLY } }');
    expect(onlyOutcome({ yaml: withCluster(own), to: 'http://unknown.com/' })).toBe('502 -');
    const other = sidecar('default', 'c', '{ outboundTrafficPolicy: { mode: REGISTRY_ONLY } }');
    expect(onlyOutcome({ yaml: withCluster(other) })).toBe('200 -');
  });
});

describe('Sidecar', () => {
  const ONLY_A = sidecar('default', 'a', '{ egress: [{ hosts: ["a/*"] }] }');
  const STRICT =
    'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: default, namespace: b }\nspec: { mtls: { mode: STRICT } }\n';

  test('case 52: a service outside of egress.hosts is passed through, in plaintext and without retries', () => {
    const yaml = withCluster(ONLY_A);
    const plan = planOf({ yaml });
    expect(onlyCluster(plan)).toMatchObject({ name: 'passthrough|80||web.b.svc.cluster.local', tls: { mode: 'none' } });
    expect(retryOf(plan)).toBeNull();
    expect(onlyOutcome({ yaml })).toBe('200 -');
  });

  test('and pods of a STRICT namespace reset it: 503 UC', () => {
    const run = runIstio({ yaml: withCluster(ONLY_A, STRICT) });
    expect(Object.keys(run.outcomes)).toEqual(['503 UC']);
    expect(run.triesPerCall).toBe(1);
  });

  test('with REGISTRY_ONLY: 502 where the proxy has a listener on the port, no answer where it has none', () => {
    const only = (more = ''): string =>
      sidecar(
        'default',
        'a',
        `{ egress: [{ hosts: ["a/*"${more}] }], outboundTrafficPolicy: { mode: REGISTRY_ONLY } }`,
      );
    expect(onlyOutcome({ yaml: withCluster(only()) })).toBe('0 -');
    expect(onlyOutcome({ yaml: withCluster(only(', "b/two.b.svc.cluster.local"')) })).toBe('502 -');
    expect(onlyOutcome({ yaml: withCluster(only(', "*/web.b.svc.cluster.local"')) })).toBe('200 -');
  });

  const known = (...sidecars: readonly string[]): boolean =>
    onlyCluster(planOf({ yaml: withCluster(...sidecars) })).name.startsWith('outbound|');

  test('hosts: namespaces, wildcards, nobody, exclusions', () => {
    const hosts = (text: string): boolean => known(sidecar('default', 'a', `{ egress: [{ hosts: [${text}] }] }`));
    expect(hosts('"*/*"')).toBe(true);
    expect(hosts('"b/*"')).toBe(true);
    expect(hosts('"./*"')).toBe(false);
    expect(hosts('"~/*"')).toBe(false);
    expect(hosts('"b/*.b.svc.cluster.local"')).toBe(true);
    expect(hosts('"b/db.b.svc.cluster.local"')).toBe(false);
    expect(hosts('"*/*", "~b/web.b.svc.cluster.local"')).toBe(false);
  });

  test('a listener with a port of its own counts for it alone', () => {
    const egress = (text: string): boolean => known(sidecar('default', 'a', `{ egress: [${text}] }`));
    const at = (number: number): string =>
      `{ port: { number: ${number}, protocol: HTTP, name: h${number} }, hosts: ["b/*"] }`;
    expect(egress(`${at(80)}, { hosts: ["./*"] }`)).toBe(true);
    expect(egress(`${at(81)}, { hosts: ["./*"] }`)).toBe(false);
    expect(egress(at(81))).toBe(false);
  });

  test('one Sidecar holds: by selector, of the namespace, of the root namespace', () => {
    const all = '{ egress: [{ hosts: ["*/*"] }] }';
    const none = '{ egress: [{ hosts: ["./*"] }] }';
    expect(known(sidecar('root', 'istio-system', none))).toBe(false);
    expect(known(sidecar('root', 'istio-system', none), sidecar('ns', 'a', all))).toBe(true);
    const selected = `{ workloadSelector: { labels: { app: client } }, egress: [{ hosts: ["*/*"] }] }`;
    expect(known(sidecar('ns', 'a', none), sidecar('own', 'a', selected))).toBe(true);
    expect(known(sidecar('first', 'a', all), sidecar('second', 'a', none))).toBe(true);
    const rootSelected = '{ workloadSelector: { labels: { app: client } }, egress: [{ hosts: ["./*"] }] }';
    expect(known(sidecar('root', 'istio-system', rootSelected))).toBe(true);
  });

  test('a VirtualService outside of the scope does not count; one inside brings its destinations with it', () => {
    const vs = virtualService(
      'web',
      'c',
      '{ hosts: [web.b.svc.cluster.local], http: [{ route: [{ destination: { host: two.b.svc.cluster.local, port: { number: 80 } } }] }] }',
    );
    const route = (hosts: string): string =>
      outcome(planOf({ yaml: withCluster(vs, sidecar('default', 'a', `{ egress: [{ hosts: [${hosts}] }] }`)) }));
    expect(route('"*/*"')).toBe('two');
    expect(route('"b/*"')).toBe('web-v1+web-v2');
    expect(route('"b/web.b.svc.cluster.local", "c/*"')).toBe('two');
  });

  test('an egress proxy takes what is unknown', () => {
    const spec =
      '{ egress: [{ hosts: ["./*"] }], outboundTrafficPolicy: { mode: ALLOW_ANY, egressProxy: { host: two.b.svc.cluster.local, port: { number: 80 } } } }';
    expect(outcome(planOf({ yaml: withCluster(sidecar('default', 'a', spec)) }))).toBe('two');
  });

  test('inbound limits of the Sidecar come before those of the DestinationRule, those of a port before all', () => {
    const rule = destinationRule(
      'web',
      'b',
      '{ host: web, trafficPolicy: { connectionPool: { tcp: { maxConnections: 9 } } } }',
    );
    const limit = (...more: readonly string[]): number =>
      planOf({ yaml: withCluster(rule, ...more) }).workloads.find(({ name }) => name === 'web-v1')!.inbound
        .maxConnections;
    const pool = (n: number): string => `{ tcp: { maxConnections: ${n} } }`;
    expect(limit()).toBe(9);
    expect(limit(sidecar('s', 'b', `{ inboundConnectionPool: ${pool(3)} }`))).toBe(3);
    const ingress = `[{ port: { number: 8080, protocol: HTTP, name: http }, connectionPool: ${pool(2)} }]`;
    expect(limit(sidecar('s', 'b', `{ inboundConnectionPool: ${pool(3)}, ingress: ${ingress} }`))).toBe(2);
  });

  test('in a run: the inbound limit of a Sidecar sheds load', () => {
    const own = sidecar(
      's',
      'b',
      '{ inboundConnectionPool: { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1, http2MaxRequests: 1 } } }',
    );
    const slow = {
      steps: [{ kind: 'work', duration: { kind: 'constant', value: 400 * MS }, cpuShare: 0, retryWork: 'fresh' }],
    } as const;
    const free = runIstio({ yaml: withCluster(), services: { 'web.b': slow } });
    expect(Object.keys(free.outcomes)).toEqual(['200 -']);
    const limited = runIstio({ yaml: withCluster(own), services: { 'web.b': slow } });
    expect(limited.outcomes['503 -']).toBeGreaterThan(100);
  });
});

describe('MeshConfig', () => {
  test('connectTimeout, h2UpgradePolicy, enableAutoMtls', () => {
    const cluster = (...lines: readonly string[]) => onlyCluster(planOf({ yaml: withCluster(meshConfig(...lines)) }));
    expect(cluster('connectTimeout: 3s').connectTimeoutNs).toBe(3000 * MS);
    expect(cluster('trustDomain: x').connectTimeoutNs).toBe(10_000 * MS);
    expect(cluster('h2UpgradePolicy: UPGRADE').protocol).toBe('http2');
    expect(cluster('enableAutoMtls: false').tls.mode).toBe('none');
    const yaml = withCluster(
      meshConfig('h2UpgradePolicy: UPGRADE'),
      destinationRule(
        'web',
        'b',
        '{ host: web, trafficPolicy: { connectionPool: { http: { h2UpgradePolicy: DO_NOT_UPGRADE } } } }',
      ),
    );
    expect(onlyCluster(planOf({ yaml })).protocol).toBe('http1');
  });

  test('without automatic mTLS a STRICT server resets all its callers', () => {
    const strict =
      'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: default, namespace: istio-system }\nspec: { mtls: { mode: STRICT } }\n';
    expect(onlyOutcome({ yaml: withCluster(strict, meshConfig('enableAutoMtls: false')) })).toBe('503 UC');
    expect(onlyOutcome({ yaml: withCluster(strict) })).toBe('200 -');
  });

  test('defaultHttpRetryPolicy holds where a route has none of its own', () => {
    const mesh = meshConfig('defaultHttpRetryPolicy:', '  attempts: 4', '  retryOn: "503"');
    expect(retryOf(planOf({ yaml: withCluster(mesh) }))).toMatchObject({ retries: 4, statuses: [503] });
    const own = virtualService(
      'web',
      'b',
      '{ hosts: [web], http: [{ retries: { attempts: 1 }, route: [{ destination: { host: web } }] }] }',
    );
    const none = virtualService('web', 'b', '{ hosts: [web], http: [{ route: [{ destination: { host: web } }] }] }');
    expect(retryOf(planOf({ yaml: withCluster(mesh, own) }))!.retries).toBe(1);
    expect(retryOf(planOf({ yaml: withCluster(mesh, none) }))!.retries).toBe(4);
    const off = meshConfig('defaultHttpRetryPolicy:', '  attempts: 0');
    expect(retryOf(planOf({ yaml: withCluster(off) }))).toBeNull();
    const failing = { errors: [{ status: 503, probability: 1 }] };
    expect(runIstio({ yaml: withCluster(mesh), services: { 'web.b': failing } }).triesPerCall).toBeCloseTo(5, 0);
    expect(runIstio({ yaml: withCluster(), services: { 'web.b': failing } }).triesPerCall).toBe(1);
  });

  test('localityLbSetting is the default of DestinationRules; enabled: false keeps endpoints of all zones alike', () => {
    const od = destinationRule('web', 'b', '{ host: web, trafficPolicy: { outlierDetection: {} } }');
    const zones = {
      placement: [
        { region: 'r1', zone: 'a' },
        { region: 'r1', zone: 'b' },
      ],
    };
    const views = (...more: readonly string[]) =>
      onlyCluster(planOf({ yaml: withCluster(od, ...more), input: zones })).localityViews;
    expect(views()).not.toEqual([]);
    expect(views(meshConfig('localityLbSetting:', '  enabled: false'))).toEqual([]);
    const all = meshConfig('localityLbSetting:', '  distribute:', '  - from: r1/*', '    to:', '      r1/b: 100');
    // Both zones have two pods of each version, and all that is asked for goes to the second.
    expect(views(all)[0]!.priorities.every(([near, far]) => near === -1 && far === 0)).toBe(true);
  });

  test('defaults of exportTo', () => {
    const run = (line: string, ...more: readonly string[]) =>
      planOf({ yaml: withCluster(meshConfig(`${line}: ["."]`), ...more) });
    expect(onlyCluster(run('defaultServiceExportTo')).name).toMatch(/^passthrough/);
    const vs = virtualService(
      'web',
      'b',
      '{ hosts: [web], http: [{ timeout: 3s, route: [{ destination: { host: web } }] }] }',
    );
    expect(siteOf(run('defaultVirtualServiceExportTo', vs)).route.timeoutNs).toBe(0);
    expect(siteOf(planOf({ yaml: withCluster(vs) })).route.timeoutNs).toBe(3000 * MS);
    const rule = destinationRule('web', 'b', '{ host: web, trafficPolicy: { outlierDetection: {} } }');
    expect(onlyCluster(run('defaultDestinationRuleExportTo', rule)).outlier).toBeNull();
    expect(onlyCluster(planOf({ yaml: withCluster(rule) })).outlier).not.toBeNull();
  });

  test('rootNamespace', () => {
    const rule = destinationRule('web', 'mesh-root', '{ host: "*.local", trafficPolicy: { outlierDetection: {} } }');
    expect(onlyCluster(planOf({ yaml: withCluster(rule) })).outlier).toBeNull();
    expect(
      onlyCluster(planOf({ yaml: withCluster(rule, meshConfig('rootNamespace: mesh-root')) })).outlier,
    ).not.toBeNull();
  });

  test('discoverySelectors: services of other namespaces are unknown, and so are their rules', () => {
    const mesh = meshConfig('discoverySelectors:', '- matchLabels:', '    mesh: "yes"');
    const labelled = [namespace('a', 'istio-injection: enabled, mesh: "yes"')];
    const rule = destinationRule('web', 'b', '{ host: web, trafficPolicy: { outlierDetection: {} } }');
    const plan = planOf({ yaml: withCluster(mesh, ...labelled, rule) });
    expect(onlyCluster(plan).name).toMatch(/^passthrough/);
    const both = planOf({
      yaml: withCluster(mesh, ...labelled, namespace('b', 'istio-injection: enabled, mesh: "yes"'), rule),
    });
    expect(onlyCluster(both).outlier).not.toBeNull();
  });

  test('an IstioOperator says the same; the ConfigMap comes first', () => {
    const operator = `apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  meshConfig: { connectTimeout: 7s }\n  values: { global: { proxy: { resources: { limits: { cpu: 3500m } } } } }\n`;
    const plan = planOf({ yaml: withCluster(operator) });
    expect(onlyCluster(plan).connectTimeoutNs).toBe(7000 * MS);
    expect(plan.workloads.find(({ name }) => name === 'web-v1')!.proxy).toMatchObject({
      workers: 4,
      cpuLimitMillis: 3500,
    });
    const both = compile({ yaml: withCluster(operator, meshConfig('connectTimeout: 2s')) });
    expect(onlyCluster(both.plan!).connectTimeoutNs).toBe(2000 * MS);
    expect(both.fidelity.some(({ resource }) => resource.startsWith('IstioOperator'))).toBe(true);
  });
});

describe('worker threads', () => {
  const workers = (...more: readonly string[]): number =>
    planOf({ yaml: withCluster(...more) }).workloads.find(({ name }) => name === 'web-v1')!.proxy!.workers;
  const config = (name: string, inNamespace: string, spec: string): string =>
    `apiVersion: networking.istio.io/v1beta1\nkind: ProxyConfig\nmetadata: { name: ${name}, namespace: ${inNamespace} }\nspec: ${spec}\n`;

  test('defaultConfig, ProxyConfig of root, namespace and workload, one over the other', () => {
    const mesh = meshConfig('defaultConfig:', '  concurrency: 1');
    const root = config('all', 'istio-system', '{ concurrency: 3 }');
    const inB = config('ns', 'b', '{ concurrency: 4 }');
    const web = config('web', 'b', '{ selector: { matchLabels: { app: web } }, concurrency: 6 }');
    expect(workers()).toBe(2);
    expect(workers(mesh)).toBe(1);
    expect(workers(mesh, root)).toBe(3);
    expect(workers(mesh, root, inB)).toBe(4);
    expect(workers(mesh, root, inB, web)).toBe(6);
    expect(workers(config('ns', 'b', '{ concurrency: 0 }'))).toBe(4);
  });

  test('the annotation of the pod stands between the namespace and the selector', () => {
    const annotated = deployment('web-v1', 'b', { app: 'web', version: 'v1' }, 2, {
      annotations: "proxy.istio.io/config: 'concurrency: 5'",
    });
    expect(workers(annotated, config('ns', 'b', '{ concurrency: 4 }'))).toBe(5);
    expect(workers(annotated, config('web', 'b', '{ selector: { matchLabels: { app: web } }, concurrency: 6 }'))).toBe(
      6,
    );
  });

  test("the injector's values say what CPU the proxies may use", () => {
    const injector =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio-sidecar-injector, namespace: istio-system }\ndata:\n  values: |-\n    global: { proxy: { resources: { limits: { cpu: 500m } } } }\n';
    expect(workers(injector)).toBe(1);
    expect(planOf({ yaml: withCluster(injector) }).workloads[1]!.proxy!.cpuLimitMillis).toBe(500);
  });
});

describe('injection', () => {
  const webhook = (selectors: string): string =>
    `apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: { name: injector }\nwebhooks: [{ name: i.istio.io, clientConfig: { service: { name: istiod, namespace: istio-system, path: /inject } }, ${selectors} }]\n`;
  const injected = (...more: readonly string[]): boolean =>
    planOf({ yaml: withCluster(...more) }).workloads.find(({ name }) => name === 'web-v1')!.proxy !== null;

  test('is where the webhook is called', () => {
    expect(injected(webhook('namespaceSelector: { matchLabels: { istio-injection: enabled } }'))).toBe(true);
    expect(injected(webhook('namespaceSelector: { matchLabels: { mesh: "yes" } }'))).toBe(false);
    expect(
      injected(webhook('objectSelector: { matchExpressions: [{ key: version, operator: NotIn, values: [v1] }] }')),
    ).toBe(false);
    expect(
      injected(
        webhook(
          'namespaceSelector: { matchExpressions: [{ key: kubernetes.io/metadata.name, operator: In, values: [b] }] }',
        ),
      ),
    ).toBe(true);
  });

  test('by default, where the values say so', () => {
    const injector =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio-sidecar-injector, namespace: istio-system }\ndata:\n  values: |-\n    sidecarInjectorWebhook: { enableNamespacesByDefault: true }\n';
    expect(injected(namespace('b', 'team: red'))).toBe(false);
    expect(injected(namespace('b', 'team: red'), injector)).toBe(true);
  });
});
