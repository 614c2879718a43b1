// What the linter says depends on what it was given: of objects that are not in the input nothing is said to be missing, and what is there counts,
// whatever kind of object it stands in.
import { describe, expect, test } from 'vitest';
import { lintTexts } from '../../../scenarios/loading/lint.js';
import { all, deployment, object, route, rule, service, virtualService } from './fixtures/build.js';
import { edge, gateway, namespace, pod, sidecar } from './fixtures/build-istio.js';

interface Found {
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

async function found(text: string, istioVersion?: string): Promise<readonly Found[]> {
  return (await lintTexts([{ name: 'mesh.yaml', text }], { istioVersion })).result.findings;
}

async function codes(text: string, istioVersion?: string): Promise<string[]> {
  return (await found(text, istioVersion)).map(({ code }) => code);
}

const networking = (kind: string, name: string, spec: string, meta = ''): string =>
  object('networking.istio.io/v1', kind, name, `spec: {${spec}}`, meta);
const edgeRoute = (gateways: string, meta = ''): string =>
  networking(
    'VirtualService',
    'web',
    `hosts: [shop.example.com], gateways: [${gateways}], http: [{route: [{destination: {host: web}}]}]`,
    meta,
  );
const HTTP_SERVER = 'servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]';
const HTTPS_SERVER =
  'servers: [{port: {number: 443, name: https, protocol: HTTPS}, tls: {mode: SIMPLE, credentialName: c}, hosts: [a.example]}]';
const SIDECAR = 'workloadSelector: {labels: {app: cart}}, egress: [{hosts: ["./*"]}]';
const SUBSET = 'subsets: [{name: v2, labels: {version: v2}}]';
const SCENARIO = `apiVersion: seatrial.dev/v1alpha1
kind: Scenario
metadata: {name: whole}
spec:
  traffic: [{name: visitors, from: web.shop, to: http://web.shop/, rate: 10/s}]
  services: {web.shop: {work: exponential(mean=2ms)}}
  run: {duration: 10s}
`;
const PROXY_ONLY = 'containers: [{name: istio-proxy, image: auto}]';

describe('what was not given', () => {
  test.each([
    ['a Gateway of another namespace', edgeRoute('platform/edge')],
    ['a Gateway of the own namespace, beside Services', all(service('web'), edgeRoute('edge'))],
    ['Services, beside a ServiceEntry for something else', all(externalDatabase(), route('', 'cart'))],
    ['Services of another namespace', all(service('web'), routeTo('pay.billing.svc.cluster.local'))],
    ['pods of a gateway', all(deployment('web'), gateway('edge', `selector: {istio: own}, ${HTTP_SERVER}`))],
    [
      'pods of the namespace of a Sidecar',
      all(deployment('web'), networking('Sidecar', 'a', SIDECAR, 'namespace: other')),
    ],
    ['pods behind the host of a subset', all(deployment('web'), service('cart'), rule(SUBSET, 'cart'))],
    [
      'a host of another namespace for a DestinationRule',
      all(service('web'), networking('DestinationRule', 'x', 'host: pay.billing.svc.cluster.local')),
    ],
    [
      'the Namespace that says who is injected',
      all(deployment('web'), authorization('selector: {matchLabels: {app: web}}')),
    ],
    [
      'a namespace whose callers are let in',
      all(
        namespace('shop', 'istio-injection: enabled'),
        authorization('rules: [{from: [{source: {namespaces: [monitoring]}}]}]'),
      ),
    ],
    ['a subset of a host of another repository', routeTo('cart, subset: v1')],
    [
      'the Secret of a gateway',
      all(deployment('edge'), object('v1', 'Secret', 'database', 'data: {password: eA==}'), tlsEdge()),
    ],
    [
      'Services in front of a gateway',
      all(pod('own', 'labels: {istio: own}', PROXY_ONLY), gateway('edge', `selector: {istio: own}, ${HTTP_SERVER}`)),
    ],
  ])('%s', async (_what, text) => {
    const about = [
      'ST1101',
      'ST1127',
      'ST1132',
      'ST1162',
      'ST1173',
      'ST1174',
      'ST1901',
      'ST1902',
      'ST1903',
      'ST1904',
      'ST1905',
      'ST1907',
    ];
    expect((await found(text)).filter(({ code }) => about.includes(code))).toEqual([]);
  });

  test.each([
    ['a Gateway, where the namespace has others', all(edge('edge', 80), edgeRoute('edeg')), 'ST1902'],
    [
      'a Service, where the namespace has others',
      all(service('web'), virtualService('hosts: [web], http: [{route: [{destination: {host: cart}}]}]', 'web')),
      'ST1101',
    ],
    [
      'pods of a subset, where the Service has others',
      all(deployment('cart'), service('cart'), rule(SUBSET, 'cart')),
      'ST1173',
    ],
    [
      'pods of a gateway, where there are pods of another',
      all(pod('own', 'labels: {istio: own}', PROXY_ONLY), gateway('edge', `selector: {istio: other}, ${HTTP_SERVER}`)),
      'ST1901',
    ],
  ])('but said to be missing: %s', async (_what, text, code) => {
    expect(await codes(text)).toContain(code);
  });

  test('a Gateway of that name in another namespace is offered', async () => {
    const elsewhere = networking('Gateway', 'edge', `selector: {app: edge}, ${HTTP_SERVER}`, 'namespace: platform');
    const [missing] = (await found(all(elsewhere, edgeRoute('edge')))).filter(({ code }) => code === 'ST1902');
    expect(missing?.help).toBe('did you mean platform/edge?');
  });

  test('a scenario makes the input the whole cluster', async () => {
    const mesh = all(namespace('shop', 'istio-injection: enabled'), deployment('web'), service('web'));
    expect(await codes(all(mesh, edgeRoute('platform/edge')))).not.toContain('ST1902');
    expect(await codes(all(mesh, edgeRoute('platform/edge'), SCENARIO))).toContain('ST1902');
  });

  test('its replicas are those that count', async () => {
    const ejection = rule(
      'trafficPolicy: {outlierDetection: {consecutive5xxErrors: 5, maxEjectionPercent: 10}}',
      'web',
    );
    const pods = deployment('web', { replicas: 2 });
    const mesh = all(namespace('shop', 'istio-injection: enabled'), pods, service('web'), ejection);
    expect(await codes(all(mesh, SCENARIO))).toContain('ST2201');
    const scaled = SCENARIO.replace('  run:', '  workloads: {web.shop: {replicas: 20}}\n  run:');
    expect(await codes(all(mesh, scaled))).not.toContain('ST2201');
  });
});

test('an object without a namespace is in `default`', async () => {
  const bare = (text: string): string => text.replace(', namespace: shop', '');
  const given = all(bare(edge('edge', 80)), bare(service('web')), edgeRoute('edge', 'namespace: default'));
  expect(await codes(given)).toEqual([]);
});

describe('Kubernetes’ own namespaces', () => {
  const ports = 'spec: {ports: [{name: mystery, port: 80}]}';

  test.each(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'])('%s is left out', async (name) => {
    expect(
      await codes(all(object('v1', 'Service', 'metrics', ports, `namespace: ${name}`), namespace(name, ''))),
    ).toEqual([]);
  });

  test('istio-system is not, and what is said of the input itself holds everywhere', async () => {
    expect(await codes(object('v1', 'Service', 'metrics', ports, 'namespace: istio-system'))).toEqual(['ST1118']);
    expect(
      await codes(
        networking(
          'VirtualService',
          'a',
          'hosts: [a], http: [{retries: {attempts: -1}, route: [{destination: {host: a}}]}]',
          'namespace: kube-system',
        ),
      ),
    ).toEqual(['ST1106']);
  });
});

describe('an object that stands there twice', () => {
  const tls = gateway('edge', `selector: {app: edge}, ${HTTPS_SERVER}`);

  test('word for word: said once, and compared with nothing', async () => {
    expect(await codes(all(tls, tls))).toEqual(['ST0006']);
    expect((await found(all(tls, tls)))[0]?.message).toContain('word for word');
  });

  test('what is wrong with it is said at its first place alone', async () => {
    const odd = object('v1', 'Service', 'web', 'spec: {ports: [{name: mystery, port: 80}]}');
    expect(await codes(all(odd, odd))).toEqual(['ST1118', 'ST0006']);
  });

  test('in two versions: neither is in conflict with the other', async () => {
    expect(await codes(all(tls, tls.replace('a.example', 'b.example')))).toEqual(['ST0006']);
    const entry = (protocol: string): string =>
      networking(
        'ServiceEntry',
        'bank',
        `hosts: [bank.example], addresses: [10.0.0.1], resolution: DNS, ports: [{number: 443, name: tcp, protocol: ${protocol}}]`,
      );
    expect(await codes(all(entry('TCP'), entry('TLS')))).toEqual(['ST0006']);
  });
});

describe('labels of endpoints and machines', () => {
  test.each([
    [
      'of a ServiceEntry',
      all(
        deployment('other'),
        meshEntry('endpoints: [{address: 10.0.0.1, labels: {lane: a}}]'),
        rule('subsets: [{name: a, labels: {lane: a}}]', 'rpc.global'),
      ),
    ],
    [
      'of WorkloadEntries behind it',
      all(
        machine('lane: a, app: rpc'),
        meshEntry('workloadSelector: {labels: {app: rpc}}'),
        rule('subsets: [{name: a, labels: {lane: a}}]', 'rpc.global'),
      ),
    ],
    [
      'of WorkloadEntries behind a Service',
      all(machine('lane: a, app: cart'), service('cart'), rule('subsets: [{name: a, labels: {lane: a}}]', 'cart')),
    ],
    [
      'that a Sidecar selects',
      all(
        deployment('other'),
        machine('app: vm'),
        sidecar('vm', 'workloadSelector: {labels: {app: vm}}, egress: [{hosts: ["./*"]}]'),
      ),
    ],
    [
      'that a WorkloadGroup gives',
      all(
        deployment('other'),
        networking('WorkloadGroup', 'g', 'metadata: {labels: {app: vm}}, template: {serviceAccount: vm}'),
        sidecar('vm', 'workloadSelector: {labels: {app: vm}}, egress: [{hosts: ["./*"]}]'),
      ),
    ],
  ])('%s count', async (_what, text) => {
    expect((await codes(text)).filter((code) => ['ST1173', 'ST1904'].includes(code))).toEqual([]);
  });

  test('and the lack of them is found', async () => {
    const other = all(
      meshEntry('endpoints: [{address: 10.0.0.1, labels: {lane: b}}]'),
      rule('subsets: [{name: a, labels: {lane: a}}]', 'rpc.global'),
    );
    expect(await codes(other)).toContain('ST1173');
  });

  test('an empty label is a label: pods without it are in no subset that asks for it', async () => {
    const withLabels = (labels: string): string =>
      all(deployment('cart'), service('cart'), rule(`subsets: [{name: a, labels: {${labels}}}]`, 'cart'));
    expect(await codes(withLabels('lane: ""'))).toContain('ST1173');
    expect(await codes(withLabels(''))).not.toContain('ST1173');
  });
});

describe('gateways', () => {
  test('the port that a Service leads to is a port in front of the default gateway', async () => {
    const local = object(
      'v1',
      'Service',
      'local',
      'spec: {selector: {istio: ingressgateway}, ports: [{name: http2, port: 80, targetPort: 9191}]}',
      'namespace: istio-system',
    );
    const served = gateway(
      'local',
      'selector: {istio: ingressgateway}, servers: [{port: {number: 9191, name: http, protocol: HTTP}, hosts: ["*"]}]',
    );
    expect(await codes(all(local, served))).toEqual([]);
    expect(await codes(all(local, served.replace('9191', '9192')))).toContain('ST1162');
  });

  test('a pod that is nothing but a proxy may run as its user', async () => {
    const gatewayPod = deployment('gw', { pod: 'securityContext: {runAsUser: 1337}' });
    expect(await codes(gatewayPod)).toContain('ST1144');
    expect(await codes(gatewayPod.replace('name: app', 'name: istio-proxy'))).not.toContain('ST1144');
  });
});

describe('image: auto', () => {
  const auto = (labels = ''): string =>
    deployment('gw', { labels }).replace('name: app, image: app', 'name: istio-proxy, image: auto');
  const webhook = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: own}
webhooks:
  - name: namespace.sidecar-injector.istio.io
    namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [a, b]}]}
    objectSelector: {matchExpressions: [{key: sidecar.istio.io/inject, operator: NotIn, values: ["false"]}]}
    admissionReviewVersions: [v1]
    sideEffects: None
    clientConfig: {service: {name: istiod, namespace: istio-system}}
`;

  test.each([
    ['the webhooks of the input decide', all(webhook, auto(), namespace('shop', 'team: a')), false],
    ['by the namespace', all(webhook, auto(), namespace('shop', 'team: c')), true],
    ['and by the pod', all(webhook, auto('sidecar.istio.io/inject: "false"'), namespace('shop', 'team: a')), true],
    ['without them the labels do', all(auto('sidecar.istio.io/inject: "true"'), namespace('shop', '')), false],
    ['and where nobody says, nothing is said', auto(), false],
  ])('%s', async (_what, text, isFound) => {
    expect((await codes(text)).includes('ST1146')).toBe(isFound);
  });
});

test('a Telemetry that names a provider of Lightstep is told so', async () => {
  const mesh = (provider: string): string =>
    all(
      object(
        'v1',
        'ConfigMap',
        'istio',
        `data: {mesh: "extensionProviders: [{name: traces, ${provider}: {service: a, port: 1}}]"}`,
        'namespace: istio-system',
      ),
      object('telemetry.istio.io/v1', 'Telemetry', 'traces', 'spec: {tracing: [{providers: [{name: traces}]}]}'),
    );
  expect(await codes(mesh('lightstep'))).toContain('ST1002');
  expect(await codes(mesh('opentelemetry'))).not.toContain('ST1002');
});

test('Istio 1.21 and later check certificates without being told to', async () => {
  const rules = rule('trafficPolicy: {tls: {mode: MUTUAL, clientCertificate: /c, privateKey: /k}}', 'bank.example');
  expect(await codes(rules)).toEqual([]);
  expect(await codes(rules, '1.21')).toEqual([]);
  expect(await codes(rules, '1.20')).toEqual(['ST1128']);
});

function routeTo(destination: string): string {
  return virtualService(`hosts: [web], http: [{route: [{destination: {host: ${destination}}}]}]`);
}

function externalDatabase(): string {
  return networking(
    'ServiceEntry',
    'database',
    'hosts: [db.example], addresses: [10.0.0.9], resolution: DNS, ports: [{number: 5432, name: tcp, protocol: TCP}]',
  );
}

function meshEntry(extra: string): string {
  return networking(
    'ServiceEntry',
    'rpc',
    `hosts: [rpc.global], location: MESH_INTERNAL, resolution: STATIC, ports: [{number: 8765, name: http, protocol: HTTP}], ${extra}`,
  );
}

function machine(labels: string): string {
  return networking('WorkloadEntry', 'machine', `address: 10.1.1.1, labels: {${labels}}`);
}

function authorization(spec: string): string {
  return object('security.istio.io/v1', 'AuthorizationPolicy', 'rules', `spec: {${spec}}`);
}

function tlsEdge(): string {
  return gateway('edge', `selector: {app: edge}, ${HTTPS_SERVER}`);
}
